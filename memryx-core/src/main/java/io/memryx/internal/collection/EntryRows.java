package io.memryx.internal.collection;

/** Entries by row, wherever they lie. Immutable and thread-safe. */
interface EntryRows {

  /** An id, as UTF-8. */
  byte[] id(int row);

  /** The metadata of an entry, encoded. */
  byte[] encodedMetadata(int row);

  /** A vector as it was given, or else as its code stands for it; a fresh array. */
  float[] vector(int row);
}

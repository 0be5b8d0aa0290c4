package io.memryx.internal.collection;

import io.memryx.Entry;
import io.memryx.Metadata;
import io.memryx.internal.metadata.MetadataCodec;
import java.nio.charset.StandardCharsets;

/** Entries by row, wherever they lie. Immutable and thread-safe. */
interface EntrySource {

  /** An id, as UTF-8. */
  byte[] id(int row);

  /** The metadata of an entry, encoded. */
  byte[] encodedMetadata(int row);

  /** A vector as it was given, or else as its code stands for it; a fresh array. */
  float[] vector(int row);

  /** Whether vectors are as they were given. */
  boolean keepsVectors();

  /** An entry; marked where its vector is only what its code stands for. */
  default Entry entry(int row) {
    return entry(row, MetadataCodec.decode(encodedMetadata(row)));
  }

  /** An entry with this for its metadata. */
  default Entry entry(int row, Metadata metadata) {
    String id = new String(id(row), StandardCharsets.UTF_8);
    Entry entry = Entry.of(id, vector(row), metadata);
    return keepsVectors() ? entry : entry.asApproximation();
  }
}

package io.memryx.internal.collection;

import io.memryx.Entry;
import io.memryx.Metadata;
import io.memryx.internal.metadata.MetadataCodec;
import java.nio.charset.StandardCharsets;

/** Entries by row, wherever they lie. Immutable and thread-safe. */
interface EntryRows {

  /** An id, as UTF-8. */
  byte[] id(int row);

  /** The metadata of an entry, encoded. */
  byte[] encodedMetadata(int row);

  /** A vector as it was given, or else as its code stands for it; a fresh array. */
  float[] vector(int row);

  /** Whether vectors are what codes stand for. */
  boolean isApproximate();

  /** An entry; marked, if its vector is only what its code stands for. */
  default Entry entry(int row) {
    return entry(row, MetadataCodec.decode(encodedMetadata(row)));
  }

  /** An entry with what its metadata was decoded to, or with none. */
  default Entry entry(int row, Metadata metadata) {
    Entry entry = Entry.of(new String(id(row), StandardCharsets.UTF_8), vector(row), metadata);
    return isApproximate() ? entry.asApproximation() : entry;
  }
}

package io.memryx.internal.collection;

import io.memryx.Entry;
import io.memryx.internal.metadata.MetadataCodec;
import io.memryx.snapshot.LoggedEntry;

/**
 * An entry that was found valid, with id and metadata as the bytes that are kept.
 *
 * @param entry gives the vector
 * @param id the id in UTF-8
 * @param metadata as {@link MetadataCodec} encodes it
 */
// A record of arrays on purpose: internal, made at the boundary, never changed.
@SuppressWarnings("ArrayRecordComponent")
record EncodedEntry(Entry entry, byte[] id, byte[] metadata) implements LoggedEntry {

  @Override
  public int dimension() {
    return entry.dimension();
  }

  @Override
  public void copyVectorTo(float[] target, int offset) {
    entry.copyVectorTo(target, offset);
  }
}

package io.memryx.internal.collection;

import io.memryx.Entry;
import io.memryx.internal.ivf.VectorRowsBuilder;
import io.memryx.internal.metadata.MetadataCodec;

/**
 * An entry that was found valid, with id and metadata as the bytes that are kept.
 *
 * @param entry gives the vector
 * @param id the id in UTF-8
 * @param metadata as {@link MetadataCodec} encodes it
 */
// A record of arrays on purpose: internal, made at the boundary, never changed.
@SuppressWarnings("ArrayRecordComponent")
record EncodedEntry(Entry entry, byte[] id, byte[] metadata)
    implements VectorRowsBuilder.RowFiller {

  /** Size of id and metadata. */
  int textBytes() {
    return id.length + metadata.length;
  }

  // Its own filler, so that appending it allocates nothing.
  @Override
  public void fill(float[] array, int offset) {
    entry.copyVectorTo(array, offset);
  }
}

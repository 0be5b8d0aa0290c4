package io.memryx.internal.collection;

import io.memryx.Entry;
import io.memryx.internal.metadata.MetadataCodec;
import java.nio.charset.StandardCharsets;

/**
 * Where an entry lies.
 *
 * @param rows what holds it
 * @param row which row of that it is
 */
record Place(EntryRows rows, int row) {

  byte[] id() {
    return rows.id(row);
  }

  float[] vector() {
    return rows.vector(row);
  }

  Entry entry() {
    return Entry.of(
        new String(id(), StandardCharsets.UTF_8),
        vector(),
        MetadataCodec.decode(rows.encodedMetadata(row)));
  }
}

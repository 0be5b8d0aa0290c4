package io.memryx.internal.metadata;

import io.memryx.Metadata;
import java.util.Arrays;
import java.util.List;

/** Encoded metadata in a list, at odd offsets of arrays that have something else around it. */
record ListedRows(List<byte[]> encoded) implements EncodedRows {
  private static final int MARGIN = 3;

  static ListedRows of(List<Metadata> metadata) {
    return new ListedRows(
        metadata.stream().map(MetadataCodec::encode).map(ListedRows::withMargins).toList());
  }

  private static byte[] withMargins(byte[] bytes) {
    byte[] wider = new byte[bytes.length + 2 * MARGIN];
    Arrays.fill(wider, (byte) 0xEE);
    System.arraycopy(bytes, 0, wider, MARGIN, bytes.length);
    return wider;
  }

  @Override
  public int size() {
    return encoded.size();
  }

  @Override
  public byte[] array(int row) {
    return encoded.get(row);
  }

  @Override
  public int start(int row) {
    return MARGIN;
  }

  @Override
  public int end(int row) {
    return encoded.get(row).length - MARGIN;
  }
}

package io.memryx.internal.quantization;

import io.memryx.internal.kernel.CodeShape;

/** The end of a row code: its scale s as float16, little-endian. */
final class RowCodes {
  private RowCodes() {}

  /** The scale of a row code. */
  static float scale(CodeShape shape, byte[] row, int rowOffset) {
    int offset = rowOffset + shape.rowBytes() - CodeShape.SCALE_BYTES;
    return Float.float16ToFloat((short) ((row[offset] & 0xFF) | row[offset + 1] << 8));
  }

  /** Writes the scale of a row code. */
  static void writeScale(CodeShape shape, float scale, byte[] row, int rowOffset) {
    int offset = rowOffset + shape.rowBytes() - CodeShape.SCALE_BYTES;
    short half = Float.floatToFloat16(scale);
    row[offset] = (byte) half;
    row[offset + 1] = (byte) (half >> 8);
  }
}

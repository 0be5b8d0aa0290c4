package io.memryx.persistence.exchange;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes the formats that {@link VecsFile} reads: every row its int32 width, then its values. */
public final class VecsWriter {
  private VecsWriter() {}

  /** Writes fvecs. */
  public static void floats(Path file, List<float[]> rows) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (float[] row : rows) {
        byte[] bytes = new byte[Integer.BYTES + Float.BYTES * row.length];
        ByteBuffer values = withWidth(bytes, row.length);
        for (float value : row) {
          values.putFloat(value);
        }
        out.write(bytes);
      }
    }
  }

  /** Writes ivecs. */
  public static void ints(Path file, List<int[]> rows) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (int[] row : rows) {
        byte[] bytes = new byte[Integer.BYTES + Integer.BYTES * row.length];
        ByteBuffer values = withWidth(bytes, row.length);
        for (int value : row) {
          values.putInt(value);
        }
        out.write(bytes);
      }
    }
  }

  private static ByteBuffer withWidth(byte[] row, int width) {
    return ByteBuffer.wrap(row).order(ByteOrder.LITTLE_ENDIAN).putInt(width);
  }
}

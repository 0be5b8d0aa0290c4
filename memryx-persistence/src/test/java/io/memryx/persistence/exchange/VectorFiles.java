package io.memryx.persistence.exchange;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes small vector files, sound and unsound. */
public final class VectorFiles {
  private VectorFiles() {}

  /** Writes fvecs. */
  public static Path fvecs(Path file, float[][] rows) {
    ByteBuffer bytes =
        ByteBuffer.allocate(rows.length * (4 + 4 * rows[0].length)).order(ByteOrder.LITTLE_ENDIAN);
    for (float[] row : rows) {
      bytes.putInt(row.length);
      for (float component : row) {
        bytes.putFloat(component);
      }
    }
    return write(file, bytes.array());
  }

  /** Writes ivecs. */
  public static Path ivecs(Path file, int[][] rows) {
    ByteBuffer bytes =
        ByteBuffer.allocate(rows.length * (4 + 4 * rows[0].length)).order(ByteOrder.LITTLE_ENDIAN);
    for (int[] row : rows) {
      bytes.putInt(row.length);
      for (int value : row) {
        bytes.putInt(value);
      }
    }
    return write(file, bytes.array());
  }

  /** Writes npy of this version with this header and these elements. */
  public static Path npy(Path file, int version, String header, byte[] elements) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    int sizeBytes = version == 1 ? 2 : 4;
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + sizeBytes + text.length + elements.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    bytes.put((byte) version).put((byte) 0);
    if (version == 1) {
      bytes.putShort((short) text.length);
    } else {
      bytes.putInt(text.length);
    }
    bytes.put(text).put(elements);
    return write(file, bytes.array());
  }

  /** The header that NumPy writes for such an array. */
  public static String header(String descr, int rows, int dimension) {
    return "{'descr': '%s', 'fortran_order': False, 'shape': (%d, %d), }          \n"
        .formatted(descr, rows, dimension);
  }

  /** Float16 elements. */
  public static byte[] halves(float[][] rows) {
    ByteBuffer bytes =
        ByteBuffer.allocate(rows.length * rows[0].length * 2).order(ByteOrder.LITTLE_ENDIAN);
    for (float[] row : rows) {
      for (float component : row) {
        bytes.putShort(Float.floatToFloat16(component));
      }
    }
    return bytes.array();
  }

  /** Float32 elements. */
  public static byte[] floats(float[][] rows) {
    ByteBuffer bytes =
        ByteBuffer.allocate(rows.length * rows[0].length * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (float[] row : rows) {
      for (float component : row) {
        bytes.putFloat(component);
      }
    }
    return bytes.array();
  }

  /** Writes any bytes. */
  public static Path write(Path file, byte[] bytes) {
    try {
      return Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

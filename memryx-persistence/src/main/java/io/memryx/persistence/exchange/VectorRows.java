package io.memryx.persistence.exchange;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The vectors of a file, read where they lie and widened to float32 row by row. Thread-safe.
 *
 * <p>Row {@code r} begins at byte {@code firstOffset + r × strideBytes}.
 */
public final class VectorRows {

  /** How a component is stored; little-endian. */
  enum Encoding {
    /** IEEE 754 binary32. */
    FLOAT32(Float.BYTES),
    /** IEEE 754 binary16. */
    FLOAT16(Short.BYTES);

    private final int bytes;

    Encoding(int bytes) {
      this.bytes = bytes;
    }

    int bytes() {
      return bytes;
    }
  }

  /** Where the rows of a file are; the opener has checked that all of them are inside it. */
  record Layout(Encoding encoding, int rows, int dimension, long firstOffset, long strideBytes) {}

  private final MappedFile file;
  private final Layout layout;

  VectorRows(MappedFile file, Layout layout) {
    this.file = file;
    this.layout = layout;
  }

  /**
   * Opens a file by the end of its name: {@code .fvecs}, or {@code .npy} of float32 or float16.
   *
   * @throws MalformedFileException if it is empty, truncated or holds something else
   * @throws IOException if it can't be read, or its name ends otherwise
   */
  public static VectorRows open(Path path) throws IOException {
    String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".npy")) {
      return NpyFile.open(path);
    }
    if (name.endsWith(".fvecs")) {
      return VecsFile.openFloats(path);
    }
    throw new IOException(path + " is no file of vectors: expected a name with .fvecs or .npy");
  }

  /** The file. */
  public Path path() {
    return file.path();
  }

  /** Number of vectors. */
  public int rows() {
    return layout.rows;
  }

  /** Number of components of every vector. */
  public int dimension() {
    return layout.dimension;
  }

  /** A copy of one vector. */
  public float[] row(int row) {
    float[] vector = new float[layout.dimension];
    copyRow(row, vector, 0);
    return vector;
  }

  /** Copies one vector into the target, from {@code targetOffset} on. */
  public void copyRow(int row, float[] target, int targetOffset) {
    if (row < 0 || row >= layout.rows) {
      throw new IndexOutOfBoundsException("row " + row + " of " + layout.rows);
    }
    long offset = offsetOf(row);
    switch (layout.encoding) {
      case FLOAT32 ->
          MemorySegment.copy(
              file.bytes(), MappedFile.FLOAT, offset, target, targetOffset, layout.dimension);
      case FLOAT16 -> widen(offset, target, targetOffset);
    }
  }

  /** The first rows alone, of the same file. */
  public VectorRows limitedTo(int count) {
    int rows = Math.min(count, layout.rows);
    return new VectorRows(
        file,
        new Layout(
            layout.encoding, rows, layout.dimension, layout.firstOffset, layout.strideBytes));
  }

  /** Copies of the first vectors. */
  public float[][] first(int count) {
    float[][] vectors = new float[count][];
    for (int row = 0; row < count; row++) {
      vectors[row] = row(row);
    }
    return vectors;
  }

  /** Refuses NaN and infinities, with the offset of the first one. */
  public void requireFinite() throws MalformedFileException {
    float[] vector = new float[layout.dimension];
    for (int row = 0; row < layout.rows; row++) {
      copyRow(row, vector, 0);
      for (int i = 0; i < vector.length; i++) {
        if (!Float.isFinite(vector[i])) {
          throw file.malformed(
              offsetOf(row) + (long) i * layout.encoding.bytes(),
              "component %d of row %d is %s".formatted(i, row, vector[i]),
              "finite numbers");
        }
      }
    }
  }

  /** Where in the file a vector begins, in bytes. */
  public long offsetOf(int row) {
    return layout.firstOffset + row * layout.strideBytes;
  }

  private void widen(long offset, float[] target, int targetOffset) {
    MemorySegment bytes = file.bytes();
    for (int i = 0; i < layout.dimension; i++) {
      target[targetOffset + i] =
          Float.float16ToFloat(bytes.get(MappedFile.SHORT, offset + (long) i * Short.BYTES));
    }
  }
}

package io.memryx.persistence.exchange;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** The rows of integers of an ivecs file, read where they lie. Thread-safe. */
public final class IntRows {
  private final MappedFile file;
  private final VecsRows shape;

  IntRows(MappedFile file, VecsRows shape) {
    this.file = file;
    this.shape = shape;
  }

  /** The file. */
  public Path path() {
    return file.path();
  }

  /** Number of rows. */
  public int rows() {
    return shape.rows();
  }

  /** Number of integers in every row. */
  public int width() {
    return shape.width();
  }

  /** A copy of one row. */
  public int[] row(int row) {
    if (row < 0 || row >= shape.rows()) {
      throw new IndexOutOfBoundsException("row " + row + " of " + shape.rows());
    }
    int[] values = new int[shape.width()];
    MemorySegment.copy(
        file.bytes(), MappedFile.INT, shape.valuesOffset(row), values, 0, values.length);
    return values;
  }

  /** Refuses values outside {@code 0..bound-1}, with the offset of the first one. */
  public void requireBelow(int bound) throws MalformedFileException {
    for (int row = 0; row < shape.rows(); row++) {
      int[] values = row(row);
      for (int i = 0; i < values.length; i++) {
        if (values[i] < 0 || values[i] >= bound) {
          throw file.malformed(
              shape.valuesOffset(row) + (long) i * Integer.BYTES,
              "row %d has the value %d".formatted(row, values[i]),
              "0 to " + (bound - 1));
        }
      }
    }
  }
}

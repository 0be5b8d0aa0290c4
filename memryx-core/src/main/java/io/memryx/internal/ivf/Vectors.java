package io.memryx.internal.ivf;

import io.memryx.Metric;

/**
 * Full-precision vectors by row, wherever they lie: {@code size × dimension} floats as they were
 * given. Immutable and thread-safe.
 */
public sealed interface Vectors permits VectorRows, StoredRows, JoinedRows {

  /** How nearness of these vectors is measured. */
  Metric metric();

  /** Number of rows. */
  int size();

  /** Components of a row. */
  int dimension();

  /**
   * Copies some consecutive rows, one after the other.
   *
   * @param target receives {@code count × dimension} floats from {@code targetOffset} on
   */
  void copyTo(int first, int count, float[] target, int targetOffset);

  /**
   * Reads a component of every cache line of a row, for nothing but to have them there soon: called
   * for some rows before the first of them is scored, because memory serves many requests in little
   * more time than one.
   */
  float touch(int row);

  /** A copy of a row. */
  default float[] copyOf(int row) {
    float[] copy = new float[dimension()];
    copyTo(row, 1, copy, 0);
    return copy;
  }

  /**
   * Copies some consecutive rows as the index sees them: as unit vectors under cosine, as they are
   * otherwise.
   *
   * @param target receives {@code count × dimension} floats from {@code targetOffset} on
   */
  default void copyScaledTo(int first, int count, float[] target, int targetOffset) {
    copyTo(first, count, target, targetOffset);
    if (metric() == Metric.COSINE) {
      for (int offset = targetOffset; offset < targetOffset + count * dimension(); ) {
        float scale = VectorRows.scaleOf(Metric.COSINE, target, offset, dimension());
        for (int end = offset + dimension(); offset < end; offset++) {
          target[offset] *= scale;
        }
      }
    }
  }
}

package io.memryx.internal.ivf;

import io.memryx.Metric;
import io.memryx.internal.kernel.VectorKernels;

/**
 * A few consecutive full-precision rows in one array, with what scales each to a unit vector under
 * cosine: rows in memory where they lie, others copied. For one thread.
 */
final class RowTile {
  /** Rows of a tile, at most. */
  static final int ROWS = 32;

  private final Vectors rows;
  private final float[] scales = new float[ROWS];

  /** Rows that had to be copied. */
  private float[] copies = new float[0];

  private float[] array = copies;
  private int offset;
  private int first;
  private int end;

  RowTile(Vectors rows) {
    this.rows = rows;
  }

  /** Begins with the first rows, or goes on to the next ones; false if there are none. */
  boolean next() {
    first = end;
    if (first == rows.size()) {
      return false;
    }
    switch (rows) {
      case VectorRows inMemory -> refer(inMemory);
      case StoredRows _, JoinedRows _ -> copy();
    }
    return true;
  }

  private void refer(VectorRows inMemory) {
    end = Math.min(first + ROWS, inMemory.endOfChunk(first));
    array = inMemory.chunkOf(first);
    offset = inMemory.offsetOf(first);
    for (int row = first; row < end; row++) {
      scales[row - first] = inMemory.scale(row);
    }
  }

  private void copy() {
    int dimension = rows.dimension();
    Metric metric = rows.metric();
    if (copies.length == 0) {
      copies = new float[ROWS * dimension];
      array = copies;
    }
    end = Math.min(first + ROWS, rows.size());
    rows.copyTo(first, end - first, copies, 0);
    for (int row = first; row < end; row++) {
      scales[row - first] =
          VectorRows.scaleOf(metric, copies, (row - first) * dimension, dimension);
    }
  }

  /** The first row. */
  int first() {
    return first;
  }

  /** The row after the last one. */
  int end() {
    return end;
  }

  /** What holds the rows, one after the other from {@link #offset} on. */
  float[] array() {
    return array;
  }

  /** Where the first row begins. */
  int offset() {
    return offset;
  }

  /** 1 / |row| under cosine, 1 otherwise. */
  float scale(int row) {
    return scales[row - first];
  }

  /** |row|². */
  float squaredLength(VectorKernels kernels, int row) {
    int at = offset + (row - first) * rows.dimension();
    return kernels.dot(array, at, array, at, rows.dimension());
  }
}

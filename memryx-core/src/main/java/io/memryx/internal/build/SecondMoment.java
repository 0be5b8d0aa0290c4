package io.memryx.internal.build;

import io.memryx.internal.kernel.VectorKernels;

/**
 * The matrix {@code Σ x xᵀ / n} of rows: summed in chunks of rows by panels of columns, all panels
 * in parallel; each adds up its chunks in one order, so the result doesn't depend on threads.
 */
final class SecondMoment {
  /** Rows of a chunk: a panel of it fits the second-level cache. */
  static final int CHUNK_ROWS = 512;

  private static final int WIDTH = VectorKernels.PANEL_WIDTH;

  private final VectorKernels kernels;
  private final Workers workers;

  SecondMoment(VectorKernels kernels, Workers workers) {
    this.kernels = kernels;
    this.workers = workers;
  }

  /**
   * Computes the matrix of some of the rows' components.
   *
   * @param rows row-major, of any number, each {@code dimension} long; small enough for squares
   * @param start first component that counts
   * @param size number of components that count
   */
  double[][] of(float[] rows, int dimension, int start, int size) {
    int count = rows.length / dimension;
    double[][] moment = new double[size][size];
    float[] transposed = new float[size * CHUNK_ROWS];
    int panels = Math.ceilDiv(size, WIDTH);
    for (int first = 0; first < count; first += CHUNK_ROWS) {
      int chunkRows = Math.min(CHUNK_ROWS, count - first);
      int offset = first * dimension + start;
      transpose(rows, offset, dimension, chunkRows, size, transposed);
      workers.forEachBlock(
          panels,
          1,
          done -> {},
          (from, to) -> {
            for (int panel = from; panel < to; panel++) {
              addPanel(rows, offset, dimension, chunkRows, transposed, panel * WIDTH, moment);
            }
          });
    }
    finish(moment, count);
    return moment;
  }

  /** Component-major: {@code size × chunkRows}. */
  private static void transpose(
      float[] rows, int offset, int dimension, int chunkRows, int size, float[] transposed) {
    for (int r = 0; r < chunkRows; r++) {
      for (int d = 0; d < size; d++) {
        transposed[d * chunkRows + r] = rows[offset + r * dimension + d];
      }
    }
  }

  /** Adds a chunk's share to the columns of one panel, from the diagonal down. */
  private void addPanel(
      float[] rows,
      int offset,
      int dimension,
      int chunkRows,
      float[] transposed,
      int firstColumn,
      double[][] moment) {
    int size = moment.length;
    int width = Math.min(WIDTH, size - firstColumn);
    float[] panel = new float[chunkRows * WIDTH];
    for (int r = 0; r < chunkRows; r++) {
      System.arraycopy(rows, offset + r * dimension + firstColumn, panel, r * WIDTH, width);
    }
    float[] products = new float[(size - firstColumn) * WIDTH];
    kernels.multiplyPanel(
        transposed, firstColumn * chunkRows, size - firstColumn, chunkRows, panel, 0, products);
    for (int d = firstColumn; d < size; d++) {
      for (int j = 0; j < width; j++) {
        moment[d][firstColumn + j] += products[(d - firstColumn) * WIDTH + j];
      }
    }
  }

  private static void finish(double[][] moment, int count) {
    for (int i = 0; i < moment.length; i++) {
      for (int j = 0; j <= i; j++) {
        moment[i][j] /= count;
        moment[j][i] = moment[i][j];
      }
    }
  }
}

package io.memryx.internal.build;

import io.memryx.internal.kernel.VectorKernels;
import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * Centroids laid out for the assignment of many vectors: panels of {@link
 * VectorKernels#PANEL_WIDTH} centroids, transposed, so that one loaded component serves as many
 * centroids as there are SIMD lanes. Read-only and thread-safe.
 *
 * <p>The nearest centroid by squared distance is the one with the greatest {@code <x,c> - |c|²/2}:
 * {@code |x|²} is the same for all.
 */
final class CentroidPanels {
  private static final int WIDTH = VectorKernels.PANEL_WIDTH;

  /** Rows that share a panel while it is in the first-level cache. */
  static final int TILE_ROWS = 64;

  private final VectorKernels kernels;
  private final int dimension;
  private final int count;
  private final int panelCount;
  private final float[] panels;
  private final float[] halfNorms;

  CentroidPanels(VectorKernels kernels, float[] centroids, int dimension) {
    this.kernels = kernels;
    this.dimension = dimension;
    this.count = centroids.length / dimension;
    this.panelCount = Math.ceilDiv(count, WIDTH);
    this.panels = new float[panelCount * dimension * WIDTH];
    this.halfNorms = new float[panelCount * WIDTH];
    // Columns beyond the last centroid can never win.
    Arrays.fill(halfNorms, Float.POSITIVE_INFINITY);
    for (int c = 0; c < count; c++) {
      int column = (c / WIDTH) * dimension * WIDTH + c % WIDTH;
      for (int d = 0; d < dimension; d++) {
        panels[column + d * WIDTH] = centroids[c * dimension + d];
      }
      halfNorms[c] = kernels.dot(centroids, c * dimension, centroids, c * dimension, dimension) / 2;
    }
  }

  /** Working memory of one thread. */
  static final class Scratch {
    /** {@code TILE_ROWS × WIDTH} for each of as many panels as are kept. */
    private final float[][] products;

    private final float[] best = new float[TILE_ROWS];

    private Scratch(int panels) {
      this.products = new float[panels][TILE_ROWS * WIDTH];
    }

    /** Copies the products of a row of the tile multiplied last with every centroid. */
    void copyProducts(int row, float[] target) {
      for (int panel = 0; panel < products.length; panel++) {
        int first = panel * WIDTH;
        int count = Math.min(WIDTH, target.length - first);
        System.arraycopy(products[panel], row * WIDTH, target, first, count);
      }
    }
  }

  /** Working memory for the assignment alone. */
  Scratch newScratch() {
    return new Scratch(1);
  }

  /** Working memory that keeps a tile's products with all centroids. */
  Scratch newKeepingScratch() {
    return new Scratch(panelCount);
  }

  /** Number of centroids. */
  int count() {
    return count;
  }

  /** Half the squared length of every centroid, and more; not to be changed. */
  float[] halfNorms() {
    return halfNorms;
  }

  /**
   * Multiplies a tile with all centroids.
   *
   * @param rows {@code rowCount × dimension} from {@code rowsOffset} on
   * @param scratch one that keeps products
   */
  void multiply(float[] rows, int rowsOffset, int rowCount, Scratch scratch) {
    for (int panel = 0; panel < panelCount; panel++) {
      float[] _ = multiply(rows, rowsOffset, rowCount, panel, scratch);
    }
  }

  private float[] multiply(float[] rows, int rowsOffset, int rowCount, int panel, Scratch scratch) {
    float[] products = scratch.products[panel % scratch.products.length];
    kernels.multiplyPanel(
        rows, rowsOffset, rowCount, dimension, panels, panel * dimension * WIDTH, products);
    return products;
  }

  /**
   * Finds the nearest centroid of each row.
   *
   * @param rows {@code rowCount × dimension} from {@code rowsOffset} on; at most {@link #TILE_ROWS}
   *     rows
   * @param nearest receives one centroid per row from {@code nearestOffset} on; ties go to the
   *     lower one
   * @return sum of the squared distances to them
   */
  double assign(
      float[] rows,
      int rowsOffset,
      int rowCount,
      int[] nearest,
      int nearestOffset,
      Scratch scratch) {
    Arrays.fill(scratch.best, 0, rowCount, Float.NEGATIVE_INFINITY);
    Arrays.fill(nearest, nearestOffset, nearestOffset + rowCount, 0);
    for (int panel = 0; panel < panelCount; panel++) {
      float[] products = multiply(rows, rowsOffset, rowCount, panel, scratch);
      for (int r = 0; r < rowCount; r++) {
        int better = bestColumn(products, r, panel * WIDTH, scratch.best);
        nearest[nearestOffset + r] = better < 0 ? nearest[nearestOffset + r] : better;
      }
    }
    double sum = 0;
    for (int r = 0; r < rowCount; r++) {
      int offset = rowsOffset + r * dimension;
      sum += kernels.dot(rows, offset, rows, offset, dimension) - 2.0 * scratch.best[r];
    }
    return Math.max(0, sum);
  }

  /**
   * Finds the nearest centroid of many rows.
   *
   * @param rows {@code rowCount × dimension}
   * @param nearest receives one centroid per row
   * @param progress told how many rows are done
   */
  void assignAll(
      Workers workers, float[] rows, int rowCount, int[] nearest, LongConsumer progress) {
    workers.forEachBlock(
        rowCount,
        8 * TILE_ROWS,
        progress,
        (from, to) -> {
          Scratch scratch = newScratch();
          for (int row = from; row < to; row += TILE_ROWS) {
            int tileRows = Math.min(TILE_ROWS, to - row);
            double _ = assign(rows, row * dimension, tileRows, nearest, row, scratch);
          }
        });
  }

  /** The centroid of a panel that beats the row's best so far, or -1. */
  private int bestColumn(float[] products, int row, int firstCentroid, float[] bestOfRows) {
    float best = bestOfRows[row];
    int winner = -1;
    for (int j = 0; j < WIDTH; j++) {
      float score = products[row * WIDTH + j] - halfNorms[firstCentroid + j];
      if (score > best) {
        best = score;
        winner = firstCentroid + j;
      }
    }
    bestOfRows[row] = best;
    return winner;
  }
}

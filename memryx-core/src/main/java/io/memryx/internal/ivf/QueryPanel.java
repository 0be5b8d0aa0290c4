package io.memryx.internal.ivf;

import io.memryx.internal.kernel.VectorKernels;
import java.util.Arrays;
import java.util.List;

/**
 * Up to {@link VectorKernels#PANEL_WIDTH} queries whose products with a tile of rows are computed
 * together, to find the few rows that may be among the best of each; those are scored one by one.
 * So scores are those of {@link ExactScorer#score} to the bit, and no row is missed: a product of
 * two vectors of n components differs from one that was added up in another order by at most {@code
 * 2 n u |q||x|}, where u is half a unit in the last place of 1.
 *
 * <p>What a row may score at most, from its product p:
 *
 * <pre>
 *   cosine  scale p                    + e                  |q| = 1, scale = 1 / |x|
 *   dot     p                          + e |q| |x|
 *   l2      2 p - |x|² - |q|²          + e (|q| + |x|)²
 * </pre>
 *
 * <p>{@code e = 4 (n + 8) u} leaves room for the roundings of all else. For one scan.
 */
final class QueryPanel {
  private static final int WIDTH = VectorKernels.PANEL_WIDTH;

  /** Half a unit in the last place of 1. */
  private static final float ROUNDING = 0x1p-24f;

  private final VectorKernels kernels;
  private final List<ExactScorer> scorers;
  private final List<TopRows> tops;
  private final int dimension;
  private final float slack;

  /** {@code dimension × WIDTH}: a query a column. */
  private final float[] panel;

  /** By query: what {@code |x|} is multiplied by and added to what a row may score at most. */
  private final float[] slackPerLength = new float[WIDTH];

  /** By query: what the bound lacks that is the same for all rows. */
  private final float[] constants = new float[WIDTH];

  /** By query: what the bound of a row must reach; infinite where there is no query. */
  private final float[] needed = new float[WIDTH];

  private final float[] products = new float[RowTile.ROWS * WIDTH];

  /**
   * Puts queries side by side.
   *
   * @param scorers one a query, 1 to {@link VectorKernels#PANEL_WIDTH}
   * @param tops what each query found, in the same order
   */
  QueryPanel(VectorKernels kernels, List<ExactScorer> scorers, List<TopRows> tops) {
    this.kernels = kernels;
    this.scorers = scorers;
    this.tops = tops;
    this.dimension = scorers.getFirst().query().length;
    this.slack = 4 * (dimension + 8) * ROUNDING;
    this.panel = new float[dimension * WIDTH];
    Arrays.fill(needed, Float.POSITIVE_INFINITY);
    for (int column = 0; column < scorers.size(); column++) {
      float[] query = scorers.get(column).query();
      for (int d = 0; d < dimension; d++) {
        panel[d * WIDTH + column] = query[d];
      }
      bound(column, query);
      needed[column] = Float.NEGATIVE_INFINITY;
    }
  }

  private void bound(int column, float[] query) {
    float squared = kernels.dot(query, 0, query, 0, dimension);
    float length = (float) Math.sqrt(squared);
    switch (scorers.get(column).metric()) {
      case COSINE -> {}
      case DOT -> slackPerLength[column] = slack * length;
      case L2 -> {
        slackPerLength[column] = 2 * slack * length;
        constants[column] = slack * squared - squared;
      }
    }
  }

  /** Offers every row of a tile that is not dead and may be among the best of a query. */
  void scan(RowTile tile, RowSet dead) {
    int rows = tile.end() - tile.first();
    kernels.multiplyPanel(tile.array(), tile.offset(), rows, dimension, panel, 0, products);
    for (int row = tile.first(); row < tile.end(); row++) {
      if (!dead.contains(row)) {
        offer(tile, row);
      }
    }
  }

  private void offer(RowTile tile, int row) {
    int from = (row - tile.first()) * WIDTH;
    float factor = 1;
    float length = 0;
    float constant = 0;
    switch (scorers.getFirst().metric()) {
      case COSINE -> {
        factor = tile.scale(row);
        constant = slack;
      }
      case DOT -> {
        length = (float) Math.sqrt(tile.squaredLength(kernels, row));
        // Products so small that they lose digits are off by next to nothing.
        constant = Float.MIN_NORMAL;
      }
      case L2 -> {
        float squared = tile.squaredLength(kernels, row);
        factor = 2;
        length = (float) Math.sqrt(squared);
        constant = slack * squared - squared + Float.MIN_NORMAL;
      }
    }
    for (int column = 0; column < WIDTH; column++) {
      float bound = factor * products[from + column] + slackPerLength[column] * length + constant;
      if (bound >= needed[column]) {
        score(column, tile, row);
      }
    }
  }

  private void score(int column, RowTile tile, int row) {
    TopRows top = tops.get(column);
    top.offer(scorers.get(column).score(tile, row), row);
    needed[column] = top.worstScore() - constants[column];
  }
}

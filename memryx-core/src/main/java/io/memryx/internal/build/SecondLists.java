package io.memryx.internal.build;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Chooses a second list for vectors, in the manner of SOAR (arXiv 2404.00774). A query that
 * misjudges a vector's first list misjudges it by its product with the residual r to that centroid;
 * so the residual v to the second one should be short, but above all not parallel to r: least is
 * {@code |v|² + λ <v,r>² / |r|²}. Read-only and thread-safe.
 *
 * <p>All lists are looked at. To look only at the 64 whose centroids are nearest to that of the
 * first list loses, on WordNet glosses, a fifth of what second lists gain, and half of what λ gains
 * over the second nearest list.
 */
final class SecondLists {
  /** λ; 1 to 4 are much the same on WordNet glosses. */
  private static final float PARALLEL = 2;

  private final CentroidPanels panels;
  private final float[] centroids;

  /** The products of a centroid with all, when they have been asked for. */
  private final AtomicReferenceArray<float[]> products;

  /**
   * For some centroids.
   *
   * @param panels of at least two centroids
   * @param centroids the same, {@code lists × dimension}
   */
  SecondLists(CentroidPanels panels, float[] centroids) {
    this.panels = panels;
    this.centroids = centroids;
    this.products = new AtomicReferenceArray<>(panels.count());
  }

  /** The products of a centroid with all; those of its tile are made at once. */
  private float[] productsOf(int list) {
    float[] known = products.get(list);
    if (known != null) {
      return known;
    }
    int dimension = centroids.length / panels.count();
    int from = list - list % CentroidPanels.TILE_ROWS;
    int to = Math.min(panels.count(), from + CentroidPanels.TILE_ROWS);
    CentroidPanels.Scratch scratch = panels.newKeepingScratch();
    panels.multiply(centroids, from * dimension, to - from, scratch);
    // Another thread may do the same meanwhile: the numbers are the same.
    for (int other = from; other < to; other++) {
      float[] row = new float[panels.count()];
      scratch.copyProducts(other - from, row);
      products.set(other, row);
    }
    return products.get(list);
  }

  /** Chooses for tiles of rows: the working memory of one thread. */
  final class Chooser {
    private final float[] withRow = new float[panels.count()];
    private final float[] losses = new float[panels.count()];

    /**
     * The second list of a row of the tile that was assigned last.
     *
     * @param squared the row's squared length
     * @param first its first list
     */
    int choose(CentroidPanels.Scratch scratch, int row, float squared, int first) {
      scratch.copyProducts(row, withRow);
      float[] withFirst = productsOf(first);
      float along = squared - withRow[first];
      float residual = along - withRow[first] + withFirst[first];
      float weight = residual < Float.MIN_NORMAL ? 0 : PARALLEL / residual;
      fillLosses(withFirst, along, weight);
      losses[first] = Float.POSITIVE_INFINITY;
      int best = first == 0 ? 1 : 0;
      for (int list = 0; list < losses.length; list++) {
        best = losses[list] < losses[best] ? list : best;
      }
      return best;
    }

    /** {@code |v|² - |x|² + λ <v,r>² / |r|²} for all lists, x being the row. */
    private void fillLosses(float[] withFirst, float along, float weight) {
      float[] halfNorms = panels.halfNorms();
      for (int list = 0; list < losses.length; list++) {
        float product = withRow[list];
        float parallel = along - product + withFirst[list];
        losses[list] = 2 * (halfNorms[list] - product) + weight * parallel * parallel;
      }
    }
  }
}

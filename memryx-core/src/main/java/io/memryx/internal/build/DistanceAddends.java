package io.memryx.internal.build;

import io.memryx.internal.ivf.Centroids;
import io.memryx.internal.kernel.VectorKernels;
import io.memryx.internal.quantization.ResidualEncoder;
import io.memryx.internal.quantization.ResidualQuantizer;

/**
 * What is added to the scores of encoded rows under l2, where a score is {@code |q|² - |q - x|²},
 * everything as seen from the mean. With the row's centroid c, its residual r and what its code
 * stands for, r̂:
 *
 * <pre>
 *   |q|² - |q - x|² = 2 &lt;q, c&gt; + 2 &lt;q - c, r&gt; - |c|² - |r|²
 *                   ≈ 2 &lt;q, c&gt; + 2 &lt;q, r̂&gt; + addend,     addend = - |c|² - |r|² - 2 &lt;c, r̂&gt;
 * </pre>
 *
 * <p>So what the code gets wrong is weighed by {@code q - c}, which is short where it matters: for
 * the lists near to the query. With {@code -|x|²} for an addend it would be weighed by q. Immutable
 * once made.
 */
final class DistanceAddends {
  private static final int LISTS_PER_BLOCK = 16;

  private final float[] squaredNorms;

  /** By list: what its centroid makes of each slot's level, as if it were a query. */
  private final float[][] weights;

  private DistanceAddends(int lists) {
    this.squaredNorms = new float[lists];
    this.weights = new float[lists][];
  }

  /**
   * Prepares the centroids of some lists.
   *
   * @param assigned names every list that will be asked for
   */
  static DistanceAddends of(
      VectorKernels kernels,
      Workers workers,
      Centroids centroids,
      ResidualQuantizer quantizer,
      Assignment assigned) {
    var addends = new DistanceAddends(centroids.count());
    boolean[] used = new boolean[centroids.count()];
    for (int list : assigned.first()) {
      used[list] = true;
    }
    for (int list : assigned.second()) {
      used[list] = true;
    }
    workers.forEachBlock(
        centroids.count(),
        LISTS_PER_BLOCK,
        done -> {},
        (from, to) -> {
          for (int list = from; list < to; list++) {
            if (used[list]) {
              addends.prepare(kernels, centroids, quantizer, list);
            }
          }
        });
    return addends;
  }

  private void prepare(
      VectorKernels kernels, Centroids centroids, ResidualQuantizer quantizer, int list) {
    float[] centroid = centroids.centered(list);
    squaredNorms[list] = kernels.dot(centroid, 0, centroid, 0, centroid.length);
    weights[list] = quantizer.prepare(kernels, centroid).weights();
  }

  /** Memory for so many lists and slots of a code. */
  static long bytes(int lists, int slots) {
    return (long) Float.BYTES * lists * slots;
  }

  /**
   * The addend of a row that was encoded, finite.
   *
   * @param tileRow the row in the encoder's tile
   * @param squaredResidual |r|²
   * @param squaredLength |x|², as seen from the mean: what a row is worth whose code stands for
   *     nothing that floats can hold
   */
  float ofCode(
      ResidualEncoder encoder, int tileRow, int list, float squaredResidual, float squaredLength) {
    return finite(list, squaredResidual, squaredLength, encoder.estimate(tileRow, weights[list]));
  }

  /** Likewise, of a row of which only the signs were encoded. */
  float ofSigns(
      ResidualEncoder encoder, int tileRow, int list, float squaredResidual, float squaredLength) {
    return finite(
        list, squaredResidual, squaredLength, encoder.estimateBySigns(tileRow, weights[list]));
  }

  private float finite(int list, float squaredResidual, float squaredLength, float product) {
    float addend = -squaredNorms[list] - squaredResidual - 2 * product;
    return Float.isFinite(addend) ? addend : -squaredLength;
  }
}

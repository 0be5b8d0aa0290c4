package io.memryx.internal.ivf;

import io.memryx.Metric;
import io.memryx.internal.kernel.VectorKernels;
import java.util.Arrays;

/** The centroids of the inverted lists: {@code count × dimension} floats, row-major. Immutable. */
public final class Centroids {
  private final int dimension;
  private final float[] values;

  /** Takes the array over. */
  public Centroids(int dimension, float[] values) {
    this.dimension = dimension;
    this.values = values;
  }

  /** Number of centroids. */
  public int count() {
    return values.length / dimension;
  }

  /** All components; not to be changed. */
  public float[] values() {
    return values;
  }

  /** Memory of the centroids. */
  public long bytes() {
    return 4L * values.length;
  }

  /**
   * The lists to probe for a query, nearest first. Cosine orders by the angle to the centroid:
   * measured better than by its inner product or distance.
   *
   * @param query as {@link ExactScorer#query} gives it
   * @param probes number of lists wanted, at most {@link #count}
   */
  public int[] nearest(VectorKernels kernels, Metric metric, float[] query, int probes) {
    TopRows top = new TopRows(probes, TopRows.LOWER_ROW_FIRST);
    for (int list = 0; list < count(); list++) {
      top.offer(nearness(kernels, metric, query, list), list);
    }
    return sortedBestFirst(top);
  }

  private float nearness(VectorKernels kernels, Metric metric, float[] query, int list) {
    int offset = list * dimension;
    return switch (metric) {
      case COSINE -> {
        float squared = kernels.dot(values, offset, values, offset, dimension);
        float dot = kernels.dot(query, 0, values, offset, dimension);
        yield squared > 0 ? dot / (float) Math.sqrt(squared) : 0;
      }
      case DOT -> kernels.dot(query, 0, values, offset, dimension);
      case L2 -> -kernels.squaredL2(query, 0, values, offset, dimension);
    };
  }

  private static int[] sortedBestFirst(TopRows top) {
    long[] keys = new long[top.size()];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = ((long) ~sortable(top.score(i)) << 32) | top.row(i);
    }
    Arrays.sort(keys);
    int[] lists = new int[keys.length];
    for (int i = 0; i < lists.length; i++) {
      lists[i] = (int) keys[i];
    }
    return lists;
  }

  /** An int that orders as the float does. */
  private static int sortable(float value) {
    int bits = Float.floatToIntBits(value);
    return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
  }
}

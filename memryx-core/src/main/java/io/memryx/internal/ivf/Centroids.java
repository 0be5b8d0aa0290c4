package io.memryx.internal.ivf;

import io.memryx.Metric;
import io.memryx.internal.kernel.VectorKernels;
import java.util.Arrays;
import java.util.List;

/**
 * The centroids of the inverted lists as signed bytes: {@code c_l = mean + scale_l × code_l}. What
 * is encoded is the difference of a vector to this centroid, not to the one before rounding, so
 * that the rounding costs nothing but a little of the routing. Immutable.
 */
public final class Centroids {
  private static final int MAX_CODE = 127;

  /**
   * Centroids that every query is multiplied with before the next are read: at 1,024 dimensions
   * they still fit the first-level cache. A multiple of the rows that kernels take together.
   */
  private static final int TILE_LISTS = 32;

  private final Metric metric;
  private final float[] mean;
  private final byte[] codes;
  private final float[] scales;

  /** What the order of lists needs beside the product: 1/|c| for cosine, |c - mean|² for l2. */
  private final float[] norms;

  /**
   * Takes the arrays over.
   *
   * @param mean of the data, {@code dimension} components
   * @param codes {@code lists × dimension}
   * @param scales one per list
   */
  public Centroids(Metric metric, float[] mean, byte[] codes, float[] scales) {
    this.metric = metric;
    this.mean = mean;
    this.codes = codes;
    this.scales = scales;
    this.norms = new float[metric == Metric.DOT ? 0 : scales.length];
    for (int list = 0; list < norms.length; list++) {
      norms[list] = norm(list);
    }
  }

  /**
   * Rounds centroids.
   *
   * @param centered {@code lists × dimension}: as seen from the mean
   */
  public static Centroids round(Metric metric, float[] mean, float[] centered) {
    int dimension = mean.length;
    float[] scales = new float[centered.length / dimension];
    byte[] codes = new byte[centered.length];
    for (int list = 0; list < scales.length; list++) {
      float greatest = 0;
      for (int i = list * dimension; i < (list + 1) * dimension; i++) {
        greatest = Math.max(greatest, Math.abs(centered[i]));
      }
      // A centroid of denormals is the mean for all that matters.
      scales[list] = greatest / MAX_CODE;
      float steps = greatest < Float.MIN_NORMAL ? 0 : MAX_CODE / greatest;
      for (int i = list * dimension; i < (list + 1) * dimension; i++) {
        codes[i] = (byte) Math.clamp(Math.round(centered[i] * steps), -MAX_CODE, MAX_CODE);
      }
    }
    return new Centroids(metric, mean, codes, scales);
  }

  private float norm(int list) {
    double sum = 0;
    for (int d = 0; d < mean.length; d++) {
      double offset = (double) scales[list] * codes[list * mean.length + d];
      double component = metric == Metric.COSINE ? mean[d] + offset : offset;
      sum += component * component;
    }
    if (metric == Metric.COSINE) {
      return sum > 0 ? (float) (1 / Math.sqrt(sum)) : 0;
    }
    return (float) sum;
  }

  /** Number of centroids. */
  public int count() {
    return scales.length;
  }

  /** The mean of the data; not to be changed. */
  public float[] mean() {
    return mean;
  }

  /** All codes; not to be changed. */
  public byte[] codes() {
    return codes;
  }

  /** All scales; not to be changed. */
  public float[] scales() {
    return scales;
  }

  /** Memory of the centroids. */
  public long bytes() {
    return codes.length + 4L * (scales.length + norms.length + mean.length);
  }

  /** Subtracts a centroid, as seen from the mean, from a vector. */
  public void subtractCentered(int list, float[] vector, int vectorOffset) {
    for (int d = 0; d < mean.length; d++) {
      vector[vectorOffset + d] -= scales[list] * codes[list * mean.length + d];
    }
  }

  /** Adds a centroid, as seen from the mean, to a vector. */
  public void addCentered(int list, float[] vector, int vectorOffset) {
    for (int d = 0; d < mean.length; d++) {
      vector[vectorOffset + d] += scales[list] * codes[list * mean.length + d];
    }
  }

  /** Adds a centroid, where it is, to a vector. */
  public void add(int list, float[] vector) {
    for (int d = 0; d < mean.length; d++) {
      vector[d] += mean[d] + scales[list] * codes[list * mean.length + d];
    }
  }

  /** One centroid as seen from the mean. */
  public float[] centered(int list) {
    float[] centered = new float[mean.length];
    for (int d = 0; d < mean.length; d++) {
      centered[d] = scales[list] * codes[list * mean.length + d];
    }
    return centered;
  }

  /** All centroids as seen from the mean, {@code lists × dimension}. */
  public float[] centered() {
    float[] centered = new float[codes.length];
    for (int i = 0; i < centered.length; i++) {
      centered[i] = scales[i / mean.length] * codes[i];
    }
    return centered;
  }

  /**
   * The part of every list's scores that is the same for all of its members: {@code <q, c_l>}, or
   * under l2 {@code 2 <q - mean, c_l - mean>}. A few centroids are read, and multiplied with every
   * query while they are in the cache; each query's products are those it has alone, to the bit.
   *
   * @param queries unit vectors under cosine; under l2 already {@code 2 (q - mean)}
   * @return by query, one a list
   */
  public float[][] products(VectorKernels kernels, List<float[]> queries) {
    float[][] products = new float[queries.size()][count()];
    float[] constants = new float[products.length];
    for (int i = 0; i < products.length; i++) {
      float[] query = queries.get(i);
      constants[i] = metric == Metric.L2 ? 0 : kernels.dot(query, 0, mean, 0, mean.length);
    }
    // Alone, a query reads all centroids in one go.
    int tile = products.length == 1 ? count() : Math.min(count(), TILE_LISTS);
    float[] ofTile = new float[tile];
    for (int first = 0; first < count(); first += tile) {
      int lists = Math.min(tile, count() - first);
      for (int i = 0; i < products.length; i++) {
        kernels.dotCodeRows(queries.get(i), codes, first * mean.length, lists, mean.length, ofTile);
        scale(ofTile, first, lists, constants[i], products[i]);
      }
    }
    return products;
  }

  /** The products of some lists, from those with the codes of their centroids. */
  private void scale(float[] ofCodes, int first, int lists, float constant, float[] products) {
    for (int list = 0; list < lists; list++) {
      products[first + list] = constant + scales[first + list] * ofCodes[list];
    }
  }

  /**
   * The lists to probe, nearest first. Cosine orders by the angle to the centroid: measured better
   * than by its inner product or distance.
   *
   * @param products as {@link #products} gives them
   * @param probes number of lists wanted, at most {@link #count}
   */
  public int[] nearest(float[] products, int probes) {
    float[] nearness = nearness(products);
    long[] keys = new long[nearness.length];
    for (int list = 0; list < keys.length; list++) {
      keys[list] = RankKeys.of(nearness[list], list);
    }
    int kept = new ScoreBuckets().selectAbout(keys, keys.length, probes);
    Arrays.sort(keys, 0, kept);
    int[] lists = new int[probes];
    for (int i = 0; i < probes; i++) {
      lists[i] = RankKeys.row(keys[i]);
    }
    return lists;
  }

  /** What lists are ordered by; one loop a metric, which the compiler makes vectors of. */
  private float[] nearness(float[] products) {
    float[] nearness = products.clone();
    switch (metric) {
      case COSINE -> {
        for (int list = 0; list < nearness.length; list++) {
          nearness[list] *= norms[list];
        }
      }
      case DOT -> {}
      case L2 -> {
        for (int list = 0; list < nearness.length; list++) {
          nearness[list] -= norms[list];
        }
      }
    }
    return nearness;
  }
}

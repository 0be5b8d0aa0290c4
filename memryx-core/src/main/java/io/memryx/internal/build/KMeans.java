package io.memryx.internal.build;

import io.memryx.BuildProgress;
import io.memryx.internal.ivf.VectorRows;
import io.memryx.internal.kernel.VectorKernels;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Lloyd's k-means on a sample of the vectors, under squared distance (of unit vectors, where the
 * metric is cosine). The centroids stay unnormalised: measured better than spherical ones for what
 * follows. The result depends on vectors and seed alone, not on the number of threads: assignments
 * are independent, and every centroid adds up its members in one order.
 */
final class KMeans {
  /** Sample vectors per centroid: a choice of cost, not tuned. */
  static final int SAMPLE_PER_LIST = 24;

  /** Rounds; a choice of cost, not tuned. */
  static final int ROUNDS = 7;

  private final VectorKernels kernels;
  private final Workers workers;
  private final BuildMonitor monitor;
  private final int dimension;
  private final int lists;
  private final SplittableRandom random;

  KMeans(
      VectorKernels kernels,
      Workers workers,
      BuildMonitor monitor,
      int dimension,
      int lists,
      long seed) {
    this.kernels = kernels;
    this.workers = workers;
    this.monitor = monitor;
    this.dimension = dimension;
    this.lists = lists;
    this.random = new SplittableRandom(seed);
  }

  /**
   * What was found: centroids as seen from the mean of the data, and that mean. Distances are the
   * same from there, and data far from the origin lose no digits to its offset.
   *
   * @param centered {@code lists × dimension}: centroids minus the mean
   * @param mean {@code dimension} components
   */
  // A record of arrays on purpose: internal, handed on once.
  @SuppressWarnings("ArrayRecordComponent")
  record Clusters(float[] centered, float[] mean) {

    /** The centroids where they are, {@code lists × dimension}. */
    float[] centroids() {
      float[] centroids = centered.clone();
      for (int i = 0; i < centroids.length; i++) {
        centroids[i] += mean[i % mean.length];
      }
      return centroids;
    }
  }

  /** Finds the clusters. */
  Clusters train(VectorRows vectors) {
    int[] sampleRows = sample(vectors.size());
    float[] mean = mean(vectors, sampleRows);
    float[] sample = new float[Math.multiplyExact(sampleRows.length, dimension)];
    for (int i = 0; i < sampleRows.length; i++) {
      center(vectors, sampleRows[i], mean, sample, i * dimension);
    }
    int sampleSize = sampleRows.length;
    monitor.begin(BuildProgress.Phase.CLUSTER, (long) ROUNDS * sampleSize);
    // The sample is in random order, so its head is a random choice.
    float[] centroids = Arrays.copyOf(sample, lists * dimension);
    int[] nearest = new int[sampleSize];
    for (int round = 0; round < ROUNDS; round++) {
      long doneBefore = (long) round * sampleSize;
      assign(sample, sampleSize, centroids, nearest, doneBefore);
      recompute(sample, nearest, centroids);
    }
    return new Clusters(centroids, mean);
  }

  /** Distinct rows in random order. */
  private int[] sample(int size) {
    int wanted = (int) Math.min(size, (long) lists * SAMPLE_PER_LIST);
    int[] rows = new int[size];
    Arrays.setAll(rows, row -> row);
    for (int i = 0; i < wanted; i++) {
      int other = random.nextInt(i, size);
      int row = rows[other];
      rows[other] = rows[i];
      rows[i] = row;
    }
    return Arrays.copyOf(rows, wanted);
  }

  private float[] mean(VectorRows vectors, int[] rows) {
    double[] sum = new double[dimension];
    for (int row : rows) {
      float[] chunk = vectors.chunkOf(row);
      int offset = vectors.offsetOf(row);
      float scale = vectors.scale(row);
      for (int d = 0; d < dimension; d++) {
        sum[d] += chunk[offset + d] * scale;
      }
    }
    float[] mean = new float[dimension];
    for (int d = 0; d < dimension; d++) {
      mean[d] = (float) (sum[d] / rows.length);
    }
    return mean;
  }

  /** Writes a row, scaled and as seen from the mean. */
  static void center(VectorRows vectors, int row, float[] mean, float[] target, int targetOffset) {
    float[] chunk = vectors.chunkOf(row);
    int offset = vectors.offsetOf(row);
    float scale = vectors.scale(row);
    for (int d = 0; d < mean.length; d++) {
      target[targetOffset + d] = chunk[offset + d] * scale - mean[d];
    }
  }

  private void assign(
      float[] sample, int sampleSize, float[] centroids, int[] nearest, long doneBefore) {
    var panels = new CentroidPanels(kernels, centroids, dimension);
    workers.forEachBlock(
        sampleSize,
        8 * CentroidPanels.TILE_ROWS,
        done -> monitor.report(doneBefore + done),
        (from, to) -> {
          var scratch = new CentroidPanels.Scratch();
          for (int row = from; row < to; row += CentroidPanels.TILE_ROWS) {
            int rowCount = Math.min(CentroidPanels.TILE_ROWS, to - row);
            panels.assign(sample, row * dimension, rowCount, nearest, row, scratch);
          }
        });
  }

  /**
   * Moves every centroid to the mean of its members; one without members takes a vector of the
   * largest list.
   */
  private void recompute(float[] sample, int[] nearest, float[] centroids) {
    int[] starts = IndexBuilder.listStarts(nearest, lists);
    int[] members = IndexBuilder.listOrder(nearest, starts);
    workers.forEachBlock(
        lists,
        16,
        done -> {},
        (from, to) -> {
          double[] sum = new double[dimension];
          for (int list = from; list < to; list++) {
            mean(sample, members, starts[list], starts[list + 1], sum, centroids, list * dimension);
          }
        });
    reseedEmptyLists(sample, members, starts, centroids);
  }

  private void mean(
      float[] sample,
      int[] members,
      int from,
      int to,
      double[] sum,
      float[] target,
      int targetOffset) {
    if (from == to) {
      return;
    }
    Arrays.fill(sum, 0);
    for (int m = from; m < to; m++) {
      int offset = members[m] * dimension;
      for (int d = 0; d < dimension; d++) {
        sum[d] += sample[offset + d];
      }
    }
    for (int d = 0; d < dimension; d++) {
      target[targetOffset + d] = (float) (sum[d] / (to - from));
    }
  }

  private void reseedEmptyLists(float[] sample, int[] members, int[] starts, float[] centroids) {
    int largest = 0;
    for (int list = 1; list < lists; list++) {
      largest =
          starts[list + 1] - starts[list] > starts[largest + 1] - starts[largest] ? list : largest;
    }
    for (int list = 0; list < lists; list++) {
      if (starts[list] == starts[list + 1]) {
        int member = members[random.nextInt(starts[largest], starts[largest + 1])];
        System.arraycopy(sample, member * dimension, centroids, list * dimension, dimension);
      }
    }
  }
}

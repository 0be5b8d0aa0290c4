package io.memryx.internal.build;

import io.memryx.BuildProgress;
import io.memryx.internal.ivf.InvertedLists;
import io.memryx.internal.ivf.Vectors;
import io.memryx.internal.kernel.VectorKernels;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;

/**
 * Lloyd's k-means on a sample of the vectors, under squared distance (of unit vectors, where the
 * metric is cosine), its steps lengthened on the way. The centroids stay unnormalised: measured
 * better than spherical ones for what follows. The result depends on vectors and seed alone, not on
 * the number of threads: assignments are independent, and every centroid adds up its members in one
 * order.
 */
final class KMeans {
  /** Sample vectors per centroid: a choice of cost, not tuned. */
  static final int SAMPLE_PER_LIST = 24;

  /**
   * Rounds: with overshooting, as good as seven without. On WordNet glosses (118k vectors, 1,030
   * lists, four seeds) 64, 96 and 320 probes find 0.9300, 0.9522, 0.9898 of the true ten; seven
   * without find 0.9301, 0.9526, 0.9900, five with 0.9300, 0.9521, 0.9894.
   */
  static final int ROUNDS = 6;

  /**
   * How far beyond its members' mean a centroid goes, in steps as large as the one that leads
   * there: what moves goes on to move that way.
   */
  private static final float OVERSHOOT = 0.6f;

  /** One vector of so many is held out: enough to know what centroids are worth to others… */
  private static final int HELD_OUT_SHARE = 8;

  /** …and no more than that takes: their mean distance is known to about a hundredth. */
  private static final int MAX_HELD_OUT = 4_096;

  /** Farther from the mean than so many times the median are those that do not count for it. */
  private static final double FAR = 4;

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
   * What was found, everything as seen from the mean of the data. Distances are the same from
   * there, and data far from the origin lose no digits to its offset.
   *
   * @param centroids {@code lists × dimension}
   * @param mean {@code dimension} components
   * @param sample {@code sampleSize × dimension}: the vectors they were found on, in random order
   * @param heldOut some rows that are not in the sample, chosen at random; none of very few vectors
   */
  // A record of arrays on purpose: internal, handed on once.
  @SuppressWarnings("ArrayRecordComponent")
  record Clusters(float[] centroids, float[] mean, float[] sample, int[] heldOut) {}

  /** Finds the clusters. */
  Clusters train(Vectors vectors) {
    int[] shuffled = shuffle(vectors.size());
    int wanted = sampleSize(vectors.size(), lists, dimension);
    int[] sampleRows = Arrays.copyOf(shuffled, wanted);
    int[] heldOut = Arrays.copyOfRange(shuffled, wanted, wanted + heldOut(vectors.size()));
    float[] sample = new float[Math.multiplyExact(sampleRows.length, dimension)];
    for (int i = 0; i < sampleRows.length; i++) {
      vectors.copyScaledTo(sampleRows[i], 1, sample, i * dimension);
    }
    float[] mean = meanOfMost(sample, sampleRows.length);
    center(sample, sampleRows.length, mean);
    int sampleSize = sampleRows.length;
    monitor.begin(BuildProgress.Phase.CLUSTER, (long) ROUNDS * sampleSize);
    // The sample is in random order, so its head is a random choice.
    float[] centroids = Arrays.copyOf(sample, lists * dimension);
    int[] nearest = new int[sampleSize];
    for (int round = 0; round < ROUNDS; round++) {
      long doneBefore = (long) round * sampleSize;
      assign(sample, sampleSize, centroids, nearest, doneBefore);
      // The first step leads from a random vector, the last must end at the mean.
      boolean inBetween = round > 0 && round < ROUNDS - 1;
      recompute(sample, nearest, centroids, inBetween ? OVERSHOOT : 0);
    }
    return new Clusters(centroids, mean, sample, heldOut);
  }

  /** Vectors that centroids are found on; no more than fit one array. */
  static int sampleSize(int vectors, int lists, int dimension) {
    int others = vectors - heldOut(vectors);
    return (int) Math.min(Math.min(others, (1 << 29) / dimension), (long) lists * SAMPLE_PER_LIST);
  }

  /** Vectors that are certainly not in the sample. */
  private static int heldOut(int vectors) {
    return Math.min(vectors / HELD_OUT_SHARE, MAX_HELD_OUT);
  }

  /** Distinct rows in random order: the sample, then those held out. */
  private int[] shuffle(int size) {
    int wanted = sampleSize(size, lists, dimension) + heldOut(size);
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

  /**
   * The mean of the sample without those rows that are much farther from the mean of all than most:
   * one vector far out would carry the mean, and with it what all codes are seen from, to where no
   * vector is.
   */
  private float[] meanOfMost(float[] sample, int rows) {
    float[] mean = mean(sample, rows, row -> true);
    double[] distances = new double[rows];
    for (int row = 0; row < rows; row++) {
      for (int d = 0; d < dimension; d++) {
        double difference = (double) sample[row * dimension + d] - mean[d];
        distances[row] += difference * difference;
      }
    }
    double[] sorted = distances.clone();
    Arrays.sort(sorted);
    double bound = FAR * FAR * sorted[rows / 2];
    return sorted[rows - 1] > bound ? mean(sample, rows, row -> distances[row] <= bound) : mean;
  }

  /** The mean of some rows of the sample, {@code dimension} components. */
  private float[] mean(float[] sample, int rows, IntPredicate counts) {
    double[] sum = new double[dimension];
    int counted = 0;
    for (int row = 0; row < rows; row++) {
      if (counts.test(row)) {
        counted++;
        for (int d = 0; d < dimension; d++) {
          sum[d] += sample[row * dimension + d];
        }
      }
    }
    float[] mean = new float[dimension];
    for (int d = 0; d < dimension; d++) {
      mean[d] = (float) (sum[d] / counted);
    }
    return mean;
  }

  /** Moves rows so that they are as seen from the mean. */
  static void center(float[] rows, int rowCount, float[] mean) {
    for (int row = 0; row < rowCount; row++) {
      for (int d = 0; d < mean.length; d++) {
        rows[row * mean.length + d] -= mean[d];
      }
    }
  }

  /** Undoes {@link #center} for all rows. */
  static void decenter(float[] rows, float[] mean) {
    for (int row = 0; row < rows.length; row += mean.length) {
      for (int d = 0; d < mean.length; d++) {
        rows[row + d] += mean[d];
      }
    }
  }

  private void assign(
      float[] sample, int sampleSize, float[] centroids, int[] nearest, long doneBefore) {
    var panels = new CentroidPanels(kernels, centroids, dimension);
    panels.assignAll(
        workers, sample, sampleSize, nearest, done -> monitor.report(doneBefore + done));
  }

  /**
   * Moves every centroid to the mean of its members, or beyond; one without members takes a vector
   * of the largest list.
   */
  private void recompute(float[] sample, int[] nearest, float[] centroids, float overshoot) {
    InvertedLists clusters = InvertedLists.of(nearest, lists);
    int[] starts = clusters.starts();
    int[] members = clusters.ordinals();
    workers.forEachBlock(
        lists,
        16,
        done -> {},
        (from, to) -> {
          double[] sum = new double[dimension];
          for (int list = from; list < to; list++) {
            if (starts[list] < starts[list + 1]) {
              sum(sample, members, starts[list], starts[list + 1], sum);
              double share = 1.0 / (starts[list + 1] - starts[list]);
              for (int d = 0; d < dimension; d++) {
                double mean = sum[d] * share;
                int component = list * dimension + d;
                centroids[component] = (float) (mean + overshoot * (mean - centroids[component]));
              }
            }
          }
        });
    reseedEmptyLists(sample, members, starts, centroids);
  }

  private void sum(float[] sample, int[] members, int from, int to, double[] sum) {
    Arrays.fill(sum, 0);
    for (int m = from; m < to; m++) {
      int offset = members[m] * dimension;
      for (int d = 0; d < dimension; d++) {
        sum[d] += sample[offset + d];
      }
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

package io.memryx.bench.grow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RecursiveAction;

/**
 * A division of real vectors into groups of near ones: a tree that splits a group in two by the
 * nearer of two means until it is small enough. Every group but a lone root has between a quarter
 * of the limit and the limit, so that none is too small to have differences in it. Immutable; the
 * same vectors, limit and seed give the same groups, whatever the number of threads.
 */
final class Neighborhoods {
  /** Rounds of moving the two means; the split is no better after more. */
  private static final int ROUNDS = 4;

  /** Vectors that the means are found from: enough for two means, and bounded at the root. */
  private static final int SAMPLE = 1024;

  /** Groups below this are split by the thread that made them. */
  private static final int SMALLEST_TASK = 4096;

  private final RealVectors vectors;
  private final int limit;

  /** All rows, group by group. */
  private final int[] order;

  /** Per row the first place of its group in {@link #order}, and the place behind it. */
  private final int[] firstPlace;

  private final int[] endPlace;

  private Neighborhoods(RealVectors vectors, int limit) {
    this.vectors = vectors;
    this.limit = limit;
    this.order = new int[vectors.rows()];
    this.firstPlace = new int[vectors.rows()];
    this.endPlace = new int[vectors.rows()];
    for (int row = 0; row < order.length; row++) {
      order[row] = row;
    }
  }

  /**
   * Divides vectors into groups of at most {@code limit}.
   *
   * @param limit at least 4
   */
  static Neighborhoods of(RealVectors vectors, int limit, long seed) {
    if (limit < 4) {
      throw new IllegalArgumentException(
          "neighborhoods of at most " + limit + " vectors: expected at least 4");
    }
    var neighborhoods = new Neighborhoods(vectors, limit);
    ForkJoinPool.commonPool()
        .invoke(neighborhoods.new Split(0, vectors.rows(), new SplittableRandom(seed)));
    return neighborhoods;
  }

  /** Number of vectors in the group of a row. */
  int size(int row) {
    return endPlace[row] - firstPlace[row];
  }

  /** A member of the group of a row, the row itself among them. */
  int member(int row, int index) {
    return order[firstPlace[row] + index];
  }

  /** Writes the mean of the group of a row. */
  void mean(int row, float[] target) {
    mean(firstPlace[row], endPlace[row], target);
  }

  private void mean(int from, int to, float[] target) {
    int dimension = vectors.dimension();
    double[] sums = new double[dimension];
    for (int place = from; place < to; place++) {
      int offset = vectors.offset(order[place]);
      for (int d = 0; d < dimension; d++) {
        sums[d] += vectors.components()[offset + d];
      }
    }
    for (int d = 0; d < dimension; d++) {
      target[d] = (float) (sums[d] / (to - from));
    }
  }

  /** Splits the places {@code from..to-1}, and what that makes. */
  private final class Split extends RecursiveAction {
    private static final long serialVersionUID = 1L;

    private final int from;
    private final int to;
    private final transient SplittableRandom random;

    Split(int from, int to, SplittableRandom random) {
      this.from = from;
      this.to = to;
      this.random = random;
    }

    @Override
    protected void compute() {
      if (to - from <= limit) {
        for (int place = from; place < to; place++) {
          firstPlace[order[place]] = from;
          endPlace[order[place]] = to;
        }
        return;
      }
      int middle = divide(from, to, random);
      List<Split> halves =
          List.of(new Split(from, middle, random.split()), new Split(middle, to, random.split()));
      if (to - from < SMALLEST_TASK) {
        halves.forEach(Split::compute);
      } else {
        invokeAll(new ArrayList<>(halves));
      }
    }
  }

  /** Brings the rows nearer to one of two means to the front, and says where the others begin. */
  private int divide(int from, int to, SplittableRandom random) {
    float[] direction = direction(from, to, random);
    double middle = direction[vectors.dimension()];
    int count = to - from;
    long[] keys = new long[count];
    int below = 0;
    for (int i = 0; i < count; i++) {
      float side = (float) (along(direction, order[from + i]) - middle);
      below += side < 0 ? 1 : 0;
      keys[i] = ((long) sortable(side) << 32) | i;
    }
    Arrays.sort(keys);
    int[] sorted = new int[count];
    for (int i = 0; i < count; i++) {
      sorted[i] = order[from + (int) keys[i]];
    }
    System.arraycopy(sorted, 0, order, from, count);
    int quarter = count / 4;
    return from + Math.clamp(below, Math.max(1, quarter), count - Math.max(1, quarter));
  }

  /** Integers in the order of the floats. */
  private static int sortable(float value) {
    int bits = Float.floatToIntBits(value);
    return bits ^ ((bits >> 31) & 0x7fff_ffff);
  }

  /**
   * The difference of two means, and behind it, at index {@code dimension}, the product with it at
   * which a vector is as near to the one as to the other.
   */
  private float[] direction(int from, int to, SplittableRandom random) {
    int dimension = vectors.dimension();
    int[] sample = sample(from, to, random);
    float[] low = copy(sample[0]);
    float[] high = copy(sample[sample.length / 2]);
    float[] direction = between(low, high);
    for (int round = 0; round < ROUNDS; round++) {
      double[] lowSum = new double[dimension];
      double[] highSum = new double[dimension];
      int lowCount = 0;
      for (int row : sample) {
        boolean isLow = along(direction, row) < direction[dimension];
        lowCount += isLow ? 1 : 0;
        double[] sum = isLow ? lowSum : highSum;
        for (int d = 0; d < dimension; d++) {
          sum[d] += vectors.components()[vectors.offset(row) + d];
        }
      }
      if (lowCount == 0 || lowCount == sample.length) {
        // Equal vectors: any division is as good.
        return direction;
      }
      for (int d = 0; d < dimension; d++) {
        low[d] = (float) (lowSum[d] / lowCount);
        high[d] = (float) (highSum[d] / (sample.length - lowCount));
      }
      direction = between(low, high);
    }
    return direction;
  }

  private int[] sample(int from, int to, SplittableRandom random) {
    int count = Math.min(SAMPLE, to - from);
    int[] sample = new int[count];
    for (int i = 0; i < count; i++) {
      sample[i] = order[random.nextInt(from, to)];
    }
    return sample;
  }

  private float[] copy(int row) {
    float[] vector = new float[vectors.dimension()];
    System.arraycopy(vectors.components(), vectors.offset(row), vector, 0, vector.length);
    return vector;
  }

  private static float[] between(float[] low, float[] high) {
    float[] direction = new float[low.length + 1];
    double middle = 0;
    for (int d = 0; d < low.length; d++) {
      direction[d] = high[d] - low[d];
      middle += ((double) high[d] * high[d] - (double) low[d] * low[d]) / 2;
    }
    direction[low.length] = (float) middle;
    return direction;
  }

  private double along(float[] direction, int row) {
    int offset = vectors.offset(row);
    double sum = 0;
    for (int d = 0; d < vectors.dimension(); d++) {
      sum += direction[d] * vectors.components()[offset + d];
    }
    return sum;
  }
}

package io.memryx.internal.build;

import java.util.Arrays;

/**
 * Rows to train on, brought to one size in place: those much longer than most are shortened, or a
 * few outliers would be all that training sees; and all are multiplied by a power of two that
 * brings the greatest component below one, so that no square overflows.
 */
final class TrainingRows {
  /** Rows longer than so many times the median are outliers. */
  private static final double OUTLIER = 4;

  /** Powers of two beyond have no finite inverse. */
  private static final int GREATEST_EXPONENT = 126;

  private final float[] values;
  private final int dimension;
  private final int exponent;

  /** What each row was shortened by, 1 for most. */
  private final float[] shortenings;

  private TrainingRows(float[] values, int dimension) {
    this.values = values;
    this.dimension = dimension;
    this.shortenings = shortenings(values, dimension);
    this.exponent = exponent(values, dimension, shortenings);
    float power = Math.scalb(1f, -exponent);
    for (int row = 0; row < shortenings.length; row++) {
      float shortening = shortenings[row];
      for (int i = row * dimension; i < (row + 1) * dimension; i++) {
        values[i] = values[i] * shortening * power;
      }
    }
  }

  /** Takes the rows over and changes them. */
  static TrainingRows of(float[] values, int dimension) {
    return new TrainingRows(values, dimension);
  }

  private static float[] shortenings(float[] values, int dimension) {
    double[] lengths = new double[values.length / dimension];
    for (int row = 0; row < lengths.length; row++) {
      double sum = 0;
      for (int i = row * dimension; i < (row + 1) * dimension; i++) {
        sum += (double) values[i] * values[i];
      }
      lengths[row] = Math.sqrt(sum);
    }
    double[] sorted = lengths.clone();
    Arrays.sort(sorted);
    double bound = sorted.length == 0 ? 0 : OUTLIER * sorted[sorted.length / 2];
    float[] shortenings = new float[lengths.length];
    for (int row = 0; row < lengths.length; row++) {
      shortenings[row] = bound > 0 && lengths[row] > bound ? (float) (bound / lengths[row]) : 1;
    }
    return shortenings;
  }

  private static int exponent(float[] values, int dimension, float[] shortenings) {
    float greatest = 0;
    for (int row = 0; row < shortenings.length; row++) {
      for (int i = row * dimension; i < (row + 1) * dimension; i++) {
        greatest = Math.max(greatest, Math.abs(values[i] * shortenings[row]));
      }
    }
    return greatest == 0
        ? 0
        : Math.clamp(Math.getExponent(greatest) + 1, -GREATEST_EXPONENT, GREATEST_EXPONENT);
  }

  /** Number of rows. */
  int count() {
    return shortenings.length;
  }

  /** Components of all rows, row-major, as they are now; not to be changed. */
  float[] values() {
    return values;
  }

  /** By which power of two all were divided. */
  int exponent() {
    return exponent;
  }

  /** What a row was shortened by: 1, or less for an outlier. */
  float shortening(int row) {
    return shortenings[row];
  }

  /** The mean of all rows. */
  double[] mean() {
    double[] mean = new double[dimension];
    for (int row = 0; row < shortenings.length; row++) {
      for (int d = 0; d < dimension; d++) {
        mean[d] += (double) values[row * dimension + d] / shortenings.length;
      }
    }
    return mean;
  }

  /** The mean of all squared components. */
  double meanSquare() {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return values.length == 0 ? 0 : sum / values.length;
  }

  /** Writes rows as they were before they were divided, but shortened. */
  void restore(int firstRow, int rowCount, float[] target) {
    float power = Math.scalb(1f, exponent);
    for (int i = 0; i < rowCount * dimension; i++) {
      target[i] = values[firstRow * dimension + i] * power;
    }
  }
}

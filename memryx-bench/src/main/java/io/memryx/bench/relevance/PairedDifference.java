package io.memryx.bench.relevance;

/**
 * How two ways to answer the same queries differ on average, query by query: what is hard in a
 * query is hard for both and falls out of the difference.
 *
 * @param mean of the differences
 * @param standardError of that mean
 * @param queries number of pairs
 */
public record PairedDifference(double mean, double standardError, int queries) {
  /** Two-sided 95 % of the normal distribution: with hundreds of queries, Student's is the same. */
  private static final double NORMAL_95 = 1.96;

  /** The differences {@code some[i] - others[i]}. */
  public static PairedDifference of(double[] some, double[] others) {
    if (some.length != others.length || some.length < 2) {
      throw new IllegalArgumentException(
          "%d and %d values: expected as many of each, at least 2"
              .formatted(some.length, others.length));
    }
    double mean = 0;
    for (int i = 0; i < some.length; i++) {
      mean += (some[i] - others[i]) / some.length;
    }
    double squares = 0;
    for (int i = 0; i < some.length; i++) {
      double deviation = some[i] - others[i] - mean;
      squares += deviation * deviation;
    }
    double variance = squares / (some.length - 1);
    return new PairedDifference(mean, Math.sqrt(variance / some.length), some.length);
  }

  /** Lower end of the interval that holds the true difference with a confidence of 95 %. */
  public double low() {
    return mean - NORMAL_95 * standardError;
  }

  /** Upper end of the interval that holds the true difference with a confidence of 95 %. */
  public double high() {
    return mean + NORMAL_95 * standardError;
  }

  /** Whether the interval holds 0: no difference can be told. */
  public boolean holdsZero() {
    return low() <= 0 && high() >= 0;
  }
}

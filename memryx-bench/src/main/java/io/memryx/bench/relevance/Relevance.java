package io.memryx.bench.relevance;

import java.util.List;

/**
 * A measure of some answers beside that of exact search.
 *
 * @param measure which
 * @param depth ranks that count
 * @param value mean over the queries
 * @param exact mean of exact search over the same queries
 * @param difference of the two, query by query
 */
public record Relevance(
    RankMeasure measure, int depth, double value, double exact, PairedDifference difference) {

  /**
   * Measures answers against exact ones.
   *
   * @param answers rows per query, best first
   * @param exact rows per query, best first
   */
  public static Relevance of(
      RankMeasure measure, Qrels qrels, Rankings answers, Rankings exact, int depth) {
    double[] values = values(measure, qrels, answers, depth);
    double[] exactValues = values(measure, qrels, exact, depth);
    return new Relevance(
        measure, depth, mean(values), mean(exactValues), PairedDifference.of(values, exactValues));
  }

  /**
   * Rows per query.
   *
   * @param perQuery best first
   */
  public record Rankings(List<int[]> perQuery) {
    /** Copies the list. */
    public Rankings {
      perQuery = List.copyOf(perQuery);
    }
  }

  private static double[] values(RankMeasure measure, Qrels qrels, Rankings rankings, int depth) {
    double[] values = new double[rankings.perQuery.size()];
    for (int query = 0; query < values.length; query++) {
      values[query] = measure.of(rankings.perQuery.get(query), qrels.perQuery().get(query), depth);
    }
    return values;
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}

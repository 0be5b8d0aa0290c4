package io.memryx.bench.relevance;

import java.util.Set;

/** How well a ranking serves someone who looks for the relevant rows: 0 to 1 per query. */
public enum RankMeasure {
  /**
   * Normalised discounted cumulative gain with a gain of 1 for each relevant row: the sum of {@code
   * 1 / log2(rank + 1)} over the ranks (from 1) of relevant rows, divided by the most it could be.
   */
  NDCG("nDCG") {
    @Override
    public double of(int[] ranking, Set<Integer> relevant, int depth) {
      double gain = 0;
      for (int rank = 1; rank <= Math.min(depth, ranking.length); rank++) {
        if (relevant.contains(ranking[rank - 1])) {
          gain += discount(rank);
        }
      }
      double most = 0;
      for (int rank = 1; rank <= Math.min(depth, relevant.size()); rank++) {
        most += discount(rank);
      }
      return most == 0 ? 0 : gain / most;
    }

    private static double discount(int rank) {
      return Math.log(2) / Math.log(rank + 1.0);
    }
  },

  /** Reciprocal rank: 1 by the rank of the first relevant row, 0 if it is beyond the depth. */
  MRR("MRR") {
    @Override
    public double of(int[] ranking, Set<Integer> relevant, int depth) {
      for (int rank = 1; rank <= Math.min(depth, ranking.length); rank++) {
        if (relevant.contains(ranking[rank - 1])) {
          return 1.0 / rank;
        }
      }
      return 0;
    }
  };

  private final String label;

  RankMeasure(String label) {
    this.label = label;
  }

  /** The name in reports. */
  public String label() {
    return label;
  }

  /**
   * The measure of one query's ranking.
   *
   * @param ranking row numbers, best first
   * @param relevant rows
   * @param depth ranks that count
   */
  public abstract double of(int[] ranking, Set<Integer> relevant, int depth);
}

package io.memryx.bench.truth;

/** The rows nearest to one query, best first, with their scores in double precision. Immutable. */
public final class Ranking {
  private final int[] rows;
  private final double[] scores;

  /** Takes the arrays as they are; callers must not keep them. */
  Ranking(int[] rows, double[] scores) {
    this.rows = rows;
    this.scores = scores;
  }

  /** Number of rows in the ranking. */
  public int size() {
    return rows.length;
  }

  /** The row at a rank, 0 the best. */
  public int row(int rank) {
    return rows[rank];
  }

  /** All rows, best first. */
  public int[] copyOfRows() {
    return rows.clone();
  }

  /** The score at a rank, 0 the best. */
  public double score(int rank) {
    return scores[rank];
  }

  /** Whether a row is among the ranking's first {@code k}. */
  public boolean contains(int row, int k) {
    for (int rank = 0; rank < k; rank++) {
      if (rows[rank] == row) {
        return true;
      }
    }
    return false;
  }
}

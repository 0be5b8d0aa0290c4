package io.memryx.bench.truth;

import io.memryx.Neighbor;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Holds answers that claim to be exact against brute force: as many neighbors as there can be, no
 * row twice, every reported score the true one of its row, and rank by rank the true score. Rows
 * may differ where scores tie within {@link Recall#TIE}. Not thread-safe.
 */
public final class ExactCheck {
  private final ExactScan scan;
  private int queries;
  private int mismatches;
  private String firstMismatch = "";

  /** Checks against this scan. */
  public ExactCheck(ExactScan scan) {
    this.scan = scan;
  }

  /** Checks one query's answer, whose ids are row numbers. */
  public void add(float[] query, Ranking truth, List<Neighbor> answer) {
    Optional<String> mismatch = mismatch(query, truth, answer);
    if (mismatch.isPresent() && mismatches++ == 0) {
      firstMismatch = "query %d: %s".formatted(queries, mismatch.get());
    }
    queries++;
  }

  /** Number of queries checked. */
  public int queries() {
    return queries;
  }

  /** Number of queries whose answer was not exact. */
  public int mismatches() {
    return mismatches;
  }

  /** What was wrong with the first one, or an empty text. */
  public String firstMismatch() {
    return firstMismatch;
  }

  private Optional<String> mismatch(float[] query, Ranking truth, List<Neighbor> answer) {
    if (answer.size() != truth.size()) {
      return Optional.of(answer.size() + " neighbors, expected " + truth.size());
    }
    Set<String> ids = new HashSet<>();
    for (int rank = 0; rank < answer.size(); rank++) {
      Neighbor neighbor = answer.get(rank);
      double score = scan.score(query, Integer.parseInt(neighbor.id()));
      if (!ids.add(neighbor.id())) {
        return Optional.of("row " + neighbor.id() + " twice");
      }
      if (!ties(neighbor.score(), score)) {
        return Optional.of(
            "row %s scored %s, truly %s".formatted(neighbor.id(), neighbor.score(), score));
      }
      if (!ties(score, truth.score(rank))) {
        return Optional.of(
            "rank %d is row %s with %s, expected row %d with %s"
                .formatted(rank, neighbor.id(), score, truth.row(rank), truth.score(rank)));
      }
    }
    return Optional.empty();
  }

  private static boolean ties(double score, double other) {
    return Recall.reaches(score, other) && Recall.reaches(other, score);
  }
}

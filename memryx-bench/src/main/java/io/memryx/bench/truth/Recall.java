package io.memryx.bench.truth;

import java.util.HashSet;
import java.util.Set;

/**
 * How many of the true nearest neighbors some answers hold, counted in two ways.
 *
 * <p>A row counts by id if it is among the true first k. It counts with ties if it is, or if its
 * true score reaches the k-th true score within {@link #TIE}: equal texts have equal vectors, and
 * which of two equals comes first is no matter of quality.
 */
public final class Recall {
  /** Scores closer than this, relative to the larger of 1 and the score, are one score. */
  public static final double TIE = 1e-6;

  private final ExactScan scan;
  private final int k;
  private final int looked;
  private long wanted;
  private long foundById;
  private long foundWithTies;

  /** Counts against the first {@code k} of rankings made with this scan's metric. */
  public Recall(ExactScan scan, int k) {
    this(scan, k, k);
  }

  private Recall(ExactScan scan, int k, int looked) {
    this.scan = scan;
    this.k = k;
    this.looked = looked;
  }

  /** Counts the first {@code k} of rankings wherever they are in the first {@code 2 k} answered. */
  public static Recall inTwiceAsMany(ExactScan scan, int k) {
    return new Recall(scan, k, 2 * k);
  }

  /** Whether a score is as good as another, ties included. */
  public static boolean reaches(double score, double other) {
    return score >= other - TIE * Math.max(1, Math.abs(other));
  }

  /** Counts one query's answer; rows beyond those looked at and repeated ones count nothing. */
  public void add(float[] query, Ranking truth, int[] answer) {
    int depth = Math.min(k, truth.size());
    double last = truth.score(depth - 1);
    Set<Integer> seen = new HashSet<>();
    int byId = 0;
    int withTies = 0;
    for (int i = 0; i < Math.min(depth * looked / k, answer.length); i++) {
      if (!seen.add(answer[i])) {
        continue;
      }
      if (truth.contains(answer[i], depth)) {
        byId++;
        withTies++;
      } else if (reaches(scan.score(query, answer[i]), last)) {
        withTies++;
      }
    }
    foundById += byId;
    // Of more rows than are wanted, ties may well be more than are wanted.
    foundWithTies += Math.min(depth, withTies);
    wanted += depth;
  }

  /** The share of wanted rows that were found, by id alone. */
  public double byId() {
    return wanted == 0 ? 0 : (double) foundById / wanted;
  }

  /** The share of wanted rows that were found, ties included. */
  public double withTies() {
    return wanted == 0 ? 0 : (double) foundWithTies / wanted;
  }
}

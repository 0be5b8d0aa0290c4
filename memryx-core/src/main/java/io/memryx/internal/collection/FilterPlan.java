package io.memryx.internal.collection;

import io.memryx.internal.ivf.ClusterIndex;
import io.memryx.internal.ivf.JoinedRows;
import io.memryx.internal.ivf.ListScanner;
import io.memryx.internal.ivf.StoredRows;
import io.memryx.internal.ivf.VectorRows;
import io.memryx.internal.ivf.Vectors;

/**
 * How to find the best of a cluster index's entries that pass a filter. Where they are so few that
 * it takes no longer than a scan, each is scored; else lists are scanned, the more of them the
 * fewer pass.
 *
 * <p>The neighbors that a filter leaves are farther away than those it took out, and so in farther
 * lists; but not in as many more as there are fewer matches. On WordNet glosses (118k vectors,
 * lossless, recall 0.986 without a filter) lists times the square root of the inverse share find
 * 0.989 where every second entry passes and 0.996 where every tenth does.
 */
final class FilterPlan {
  /**
   * Scanning the signs of so many rows takes as long as scoring one row by its code or vector: 2 to
   * 4 ns against 100 to 150.
   */
  private static final int ROWS_FOR_ONE = 50;

  /** Chance alone seldom leaves lists with fewer matches than this share of what is expected. */
  private static final double NEARLY = 0.9;

  private final ClusterIndex index;
  private final int matches;
  private final double probes;

  /**
   * Plans a search.
   *
   * @param matches entries that pass
   * @param unfilteredProbes lists that would be scanned if all entries passed
   */
  FilterPlan(ClusterIndex index, int matches, int unfilteredProbes) {
    this.index = index;
    this.matches = matches;
    this.probes =
        Math.min(
            index.lists().count(),
            unfilteredProbes * Math.sqrt((double) index.lists().size() / Math.max(1, matches)));
  }

  /**
   * Whether each match is to be scored, by its vector or by its whole code.
   *
   * @param k neighbors wanted
   */
  boolean scoresEach(int k) {
    return matches <= ListScanner.pool(k, index) + rows() / ROWS_FOR_ONE;
  }

  /**
   * Whether each match is to be scored by its vector, which gives the exact answer. Vectors that
   * are left in a file are read only where they are few: each may be a page of its own; of more of
   * them the best by code are read.
   *
   * @param k neighbors wanted
   */
  boolean scoresEachVector(int k, Vectors vectors) {
    return switch (vectors) {
      case VectorRows _ -> scoresEach(k);
      case StoredRows _, JoinedRows _ -> matches <= ListScanner.pool(k, index);
    };
  }

  /** Rows that the lists to be scanned hold, if they are like all others. */
  private double rows() {
    double spilled = scansAll() ? 0 : index.spilled().size();
    return probes / index.lists().count() * (index.lists().size() + spilled);
  }

  /** Whether lists without what is spilled into them are no more rows than those lists with it. */
  private boolean scansAll() {
    return index.isSpilled() && 2 * probes >= index.lists().count();
  }

  /** Lists to scan. */
  int probes() {
    return scansAll() ? index.lists().count() : (int) Math.ceil(probes);
  }

  /** Matches that those lists hold, nearly, if matches are anywhere. */
  int matchesExpected() {
    return (int) (NEARLY * matches * (probes / index.lists().count()));
  }
}

package io.memryx.internal.ivf;

import java.util.Arrays;

/**
 * The last tier of a search: candidates that are known by their codes, scored in full precision,
 * the best by code first, until no other has a chance. For one search; not thread-safe.
 */
public final class Reranking {
  /**
   * How far an original may be above its code and still be expected, in root mean squares of the
   * errors seen in the same search. On WordNet glosses 4 reads 18 vectors of 25, 21 of 43, for at
   * most a ten-thousandth of recall; 3 reads two or three fewer and loses four.
   */
  private static final double MARGIN = 4;

  /** Errors that say something about the others. */
  private static final int MIN_ERRORS = 10;

  private final ExactScorer scorer;
  private final Vectors originals;
  private final InvertedLists lists;
  private int vectorsScored;

  /** Sum of components that were read only to have their cache lines near. */
  // Written and never read: without it the reads were dead code.
  @SuppressWarnings("UnusedVariable")
  private float touched;

  /**
   * Prepares a reranking.
   *
   * @param originals by ordinal
   * @param lists whose positions the candidates are
   */
  public Reranking(ExactScorer scorer, Vectors originals, InvertedLists lists) {
    this.scorer = scorer;
    this.originals = originals;
    this.lists = lists;
  }

  /**
   * Offers candidates by their originals.
   *
   * @param candidates positions with the scores of their codes
   * @param top receives ordinals
   */
  public void rank(TopRows candidates, TopRows top) {
    long[] keys = new long[candidates.size()];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = RankKeys.of(candidates.score(i), candidates.row(i));
    }
    Arrays.sort(keys);
    int first = Math.min(keys.length, Math.max(top.capacity(), MIN_ERRORS));
    double squares = score(keys, 0, first, top);
    float reach = top.worstScore() - (float) (MARGIN * Math.sqrt(squares / Math.max(first, 1)));
    int end = first;
    while (end < keys.length && RankKeys.score(keys[end]) >= reach) {
      end++;
    }
    score(keys, first, end, top);
    vectorsScored += end;
  }

  /** Scores some of the originals; gives the sum of their codes' squared errors. */
  private double score(long[] keys, int from, int to, TopRows top) {
    for (int i = from; i < to; i++) {
      touched += originals.touch(lists.ordinal(RankKeys.row(keys[i])));
    }
    double squares = 0;
    for (int i = from; i < to; i++) {
      int ordinal = lists.ordinal(RankKeys.row(keys[i]));
      float score = scorer.score(originals, ordinal);
      double error = (double) score - RankKeys.score(keys[i]);
      squares += error * error;
      top.offer(score, ordinal);
    }
    return squares;
  }

  /** Vectors scored in full precision. */
  public int vectorsScored() {
    return vectorsScored;
  }
}

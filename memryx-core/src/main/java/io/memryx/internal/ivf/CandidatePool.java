package io.memryx.internal.ivf;

import java.util.function.IntUnaryOperator;

/**
 * The best candidates of a first scan, at least {@code wanted} of them: filled without order,
 * thinned out whenever it is full. Cheaper than a heap, because most candidates come and go without
 * ever being compared with another. Only {@link #merge} allocates after construction. Not
 * thread-safe.
 */
final class CandidatePool {
  private final ScoreBuckets buckets = new ScoreBuckets();
  private final long[] keys;
  private final int wanted;
  private int size;
  private float threshold = Float.NEGATIVE_INFINITY;

  CandidatePool(int wanted) {
    this.wanted = wanted;
    this.keys = new long[2 * wanted + 64];
  }

  /** Whether every candidate is worth adding, whatever it scores. */
  boolean takesAll() {
    return threshold == Float.NEGATIVE_INFINITY;
  }

  /** What a candidate must score more than to be worth adding. */
  float threshold() {
    return threshold;
  }

  /** Adds a candidate with a finite score. */
  void add(float score, int position) {
    if (size == keys.length) {
      thinOut();
    }
    keys[size++] = RankKeys.of(score, position);
  }

  /** Keeps about {@code wanted} of the best, never fewer, in no order. */
  void thinOut() {
    if (size > wanted) {
      size = buckets.selectAbout(keys, size, wanted);
      long worst = Long.MIN_VALUE;
      for (int i = 0; i < size; i++) {
        worst = Math.max(worst, keys[i]);
      }
      threshold = RankKeys.score(worst);
    }
  }

  /**
   * Makes one of candidates that stand for the same row: their score is the mean.
   *
   * @param rows the row of a candidate, which takes its place
   */
  void merge(IntUnaryOperator rows) {
    // Twice as many places as candidates: chains stay short.
    int mask = Integer.highestOneBit(Math.max(1, size)) * 4 - 1;
    int[] places = new int[mask + 1];
    int kept = 0;
    for (int i = 0; i < size; i++) {
      float score = RankKeys.score(keys[i]);
      int row = rows.applyAsInt(RankKeys.row(keys[i]));
      int place = hash(row) & mask;
      while (places[place] > 0 && RankKeys.row(keys[places[place] - 1]) != row) {
        place = (place + 1) & mask;
      }
      if (places[place] > 0) {
        // Half of each, because their sum may be beyond a float.
        int other = places[place] - 1;
        keys[other] = RankKeys.of(RankKeys.score(keys[other]) / 2 + score / 2, row);
      } else {
        keys[kept++] = RankKeys.of(score, row);
        places[place] = kept;
      }
    }
    size = kept;
  }

  /** Fibonacci hashing: rows next to one another come to lie far apart. */
  private static int hash(int row) {
    return (row * 0x9E3779B1) >>> 7;
  }

  /** Keeps about so many of the best, never fewer. */
  void keepAbout(int count) {
    size = buckets.selectAbout(keys, size, count);
  }

  /** A score that at least so many candidates reach, and not many more; at least 1. */
  float scoreOfBest(int count) {
    int cutoff = buckets.cutoff(keys, size, Math.min(count, size));
    long worst = Long.MIN_VALUE;
    for (int i = 0; i < size; i++) {
      boolean among = buckets.bucketOf(keys[i]) >= cutoff;
      worst = Math.max(worst, among ? keys[i] : Long.MIN_VALUE);
    }
    return RankKeys.score(worst);
  }

  int size() {
    return size;
  }

  /** What the first tier made of a candidate. */
  float score(int index) {
    return RankKeys.score(keys[index]);
  }

  /** Where in the list order a candidate is. */
  int position(int index) {
    return RankKeys.row(keys[index]);
  }
}

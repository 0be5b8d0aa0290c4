package io.memryx.internal.ivf;

/**
 * The best candidates of a first scan, at least {@code wanted} of them: filled without order,
 * thinned out by selection whenever it has twice as many. Cheaper than a heap, because most
 * candidates come and go without ever being compared with another. Allocates nothing after
 * construction. Not thread-safe.
 */
final class CandidatePool {
  private final long[] keys;
  private final int wanted;
  private int size;
  private float threshold = Float.NEGATIVE_INFINITY;

  CandidatePool(int wanted) {
    this.wanted = wanted;
    this.keys = new long[Math.max(2 * wanted, wanted + 64)];
  }

  /** What a candidate must score more than to be worth adding. */
  float threshold() {
    return threshold;
  }

  /** Adds a candidate. */
  void add(float score, int position) {
    if (size == keys.length) {
      thinOut();
    }
    keys[size++] = RankKeys.of(score, position);
  }

  /** Keeps the best {@code wanted} and no others, in no order. */
  void thinOut() {
    if (size > wanted) {
      RankKeys.selectBest(keys, size, wanted);
      size = wanted;
      long worst = Long.MIN_VALUE;
      for (int i = 0; i < wanted; i++) {
        worst = Math.max(worst, keys[i]);
      }
      threshold = RankKeys.score(worst);
    }
  }

  /** Brings the best so many to the front, in no order. */
  void bringForward(int best) {
    RankKeys.selectBest(keys, size, best);
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

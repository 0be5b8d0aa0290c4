package io.memryx.internal.ivf;

/**
 * The best candidates of a first scan, at least {@code wanted} of them: filled without order,
 * thinned out whenever it is full. Cheaper than a heap, because most candidates come and go without
 * ever being compared with another. Allocates nothing after construction. Not thread-safe.
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

package io.memryx.internal.ivf;

import java.util.Arrays;

/**
 * Scores counted in buckets of equal width, to find those that are among the best without putting
 * them in order: two passes without a branch that the processor could mispredict. For one thread;
 * allocates nothing after construction.
 */
final class ScoreBuckets {
  private static final int BUCKETS = 256;

  private final int[] counts = new int[BUCKETS];
  private float least;
  private float perUnit;

  /**
   * Counts the scores of keys and finds the best bucket such that it and those above it hold at
   * least {@code wanted} keys.
   *
   * @param wanted 1 to {@code size}
   */
  int cutoff(long[] keys, int size, int wanted) {
    // Keys order as their scores do, and integers are compared in a cycle, floats in ten.
    long best = Long.MAX_VALUE;
    long worst = Long.MIN_VALUE;
    for (int i = 0; i < size; i++) {
      best = Math.min(best, keys[i]);
      worst = Math.max(worst, keys[i]);
    }
    least = RankKeys.score(worst);
    float width = RankKeys.score(best) - least;
    // Scores all equal, or too far apart for a float, share one bucket.
    perUnit = width > 0 && width < Float.POSITIVE_INFINITY ? BUCKETS / width : 0;
    Arrays.fill(counts, 0);
    for (int i = 0; i < size; i++) {
      counts[bucketOf(keys[i])]++;
    }
    int bucket = BUCKETS - 1;
    int held = counts[bucket];
    while (held < wanted) {
      held += counts[--bucket];
    }
    return bucket;
  }

  /** The bucket of a key counted last, better ones higher. */
  int bucketOf(long key) {
    return Math.min((int) ((RankKeys.score(key) - least) * perUnit), BUCKETS - 1);
  }

  /**
   * Moves about so many of the best keys to the front, never fewer.
   *
   * @return how many they are
   */
  int selectAbout(long[] keys, int size, int wanted) {
    if (size <= wanted) {
      return size;
    }
    int cutoff = cutoff(keys, size, wanted);
    int kept = 0;
    for (int i = 0; i < size; i++) {
      long key = keys[i];
      keys[kept] = key;
      kept += bucketOf(key) >= cutoff ? 1 : 0;
    }
    if (kept > wanted + wanted / 4 + 16) {
      // A crowd in one bucket: scores far from all others left it few.
      RankKeys.selectBest(keys, kept, wanted);
      return wanted;
    }
    return kept;
  }
}

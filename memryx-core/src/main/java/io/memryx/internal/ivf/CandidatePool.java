package io.memryx.internal.ivf;

/**
 * The best candidates of a first scan, at least {@code wanted} of them: filled without order,
 * thinned out by selection whenever it has twice as many. Cheaper than a heap, because most
 * candidates come and go without ever being compared with another. Allocates nothing after
 * construction. Not thread-safe.
 */
final class CandidatePool {
  /** Score in the upper half, as bits that order like it; position in the lower half. */
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
    keys[size++] = ((long) sortable(score) << 32) | position;
  }

  /** Keeps the best {@code wanted} and no others, in no order. */
  void thinOut() {
    if (size > wanted) {
      selectBest();
      size = wanted;
      threshold = scoreOf(worstKept());
    }
  }

  int size() {
    return size;
  }

  /** Where in the list order a candidate is. */
  int position(int index) {
    return (int) keys[index];
  }

  private long worstKept() {
    long worst = Long.MAX_VALUE;
    for (int i = 0; i < wanted; i++) {
      worst = Math.min(worst, keys[i]);
    }
    return worst;
  }

  /** Hoare's selection: moves the {@code wanted} greatest keys to the front. */
  private void selectBest() {
    int low = 0;
    int high = size - 1;
    while (low < high) {
      long pivot = median(keys[low], keys[(low + high) >>> 1], keys[high]);
      int i = low;
      int j = high;
      while (i <= j) {
        while (keys[i] > pivot) {
          i++;
        }
        while (keys[j] < pivot) {
          j--;
        }
        if (i <= j) {
          long key = keys[i];
          keys[i++] = keys[j];
          keys[j--] = key;
        }
      }
      if (wanted <= j) {
        high = j;
      } else if (wanted >= i) {
        low = i;
      } else {
        return;
      }
    }
  }

  private static long median(long a, long b, long c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }

  /** An int that orders as the float does. */
  private static int sortable(float value) {
    int bits = Float.floatToRawIntBits(value);
    return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
  }

  private static float scoreOf(long key) {
    int bits = (int) (key >> 32);
    return Float.intBitsToFloat(bits ^ ((bits >> 31) & Integer.MAX_VALUE));
  }
}

package io.memryx.internal.ivf;

/**
 * Scored rows as single numbers that sort best first: the score in the upper half, turned so that
 * the best is least, and the row in the lower half, so that ties go to the lower row.
 */
final class RankKeys {
  private RankKeys() {}

  /** The key of a row. */
  static long of(float score, int row) {
    return ((long) ~sortable(score) << 32) | row;
  }

  /** The row of a key. */
  static int row(long key) {
    return (int) key;
  }

  /** The score of a key. */
  static float score(long key) {
    int bits = ~(int) (key >> 32);
    return Float.intBitsToFloat(sortable(bits));
  }

  /** Bits of a float as an int that orders as the float does, and back: it is its own inverse. */
  private static int sortable(int bits) {
    return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
  }

  private static int sortable(float value) {
    return sortable(Float.floatToRawIntBits(value));
  }

  /** Moves the {@code wanted} best of the first {@code size} keys to the front (Hoare's find). */
  static void selectBest(long[] keys, int size, int wanted) {
    int low = 0;
    int high = size - 1;
    while (low < high) {
      long pivot = median(keys[low], keys[(low + high) >>> 1], keys[high]);
      int i = low;
      int j = high;
      while (i <= j) {
        while (keys[i] < pivot) {
          i++;
        }
        while (keys[j] > pivot) {
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
}

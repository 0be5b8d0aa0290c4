package io.memryx.internal.ivf;

/**
 * The positions of rows that pass a filter, one bit each: made for one search, which asks for those
 * of whole blocks. Immutable.
 */
public final class MatchedPositions {
  private final long[] words;

  /**
   * Takes the array over.
   *
   * @param words position {@code p} is bit {@code p % 64} of element {@code p / 64}; what lies
   *     beyond the array does not pass
   */
  public MatchedPositions(long[] words) {
    this.words = words;
  }

  /** Whether the row at a position passes. */
  boolean contains(int position) {
    return (word(position >> 6) & (1L << position)) != 0;
  }

  /** Bit {@code i} is position {@code from + i}, for 32 of them. */
  int window(int from) {
    int word = from >> 6;
    int shift = from & 63;
    long low = word(word) >>> shift;
    return (int) (shift <= 32 ? low : low | word(word + 1) << (64 - shift));
  }

  /** The first position that passes, from one on, or {@link Integer#MAX_VALUE}. */
  int next(int from) {
    int word = from >> 6;
    long rest = word(word) & (-1L << from);
    while (rest == 0 && word < words.length) {
      rest = word(++word);
    }
    return rest == 0 ? Integer.MAX_VALUE : (word << 6) + Long.numberOfTrailingZeros(rest);
  }

  private long word(int index) {
    return index < words.length ? words[index] : 0;
  }
}

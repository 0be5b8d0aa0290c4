package io.memryx.internal.ivf;

/**
 * Which rows each list holds: list {@code l} is the positions {@code starts[l] .. starts[l + 1]} of
 * the list order, and {@code ordinals[position]} the row there. Codes lie in the same order.
 * Immutable.
 */
public final class InvertedLists {
  /**
   * Positions between two that have their list noted: an eighth of a byte a row, and the list of
   * any position is at most a few further.
   */
  private static final int STRIDE = 32;

  private final int[] starts;
  private final int[] ordinals;

  /** The list that holds every {@link #STRIDE}th position, from the first. */
  private final int[] listAtStride;

  /** Takes the arrays over: {@code lists + 1} rising starts, one ordinal per row. */
  public InvertedLists(int[] starts, int[] ordinals) {
    this.starts = starts;
    this.ordinals = ordinals;
    this.listAtStride = new int[Math.ceilDiv(ordinals.length, STRIDE)];
    int list = 0;
    for (int i = 0; i < listAtStride.length; i++) {
      while (starts[list + 1] <= i * STRIDE) {
        list++;
      }
      listAtStride[i] = list;
    }
  }

  /** Memory of what is noted to find the lists of so many positions. */
  public static long noteBytes(int size) {
    return (long) Integer.BYTES * Math.ceilDiv(size, STRIDE);
  }

  /** Lists that hold nothing. */
  public static InvertedLists empty(int count) {
    return new InvertedLists(new int[count + 1], new int[0]);
  }

  /**
   * Rows put in order of their list, rising within each.
   *
   * @param listOfRow the list of every row
   * @param count number of lists
   */
  public static InvertedLists of(int[] listOfRow, int count) {
    int[] starts = new int[count + 1];
    for (int list : listOfRow) {
      starts[list + 1]++;
    }
    for (int list = 0; list < count; list++) {
      starts[list + 1] += starts[list];
    }
    int[] next = starts.clone();
    int[] ordinals = new int[listOfRow.length];
    for (int row = 0; row < listOfRow.length; row++) {
      ordinals[next[listOfRow[row]]++] = row;
    }
    return new InvertedLists(starts, ordinals);
  }

  /** Number of lists. */
  public int count() {
    return starts.length - 1;
  }

  /** Number of rows in all lists. */
  public int size() {
    return ordinals.length;
  }

  /** The first position of a list; for {@code list == count()} the end of the last one. */
  public int start(int list) {
    return starts[list];
  }

  /** The list that holds a position. */
  public int listOf(int position) {
    int list = listAtStride[position / STRIDE];
    while (starts[list + 1] <= position) {
      list++;
    }
    return list;
  }

  /** The position of every row. */
  public int[] positions() {
    int[] positions = new int[ordinals.length];
    for (int position = 0; position < ordinals.length; position++) {
      positions[ordinals[position]] = position;
    }
    return positions;
  }

  /** The row at a position. */
  public int ordinal(int position) {
    return ordinals[position];
  }

  /** The starts; not to be changed. */
  public int[] starts() {
    return starts;
  }

  /** The rows in list order; not to be changed. */
  public int[] ordinals() {
    return ordinals;
  }

  /** Memory of the arrays. */
  public long bytes() {
    return 4L * (starts.length + ordinals.length + listAtStride.length);
  }
}

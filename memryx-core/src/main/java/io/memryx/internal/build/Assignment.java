package io.memryx.internal.build;

import java.util.Arrays;

/**
 * The lists of rows.
 *
 * @param first one per row
 * @param second the second one per row, or empty where rows have but one
 */
// A record of arrays on purpose: internal, lives for one build.
@SuppressWarnings("ArrayRecordComponent")
record Assignment(int[] first, int[] second) {
  /** Room for so many rows with one list each. */
  static Assignment toOneList(int rows) {
    return new Assignment(new int[rows], new int[0]);
  }

  /** Room for so many rows with two lists each. */
  static Assignment toTwoLists(int rows) {
    return new Assignment(new int[rows], new int[rows]);
  }

  /** Whether rows have a second list. */
  boolean isSpilled() {
    return second.length > 0;
  }

  /** The lists of all rows from one on. */
  Assignment from(int row) {
    int rows = first.length;
    return new Assignment(
        Arrays.copyOfRange(first, row, rows),
        isSpilled() ? Arrays.copyOfRange(second, row, rows) : second);
  }

  /** Sets the lists of a row to those of another. */
  void copy(int row, Assignment source, int sourceRow) {
    first[row] = source.first[sourceRow];
    if (isSpilled()) {
      second[row] = source.second[sourceRow];
    }
  }
}

package io.memryx.internal.collection;

import java.util.function.IntBinaryOperator;

/**
 * A merge sort of rows by an order of their own. Nothing is boxed; two halves that are in order
 * already, as with ids that were counted up, cost one comparison.
 */
final class RowSort {
  /** So few rows are sorted by insertion. */
  private static final int RUN = 8;

  private final int[] rows;
  private final int[] scratch;
  private final IntBinaryOperator order;

  private RowSort(int[] rows, IntBinaryOperator order) {
    this.rows = rows;
    this.scratch = new int[rows.length / 2];
    this.order = order;
  }

  /** Sorts in place, with half as much memory beside. */
  static void sort(int[] rows, IntBinaryOperator order) {
    new RowSort(rows, order).sort(0, rows.length);
  }

  private void sort(int from, int end) {
    if (end - from <= RUN) {
      insert(from, end);
      return;
    }
    int middle = (from + end) >>> 1;
    sort(from, middle);
    sort(middle, end);
    if (order.applyAsInt(rows[middle - 1], rows[middle]) > 0) {
      merge(from, middle, end);
    }
  }

  private void insert(int from, int end) {
    for (int next = from + 1; next < end; next++) {
      int row = rows[next];
      int at = next;
      while (at > from && order.applyAsInt(rows[at - 1], row) > 0) {
        rows[at] = rows[at - 1];
        at--;
      }
      rows[at] = row;
    }
  }

  private void merge(int from, int middle, int end) {
    int left = middle - from;
    System.arraycopy(rows, from, scratch, 0, left);
    int a = 0;
    int b = middle;
    for (int at = from; a < left; at++) {
      boolean second = b < end && order.applyAsInt(scratch[a], rows[b]) > 0;
      rows[at] = second ? rows[b++] : scratch[a++];
    }
  }
}

package io.memryx.internal.collection;

import java.util.Arrays;
import java.util.function.IntBinaryOperator;

/**
 * The first rows, in some order, of all that were added, at most {@code capacity} of them: a binary
 * heap with the last one at its root. Not thread-safe.
 */
final class FirstRows {
  private final IntBinaryOperator order;
  private final int capacity;
  private int[] heap = new int[16];
  private int size;

  FirstRows(int capacity, IntBinaryOperator order) {
    this.capacity = capacity;
    this.order = order;
  }

  /** Whether a row would be among the first. */
  boolean hasRoomFor(int row) {
    return size < capacity || order.applyAsInt(row, heap[0]) < 0;
  }

  /** Takes a row that there is room for. */
  void add(int row) {
    if (size < capacity) {
      siftUp(row);
    } else {
      siftDown(row);
    }
  }

  /** The rows, the first one first. */
  int[] inOrder() {
    int[] rows = Arrays.copyOf(heap, size);
    RowSort.sort(rows, order);
    return rows;
  }

  private void siftUp(int row) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, 2 * size);
    }
    int at = size++;
    while (at > 0 && order.applyAsInt(row, heap[(at - 1) >>> 1]) > 0) {
      heap[at] = heap[(at - 1) >>> 1];
      at = (at - 1) >>> 1;
    }
    heap[at] = row;
  }

  private void siftDown(int row) {
    int at = 0;
    for (int child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && order.applyAsInt(heap[child + 1], heap[child]) > 0) {
        child++;
      }
      if (order.applyAsInt(heap[child], row) <= 0) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = row;
  }
}

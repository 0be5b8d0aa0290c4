package io.memryx.internal.collection;

import java.util.Arrays;
import java.util.List;

/**
 * Rows that are to be dead, collected place by place, so that they are taken out of a state at once
 * ({@link CollectionState#without(Removal)}). For one writer, with the collection's lock held.
 */
final class Removal {
  private final CollectionState state;
  private final List<HotBuffer> buffers;
  private final Rows ordinals = new Rows();
  private final Rows[] hotRows;

  /** Nothing yet. */
  Removal(CollectionState state, List<HotBuffer> buffers) {
    this.state = state;
    this.buffers = buffers;
    this.hotRows = new Rows[buffers.size()];
    Arrays.setAll(hotRows, i -> new Rows());
  }

  /**
   * Adds the entry of an id; an id that occurs twice is one entry.
   *
   * @return whether there is one
   */
  boolean add(byte[] id) {
    for (int i = 0; i < buffers.size(); i++) {
      int row = buffers.get(i).find(id);
      if (row >= 0 && !state.hot().get(i).dead().contains(row)) {
        hotRows[i].add(row);
        return true;
      }
    }
    int ordinal = state.generation().find(id);
    boolean found = ordinal >= 0 && !state.dead().contains(ordinal);
    if (found) {
      ordinals.add(ordinal);
    }
    return found;
  }

  boolean isEmpty() {
    return ordinals.count == 0 && Arrays.stream(hotRows).allMatch(rows -> rows.count == 0);
  }

  /** Rows of the generation. */
  int[] ordinals() {
    return ordinals.toArray();
  }

  /** Rows of a hot buffer. */
  int[] hotRows(int buffer) {
    return hotRows[buffer].toArray();
  }

  private static final class Rows {
    private int[] rows = new int[0];
    private int count;

    void add(int row) {
      if (count == rows.length) {
        rows = Arrays.copyOf(rows, Math.max(8, 2 * count));
      }
      rows[count++] = row;
    }

    int[] toArray() {
      return Arrays.copyOf(rows, count);
    }
  }
}

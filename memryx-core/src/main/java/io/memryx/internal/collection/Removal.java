package io.memryx.internal.collection;

import java.util.Arrays;
import java.util.IdentityHashMap;

/**
 * Rows that are to be dead, collected place by place, so that they are taken out of a state at once
 * ({@link CollectionState#without(Removal)}). Not thread-safe.
 */
final class Removal {
  /** By the generation, or the view of a hot buffer, that holds them. */
  private final IdentityHashMap<EntryRows, Rows> rows = new IdentityHashMap<>();

  /** Adds a place; one that comes twice is one. */
  void add(Place place) {
    rows.computeIfAbsent(place.rows(), _ -> new Rows()).add(place.row());
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /** Rows of what holds entries. */
  int[] rowsOf(EntryRows holder) {
    Rows collected = rows.get(holder);
    return collected == null ? new int[0] : collected.toArray();
  }

  private static final class Rows {
    private int[] rows = new int[8];
    private int count;

    void add(int row) {
      if (count == rows.length) {
        rows = Arrays.copyOf(rows, 2 * count);
      }
      rows[count++] = row;
    }

    int[] toArray() {
      return Arrays.copyOf(rows, count);
    }
  }
}

package io.memryx.internal.ivf;

import org.jspecify.annotations.Nullable;

/**
 * The rows of an index that a search may find.
 *
 * @param dead rows (ordinals) to pass over
 * @param matches where the rows are that pass the search's filter, dead ones among them; null if
 *     there is no filter
 */
public record Searchable(RowSet dead, @Nullable MatchedPositions matches) {

  /** All rows but some. */
  public static Searchable allBut(RowSet dead) {
    return new Searchable(dead, null);
  }

  boolean isFiltered() {
    return matches != null;
  }

  /** Whether the row at a position passes, dead or not. */
  boolean passes(int position) {
    return matches == null || matches.contains(position);
  }

  /** Bit {@code i} is position {@code from + i}, for 32 of them, dead ones among them. */
  int window(int from) {
    return matches == null ? -1 : matches.window(from);
  }

  /** The first position from one on that passes; dead ones, too. */
  int next(int from) {
    return matches == null ? from : matches.next(from);
  }
}

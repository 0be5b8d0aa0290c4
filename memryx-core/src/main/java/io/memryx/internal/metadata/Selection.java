package io.memryx.internal.metadata;

import io.memryx.Filter;
import org.roaringbitmap.RoaringBitmap;

/**
 * The rows that pass a filter, known between bounds at once and exactly once somebody asks. Not
 * thread-safe: one per search.
 */
public final class Selection {
  private final EncodedRows rows;
  private final Filter filter;
  private final MatchBounds bounds;

  Selection(EncodedRows rows, Filter filter, MatchBounds bounds) {
    this.rows = rows;
    this.filter = filter;
    this.bounds = bounds;
  }

  /** Fewer rows don't pass. */
  public int atLeast() {
    return bounds.certain().getCardinality();
  }

  /** More rows don't pass. */
  public int atMost() {
    return bounds.possible().getCardinality();
  }

  /** The rows; looks at those in doubt, of which there are {@code atMost() - atLeast()}. */
  public MatchSet rows() {
    if (bounds.isExact()) {
      return new MatchSet(bounds.possible());
    }
    RoaringBitmap passing = bounds.certain().clone();
    RoaringBitmap inDoubt = RoaringBitmap.andNot(bounds.possible(), bounds.certain());
    var rowFilter = new RowFilter(filter);
    inDoubt.forEach(
        (int row) -> {
          if (rowFilter.matches(rows, row)) {
            passing.add(row);
          }
        });
    return new MatchSet(passing);
  }
}

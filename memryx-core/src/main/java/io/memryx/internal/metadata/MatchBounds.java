package io.memryx.internal.metadata;

import org.roaringbitmap.RoaringBitmap;

/**
 * What an index knows about the rows that pass a filter. The bitmaps are not to be changed: they
 * may be the index's own.
 *
 * @param certain rows that pass
 * @param possible rows that may pass: those that do, and maybe others
 */
record MatchBounds(RoaringBitmap certain, RoaringBitmap possible) {

  static MatchBounds exactly(RoaringBitmap rows) {
    return new MatchBounds(rows, rows);
  }

  /** None of the rows is known to pass, all of these may. */
  static MatchBounds within(RoaringBitmap possible) {
    return new MatchBounds(new RoaringBitmap(), possible);
  }

  boolean isExact() {
    return certain.getCardinality() == possible.getCardinality();
  }

  MatchBounds and(MatchBounds other) {
    RoaringBitmap both = RoaringBitmap.and(possible, other.possible);
    return isExact() && other.isExact()
        ? exactly(both)
        : new MatchBounds(RoaringBitmap.and(certain, other.certain), both);
  }

  MatchBounds or(MatchBounds other) {
    RoaringBitmap either = RoaringBitmap.or(possible, other.possible);
    return isExact() && other.isExact()
        ? exactly(either)
        : new MatchBounds(RoaringBitmap.or(certain, other.certain), either);
  }

  /** Of the opposite filter, among so many rows. */
  MatchBounds not(int rowCount) {
    RoaringBitmap others = RoaringBitmap.flip(certain, 0L, rowCount);
    return isExact()
        ? exactly(others)
        : new MatchBounds(RoaringBitmap.flip(possible, 0L, rowCount), others);
  }
}

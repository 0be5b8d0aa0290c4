package io.memryx.internal.metadata;

import org.roaringbitmap.BitSetUtil;
import org.roaringbitmap.RoaringBitmap;

/** A set of rows that pass a filter. Immutable, thread-safe. */
public final class MatchSet {
  private final RoaringBitmap rows;

  /** Takes the bitmap over, which nobody may change any more. */
  MatchSet(RoaringBitmap rows) {
    this.rows = rows;
  }

  /** Number of rows. */
  public int size() {
    return rows.getCardinality();
  }

  /** Whether a row passes. */
  public boolean contains(int row) {
    return rows.contains(row);
  }

  /** The rows as bits: row {@code r} is bit {@code r % 64} of element {@code r / 64}. */
  public long[] toWords() {
    return BitSetUtil.toLongArray(rows);
  }

  /** The rows, rising. */
  public int[] toArray() {
    return rows.toArray();
  }
}

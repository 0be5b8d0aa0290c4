package io.memryx.internal.metadata;

import io.memryx.internal.metadata.RowsByTerm.Range;
import org.roaringbitmap.RoaringBitmap;

/**
 * The distinct values of a field in their order ({@link EncodedValue}), and the rows of each. A
 * value is not kept: it is read in its first row. Immutable.
 */
final class Terms {
  private final EncodedRows rows;
  private final char[] offsets;
  private final RowsByTerm rowsByTerm;

  /**
   * Takes the arrays over.
   *
   * @param rows what is indexed
   * @param offsets for each term how far behind the beginning of its first row its value begins
   * @param rowsByTerm the rows of each term
   */
  Terms(EncodedRows rows, char[] offsets, RowsByTerm rowsByTerm) {
    this.rows = rows;
    this.offsets = offsets;
    this.rowsByTerm = rowsByTerm;
  }

  /** A question about values that is answered yes from some value on. */
  @FunctionalInterface
  interface Threshold {
    boolean reached(byte[] bytes, int at);
  }

  /** The terms from where one threshold is reached to where another one is. */
  Range between(Threshold from, Threshold to) {
    int first = first(from);
    return new Range(first, Math.max(first, first(to)));
  }

  /** The first term at or beyond the threshold, or the number of terms. */
  private int first(Threshold threshold) {
    int low = 0;
    int high = offsets.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      int example = rowsByTerm.first(middle);
      if (threshold.reached(rows.array(example), rows.start(example) + offsets[middle])) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** The rows that have a term of the range; not to be changed. */
  RoaringBitmap rows(Range range) {
    return range.size() == 0 ? new RoaringBitmap() : rowsByTerm.union(range);
  }

  /** Memory. */
  long bytes() {
    return (long) Character.BYTES * offsets.length + rowsByTerm.bytes();
  }
}

package io.memryx.internal.metadata;

import java.util.Arrays;
import org.roaringbitmap.BitSetUtil;
import org.roaringbitmap.FastAggregation;
import org.roaringbitmap.RoaringBitmap;

/** Which rows have each of some terms, which are numbered from 0. Immutable. */
sealed interface RowsByTerm {

  /** The rows of the terms of a range; not to be changed. */
  RoaringBitmap union(Range terms);

  /** The first row of a term. */
  int first(int term);

  /** Memory. */
  long bytes();

  /**
   * A range of positions, such as terms.
   *
   * @param from the first one
   * @param to the one behind the last; equal to {@code from} if there are none
   */
  record Range(int from, int to) {
    int size() {
      return to - from;
    }
  }

  /** A bitmap for each term: small where terms have many rows. */
  final class Bitmaps implements RowsByTerm {
    /** What a bitmap and its directory take beside its serialized form. */
    private static final int BITMAP_BYTES = 80;

    /** What each container of 65,536 rows takes beside its serialized form. */
    private static final int CONTAINER_BYTES = 36;

    private final RoaringBitmap[] bitmaps;

    /** Takes the array over. */
    Bitmaps(RoaringBitmap[] bitmaps) {
      this.bitmaps = bitmaps;
    }

    @Override
    public RoaringBitmap union(Range terms) {
      return terms.size() == 1
          ? bitmaps[terms.from()]
          : FastAggregation.or(Arrays.copyOfRange(bitmaps, terms.from(), terms.to()));
    }

    @Override
    public int first(int term) {
      return bitmaps[term].first();
    }

    @Override
    public long bytes() {
      return Arrays.stream(bitmaps).mapToLong(Bitmaps::bytes).sum();
    }

    private static long bytes(RoaringBitmap bitmap) {
      return BITMAP_BYTES
          + (long) CONTAINER_BYTES * bitmap.getContainerCount()
          + bitmap.getLongSizeInBytes();
    }
  }

  /** The rows of the terms one after the other: 4 bytes a row and 4 a term, however many terms. */
  final class Runs implements RowsByTerm {
    private final int[] starts;
    private final int[] rows;
    private final int rowCount;

    /**
     * Takes the arrays over.
     *
     * @param starts for each term where its rows begin, and where the last one's end
     * @param rows rising within each term
     * @param rowCount the number that all rows are below
     */
    Runs(int[] starts, int[] rows, int rowCount) {
      this.starts = starts;
      this.rows = rows;
      this.rowCount = rowCount;
    }

    @Override
    public RoaringBitmap union(Range terms) {
      int from = starts[terms.from()];
      int to = starts[terms.to()];
      if (terms.size() > 1) {
        return setOf(rows, new Range(from, to), rowCount);
      }
      var bitmap = new RoaringBitmap();
      bitmap.addN(rows, from, to - from);
      return bitmap;
    }

    @Override
    public int first(int term) {
      return rows[starts[term]];
    }

    @Override
    public long bytes() {
      return 4L * (starts.length + rows.length);
    }
  }

  /** One row for each term: 4 bytes a row. */
  final class Singles implements RowsByTerm {
    private final int[] rows;
    private final int rowCount;

    /**
     * Takes the array over.
     *
     * @param rows one for each term
     * @param rowCount the number that all rows are below
     */
    Singles(int[] rows, int rowCount) {
      this.rows = rows;
      this.rowCount = rowCount;
    }

    @Override
    public RoaringBitmap union(Range terms) {
      return terms.size() == 1
          ? RoaringBitmap.bitmapOf(rows[terms.from()])
          : setOf(rows, terms, rowCount);
    }

    @Override
    public int first(int term) {
      return rows[term];
    }

    @Override
    public long bytes() {
      return 4L * rows.length;
    }
  }

  /**
   * A set of rows that are in no order: setting their bits is faster than sorting them.
   *
   * @param range the elements that are in the set
   * @param rowCount the number that all rows are below
   */
  private static RoaringBitmap setOf(int[] rows, Range range, int rowCount) {
    long[] words = new long[(rowCount + Long.SIZE - 1) / Long.SIZE];
    for (int i = range.from(); i < range.to(); i++) {
      words[rows[i] / Long.SIZE] |= 1L << rows[i];
    }
    return BitSetUtil.bitmapOf(words);
  }
}

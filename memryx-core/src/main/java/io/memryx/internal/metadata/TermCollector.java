package io.memryx.internal.metadata;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.roaringbitmap.RoaringBitmap;

/** Collects the values of a field, row by row, and makes {@link Terms} of them. */
final class TermCollector {
  /** From so many rows a term on, a bitmap takes less than 4 bytes a row, its objects included. */
  private static final int ROWS_FOR_BITMAP = 96;

  private final EncodedRows rows;
  private final Map<Term, Term> terms = new HashMap<>();

  /** Row and term in turns. */
  private int[] pairs = new int[64];

  private int pairCount;
  private int longestBytes;

  TermCollector(EncodedRows rows) {
    this.rows = rows;
  }

  /**
   * A distinct value. Comparable, so that a map of them stays fast when somebody chose values whose
   * hashes collide.
   */
  private static final class Term implements Comparable<Term> {
    final byte[] bytes;
    final int at;
    final int row;
    final int hash;
    int number;
    int lastRow;
    int rowCount;

    Term(byte[] bytes, int at, int row) {
      this.bytes = bytes;
      this.at = at;
      this.row = row;
      this.hash = EncodedValue.hash(bytes, at);
      this.lastRow = -1;
    }

    @Override
    public int compareTo(Term other) {
      return EncodedValue.compare(bytes, at, other.bytes, other.at);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Term term && compareTo(term) == 0;
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  /** Adds the value of a row that begins at some place; rows come in rising order. */
  void add(int row, int at) {
    Term candidate = new Term(rows.array(row), at, row);
    Term known = terms.putIfAbsent(candidate, candidate);
    if (known == null) {
      candidate.number = terms.size() - 1;
      longestBytes = Math.max(longestBytes, EncodedValue.end(candidate.bytes, at) - at);
      known = candidate;
    }
    if (known.lastRow == row) {
      return; // An array may have an element twice.
    }
    known.lastRow = row;
    known.rowCount++;
    if (2 * pairCount == pairs.length) {
      pairs = Arrays.copyOf(pairs, Math.multiplyExact(2, pairs.length));
    }
    pairs[2 * pairCount] = row;
    pairs[2 * pairCount + 1] = known.number;
    pairCount++;
  }

  /** Size of the longest value so far. */
  int longestBytes() {
    return longestBytes;
  }

  /** Number of values so far, those that a row has twice counted once. */
  int places() {
    return pairCount;
  }

  /** Number of distinct values so far. */
  int size() {
    return terms.size();
  }

  /** The terms of all that was added. */
  Terms build() {
    Term[] sorted = terms.values().toArray(Term[]::new);
    Arrays.sort(sorted);
    char[] offsets = new char[sorted.length];
    int[] starts = new int[sorted.length + 1];
    int[] places = new int[sorted.length];
    for (int i = 0; i < sorted.length; i++) {
      Term term = sorted[i];
      offsets[i] = (char) (term.at - rows.start(term.row));
      places[term.number] = i;
      starts[i + 1] = starts[i] + term.rowCount;
    }
    return new Terms(rows, offsets, rowsByTerm(starts, rowsInOrder(starts, places)));
  }

  /** The rows of the terms one after the other, by counting; rising within a term as they came. */
  private int[] rowsInOrder(int[] starts, int[] places) {
    int[] next = Arrays.copyOf(starts, places.length);
    int[] ordered = new int[pairCount];
    for (int pair = 0; pair < pairCount; pair++) {
      ordered[next[places[pairs[2 * pair + 1]]]++] = pairs[2 * pair];
    }
    return ordered;
  }

  private RowsByTerm rowsByTerm(int[] starts, int[] ordered) {
    int count = starts.length - 1;
    if (pairCount == count) {
      return new RowsByTerm.Singles(ordered, rows.size());
    }
    if (pairCount < (long) ROWS_FOR_BITMAP * count) {
      return new RowsByTerm.Runs(starts, ordered, rows.size());
    }
    RoaringBitmap[] bitmaps = new RoaringBitmap[count];
    for (int term = 0; term < count; term++) {
      bitmaps[term] = new RoaringBitmap();
      bitmaps[term].addN(ordered, starts[term], starts[term + 1] - starts[term]);
      bitmaps[term].runOptimize();
      bitmaps[term].trim();
    }
    return new RowsByTerm.Bitmaps(bitmaps);
  }
}

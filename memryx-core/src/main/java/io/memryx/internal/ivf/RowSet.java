package io.memryx.internal.ivf;

import java.util.Arrays;

/**
 * An immutable set of rows, as a bitmap in pages. Adding rows copies the pages it touches and
 * shares the others, so that a reader keeps the set it began with.
 */
public final class RowSet {
  /** 8,192 rows a page: 1 KiB to copy for one change, and of ten million rows 5 KiB of pages. */
  private static final int PAGE_SHIFT = 13;

  private static final int PAGE_WORDS = (1 << PAGE_SHIFT) / Long.SIZE;

  private static final RowSet EMPTY = new RowSet(new long[0][], 0);

  /** A null page has no rows. */
  private final long[][] pages;

  private final int size;

  private RowSet(long[][] pages, int size) {
    this.pages = pages;
    this.size = size;
  }

  /** No rows. */
  public static RowSet empty() {
    return EMPTY;
  }

  /** This set and these rows. */
  // Pages are compared by reference on purpose: a page still shared with this set must be copied
  // before it changes.
  @SuppressWarnings("ReferenceEquality")
  public RowSet with(int... rows) {
    if (rows.length == 0) {
      return this;
    }
    int lastPage = Arrays.stream(rows).max().getAsInt() >> PAGE_SHIFT;
    long[][] changed = Arrays.copyOf(pages, Math.max(pages.length, lastPage + 1));
    int added = 0;
    for (int row : rows) {
      int page = row >> PAGE_SHIFT;
      if (changed[page] == null) {
        changed[page] = new long[PAGE_WORDS];
      } else if (page < pages.length && changed[page] == pages[page]) {
        changed[page] = pages[page].clone();
      }
      int word = (row >> 6) & (PAGE_WORDS - 1);
      long bit = 1L << row;
      added += (changed[page][word] & bit) == 0 ? 1 : 0;
      changed[page][word] |= bit;
    }
    return new RowSet(changed, size + added);
  }

  /** Whether the row is in the set. */
  public boolean contains(int row) {
    return (word(row >> PAGE_SHIFT, (row >> 6) & (PAGE_WORDS - 1)) & (1L << row)) != 0;
  }

  /** The rows of this set that are not in an earlier one, rising. */
  public int[] minus(RowSet earlier) {
    int[] rows = new int[size];
    int count = 0;
    for (int page = 0; page < pages.length; page++) {
      for (int word = 0; pages[page] != null && word < PAGE_WORDS; word++) {
        long bits = pages[page][word] & ~earlier.word(page, word);
        for (; bits != 0; bits &= bits - 1) {
          rows[count++] = (page << PAGE_SHIFT) + (word << 6) + Long.numberOfTrailingZeros(bits);
        }
      }
    }
    return Arrays.copyOf(rows, count);
  }

  /** The rows below {@code size} that are not in the set, rising. */
  public int[] complement(int size) {
    int[] rows = new int[size];
    int count = 0;
    for (int row = 0; row < size; row++) {
      if (!contains(row)) {
        rows[count++] = row;
      }
    }
    return Arrays.copyOf(rows, count);
  }

  private long word(int page, int word) {
    return page < pages.length && pages[page] != null ? pages[page][word] : 0;
  }

  /** Number of rows. */
  public int size() {
    return size;
  }

  /** Memory of the pages. */
  public long bytes() {
    return 8L * PAGE_WORDS * Arrays.stream(pages).filter(page -> page != null).count();
  }

  /** Most memory that a set of so many rows, from 0 on, may have. */
  public static long mostBytes(int rows) {
    return 8L * PAGE_WORDS * ((rows + (1L << PAGE_SHIFT) - 1) >> PAGE_SHIFT);
  }
}

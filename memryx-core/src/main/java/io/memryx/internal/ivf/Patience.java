package io.memryx.internal.ivf;

import io.memryx.SearchInterruptedException;
import io.memryx.SearchTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a search may go on: until its deadline, and until its thread is interrupted. Whoever
 * scores rows says how many; the clock is read once in {@link #ROWS_PER_LOOK} of them. For the
 * searches of one thread; not thread-safe.
 */
public final class Patience {
  /**
   * Scoring so many takes some tens of microseconds by sign bits and half a millisecond by vectors;
   * a look takes a fortieth of a microsecond.
   */
  private static final int ROWS_PER_LOOK = 4_096;

  private final String collection;

  /** Whose interruption ends the search; null if nothing does. */
  private final @Nullable Thread searching;

  private final @Nullable Duration deadline;
  private final long begin;
  private final long nanos;
  private int rowsToLook = ROWS_PER_LOOK;

  private Patience(
      String collection, @Nullable Thread searching, @Nullable Duration deadline, long nanos) {
    this.collection = collection;
    this.searching = searching;
    this.deadline = deadline;
    this.begin = System.nanoTime();
    this.nanos = nanos;
  }

  /**
   * Begins to wait.
   *
   * @param collection named in errors
   * @param deadline how long from now, or null for as long as it takes
   */
  public static Patience begin(String collection, @Nullable Duration deadline) {
    return new Patience(collection, Thread.currentThread(), deadline, nanos(deadline));
  }

  private static long nanos(@Nullable Duration deadline) {
    // More nanoseconds than a long has are three centuries: as long as it takes.
    return deadline == null || deadline.compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0
        ? Long.MAX_VALUE
        : deadline.toNanos();
  }

  /** Waits for as long as it takes, interrupted or not: for what is no search of a caller's. */
  public static Patience endless() {
    return new Patience("", null, null, Long.MAX_VALUE);
  }

  /** Tells of rows scored, or about to be. */
  public void passed(int rows) {
    rowsToLook -= rows;
    if (rowsToLook <= 0) {
      look();
    }
  }

  /**
   * Looks at the clock and at the thread.
   *
   * @throws SearchTimeoutException past the deadline
   * @throws SearchInterruptedException if the thread is interrupted, which it stays
   */
  public void look() {
    rowsToLook = ROWS_PER_LOOK;
    if (searching != null && searching.isInterrupted()) {
      throw new SearchInterruptedException(collection);
    }
    if (deadline != null && System.nanoTime() - begin > nanos) {
      throw new SearchTimeoutException(collection, deadline);
    }
  }
}

package io.memryx.server.service;

import io.memryx.CollectionStats;
import io.memryx.Entry;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import java.util.List;
import java.util.Locale;

/**
 * Refuses adds while there still is memory to answer searches with. The figure it goes by is what
 * collections hold, as a share of the largest heap: the same that clients are told.
 */
public final class MemoryGuard {
  /**
   * What an entry takes beside its components: id, look-up table, objects; a rough upper figure.
   */
  private static final long BYTES_PER_ENTRY = 160;

  private static final int RETRY_SECONDS = 30;

  private final Usage usage;
  private final int safetyPercent;
  private final long maxHeapBytes;

  /** Guards a heap of this size. */
  public MemoryGuard(Usage usage, int safetyPercent, long maxHeapBytes) {
    this.usage = usage;
    this.safetyPercent = safetyPercent;
    this.maxHeapBytes = maxHeapBytes;
  }

  /** What collections hold as a share of the largest heap, 0 to 100. */
  public double usedPercent() {
    return 100.0 * usage.totals().bytes() / maxHeapBytes;
  }

  /**
   * Refuses a build that would not fit. It may take half of what adds must leave free: its memory
   * is given back when it ends, or becomes part of what is held.
   */
  void requireRoomToBuild(CollectionStats collection) {
    long needed = collection.buildBytes();
    if (needed > buildBudget()) {
      long held = usage.totals().bytes();
      throw Problem.of(
              ProblemCode.MEMORY_GUARD,
              String.format(
                  Locale.ROOT,
                  "collections hold %d bytes, finalize needs %d more, and %d %% of the %d there are may"
                      + " be used for that",
                  held,
                  needed,
                  buildPercent(),
                  maxHeapBytes),
              "ask the operator for more memory (-Xmx) or for a higher RAM_SAFETY_PERCENT; what was"
                  + " added stays searchable")
          .retryAfter(RETRY_SECONDS)
          .toException();
    }
  }

  /** Memory that a build begun now may take, in bytes. */
  long buildBudget() {
    return Math.max(0, maxHeapBytes / 100 * buildPercent() - usage.totals().bytes());
  }

  private int buildPercent() {
    return (safetyPercent + 100) / 2;
  }

  /** Refuses entries that would not fit any more. */
  void requireRoom(List<Entry> entries) {
    long more = 0;
    for (Entry entry : entries) {
      more += (long) entry.dimension() * Float.BYTES + BYTES_PER_ENTRY;
    }
    long held = usage.totals().bytes();
    if (held + more > maxHeapBytes / 100 * safetyPercent) {
      throw Problem.of(
              ProblemCode.MEMORY_GUARD,
              String.format(
                  Locale.ROOT,
                  "collections hold %.1f %% of the memory, %d bytes more would exceed %d %%",
                  usedPercent(),
                  more,
                  safetyPercent),
              "ask the operator for more memory (-Xmx) or for a higher RAM_SAFETY_PERCENT; nothing"
                  + " of this request was applied")
          .retryAfter(RETRY_SECONDS)
          .toException();
    }
  }
}

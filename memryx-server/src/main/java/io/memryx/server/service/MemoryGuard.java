package io.memryx.server.service;

import io.memryx.CollectionStats;
import io.memryx.Entry;
import io.memryx.MetadataValue;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses adds while there still is memory to answer searches with. The figure it goes by is what
 * collections hold, as a share of the largest heap: the same that clients are told.
 */
public final class MemoryGuard {
  private static final Logger LOG = LoggerFactory.getLogger(MemoryGuard.class);

  /**
   * What an entry takes beside its components: id, look-up table, objects; a rough upper figure.
   */
  private static final long BYTES_PER_ENTRY = 160;

  /** What a field of metadata takes beside its name and value. */
  private static final long BYTES_PER_FIELD = 16;

  private static final int RETRY_SECONDS = 30;

  private final Usage usage;
  private final int safetyPercent;
  private final long maxHeapBytes;
  private final AtomicLong reserved = new AtomicLong();
  private final BuildMemory builds = new BuildMemory(this::buildBudget);

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
      logFigures("finalize", needed);
      throw Problem.of(
              ProblemCode.MEMORY_GUARD,
              String.format(
                  Locale.ROOT,
                  "finalize needs %d bytes more, and so many are not free: collections hold %.1f %%"
                      + " of the memory",
                  needed,
                  usedPercent()),
              "ask the operator for more memory (-Xmx) or for a higher RAM_SAFETY_PERCENT; what was"
                  + " added stays searchable")
          .retryAfter(RETRY_SECONDS)
          .toException();
    }
  }

  /** Memory that builds may take together, in bytes, as of now. */
  private long buildBudget() {
    return Math.max(0, maxHeapBytes / 100 * buildPercent() - held());
  }

  /** What builds under way take. */
  BuildMemory builds() {
    return builds;
  }

  /**
   * What requests under way may take before they are decoded, in bytes, as of now: half of what
   * collections and builds leave free, since what is decoded takes memory, too.
   */
  public long roomForRequests() {
    return Math.max(0, (maxHeapBytes - held() - builds.bytes()) / 2);
  }

  private int buildPercent() {
    return (safetyPercent + 100) / 2;
  }

  /** Memory that is about to be taken, counted before it is. Not thread-safe. */
  final class Reservation implements AutoCloseable {
    private long bytes;

    /** Counts so many bytes more, or refuses them; what was counted before stays so. */
    void grow(long more) {
      requireRoom(more);
      reserved.addAndGet(more);
      bytes += more;
    }

    /** Counts until it is so many bytes in all, or refuses them. */
    void growTo(long all) {
      if (all > bytes) {
        grow(all - bytes);
      }
    }

    /** How far this can grow, as of now, in bytes. */
    long limit() {
      long beside = builds.bytes() > 0 ? buildBudget() - builds.bytes() : Long.MAX_VALUE;
      return bytes + Math.max(0, Math.min(maxHeapBytes / 100 * safetyPercent - held(), beside));
    }

    /** The failure of what would take more than that. */
    RuntimeException refused() {
      return MemoryGuard.this.refused("this request");
    }

    /** What was counted is taken now, and known otherwise, or not wanted any more. */
    @Override
    public void close() {
      reserved.addAndGet(-bytes);
      bytes = 0;
    }
  }

  /** A reservation of nothing yet. */
  Reservation reserve() {
    return new Reservation();
  }

  /** What an entry takes in a hot buffer: a rough upper figure. */
  static long bytesOf(Entry entry) {
    long bytes = (long) entry.dimension() * Float.BYTES + BYTES_PER_ENTRY + entry.id().length();
    for (Map.Entry<String, MetadataValue> field : entry.metadata().fields().entrySet()) {
      bytes += BYTES_PER_FIELD + 2L * field.getKey().length() + bytesOf(field.getValue());
    }
    return bytes;
  }

  private static long bytesOf(MetadataValue value) {
    return switch (value) {
      case MetadataValue.StringValue text -> 2L * text.value().length();
      case MetadataValue.LongValue _,
          MetadataValue.DoubleValue _,
          MetadataValue.BooleanValue _,
          MetadataValue.NullValue _ ->
          Long.BYTES;
      case MetadataValue.ArrayValue array -> {
        long bytes = 0;
        for (MetadataValue element : array.values()) {
          bytes += BYTES_PER_FIELD + bytesOf(element);
        }
        yield bytes;
      }
    };
  }

  private void requireRoom(long more) {
    requireRoomBesideBuilds(more);
    if (held() + more > maxHeapBytes / 100 * safetyPercent) {
      logFigures("a request", more);
      throw refused("%d bytes more".formatted(more));
    }
  }

  /** Says what the asker needs, and of the rest what everybody may know: not what others have. */
  private RuntimeException refused(String what) {
    return Problem.of(
            ProblemCode.MEMORY_GUARD,
            String.format(
                Locale.ROOT,
                "collections hold %.1f %% of the memory, %s would bring that beyond %d %%",
                usedPercent(),
                what,
                safetyPercent),
            "ask the operator for more memory (-Xmx) or for a higher RAM_SAFETY_PERCENT; nothing"
                + " of this request was applied")
        .retryAfter(RETRY_SECONDS)
        .toException();
  }

  private void logFigures(String what, long needed) {
    LOG.debug(
        "{} needs {} bytes more: collections hold {}, requests reserve {}, the heap may have {}",
        what,
        needed,
        usage.totals().bytes(),
        reserved.get(),
        maxHeapBytes);
  }

  /** Builds take what adds must leave free, but there is no more than that. */
  private void requireRoomBesideBuilds(long more) {
    long building = builds.bytes();
    if (building > 0 && more > buildBudget() - building) {
      throw Problem.of(
              ProblemCode.MEMORY_GUARD,
              "this request needs memory that is taken at the moment",
              "try again after the given time, or send less at one time; nothing of this request"
                  + " was applied")
          .retryAfter(RETRY_SECONDS)
          .toException();
    }
  }

  /** What collections hold, and what is about to come. */
  private long held() {
    return usage.totals().bytes() + reserved.get();
  }
}

package io.memryx.server.http;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What all bodies under way may take together: so much, and no more than collections leave free.
 * The memory guard knows a body only once it is decoded, and its sender only once its key is read;
 * until then this keeps strangers from filling the heap. One party can't have all of it, so that
 * others can still send. Thread-safe.
 */
final class BodiesUnderWay {
  private static final int QUARTERS_OF_ONE = 3;

  /** However full the collections are: searches go on. */
  private static final int LEAST_SHARE = 8;

  private final long maxBytes;
  private final LongSupplier room;
  private final AtomicLong bytes = new AtomicLong();
  private final ConcurrentHashMap<String, Long> bytesOf = new ConcurrentHashMap<>();

  /**
   * Nothing is under way.
   *
   * @param maxBytes most that there may be
   * @param room bytes of the heap that are free for requests, as of now
   */
  BodiesUnderWay(long maxBytes, LongSupplier room) {
    this.maxBytes = maxBytes;
    this.room = room;
  }

  /** What one body of a party takes; nothing yet. */
  Held begin(String party) {
    return new Held(party);
  }

  /** What is counted now, in bytes. */
  long bytes() {
    return bytes.get();
  }

  private long allowed() {
    return Math.max(maxBytes / LEAST_SHARE, Math.min(maxBytes, room.getAsLong()));
  }

  /** What one body takes. Thread-safe: the end of its exchange may come while it is released. */
  final class Held {
    private final String party;
    private final AtomicLong held = new AtomicLong();

    private Held(String party) {
      this.party = party;
    }

    /** Counts bytes that arrived, to be released by their call's end, also if this refuses them. */
    void add(int arrived) {
      held.addAndGet(arrived);
      long all = bytes.addAndGet(arrived);
      long ofOne = bytesOf.merge(party, (long) arrived, Long::sum);
      long allowed = allowed();
      long allowedOfOne = Math.max(1, allowed / 4 * QUARTERS_OF_ONE);
      if (all > allowed || ofOne > allowedOfOne) {
        throw Problem.of(
                ProblemCode.OVERLOADED,
                "the requests under way have more than %d bytes together, or yours more than %d"
                    .formatted(allowed, allowedOfOne),
                "try again after the given time, with smaller requests or fewer at one time")
            .retryAfter(1)
            .toException();
      }
    }

    /** Gives back what was counted so far. */
    void release() {
      long counted = held.getAndSet(0);
      bytes.addAndGet(-counted);
      bytesOf.computeIfPresent(party, (_, sum) -> sum == counted ? null : sum - counted);
    }
  }
}

package io.memryx.server.http;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What all bodies under way may take together: so much, and no more than collections leave free.
 * The memory guard knows a body only once it is decoded, and its sender only once its key is read;
 * until then this keeps strangers from filling the heap. No party can have all of it, all strangers
 * together only a small part, and a reserve is for small bodies of those who have little under way:
 * so others' searches get in, whoever sends whatever how slowly. Thread-safe.
 */
final class BodiesUnderWay {
  /** A search, or a few vectors. */
  static final int SMALL_BYTES = 64 * 1024;

  private static final int QUARTERS_OF_ONE = 3;
  private static final int SHARE_OF_STRANGERS = 4;
  private static final int SHARE_OF_ONE_STRANGER = 8;
  private static final int SHARE_OF_RESERVE = 8;

  /** Of the reserve, what one party may have under way to be let in there. */
  private static final int RESERVE_SHARE_OF_ONE = 4;

  /** However full the collections are: searches go on. */
  private static final int LEAST_SHARE = 8;

  private final long maxBytes;
  private final LongSupplier room;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong bytesOfStrangers = new AtomicLong();
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
  Held begin(Party party) {
    return new Held(party);
  }

  /** What is counted now, in bytes. */
  long bytes() {
    return bytes.get();
  }

  private long allowed() {
    return Math.max(maxBytes / LEAST_SHARE, Math.min(maxBytes, room.getAsLong()));
  }

  /**
   * What is counted at one moment, in bytes.
   *
   * @param ofBody the body that grows
   * @param ofParty all of its party
   * @param ofAll all that there are
   */
  private record Counted(long ofBody, long ofParty, long ofAll) {
    boolean isWithin(long allowed) {
      long reserve = allowed / SHARE_OF_RESERVE;
      boolean beforeReserve =
          ofAll <= allowed - reserve && ofParty <= allowed / 4 * QUARTERS_OF_ONE;
      boolean inReserve =
          ofAll <= allowed && ofBody <= SMALL_BYTES && ofParty <= reserve / RESERVE_SHARE_OF_ONE;
      return beforeReserve || inReserve;
    }

    boolean isWithin(long allowed, long ofStrangers) {
      return ofStrangers <= allowed / SHARE_OF_STRANGERS
          && ofParty <= allowed / SHARE_OF_ONE_STRANGER
          && ofAll <= allowed - allowed / SHARE_OF_RESERVE;
    }
  }

  private static Problem full() {
    return Problem.of(
            ProblemCode.OVERLOADED,
            "the requests under way take as much memory as they may, or yours as much as one may",
            "try again after the given time, with smaller requests or fewer at one time")
        .retryAfter(1);
  }

  private static Problem fullOfStrangers() {
    return Problem.of(
            ProblemCode.OVERLOADED,
            "requests that have their key in the body take as much memory as they may",
            "send the key in a header ('Authorization: Bearer KEY'), or try again after the given"
                + " time with smaller requests")
        .retryAfter(1);
  }

  /** What one body takes. Thread-safe: the end of its exchange may come while it is released. */
  final class Held {
    private final Party party;
    private final AtomicLong held = new AtomicLong();

    private Held(Party party) {
      this.party = party;
    }

    /** Counts bytes that arrived, to be released by their call's end, also if this refuses them. */
    void add(int arrived) {
      Counted now =
          new Counted(
              held.addAndGet(arrived),
              bytesOf.merge(party.name(), (long) arrived, Long::sum),
              bytes.addAndGet(arrived));
      switch (party.standing()) {
        case KNOWN -> {
          if (!now.isWithin(allowed())) {
            throw full().toException();
          }
        }
        case STRANGER -> {
          if (!now.isWithin(allowed(), bytesOfStrangers.addAndGet(arrived))) {
            throw fullOfStrangers().toException();
          }
        }
      }
    }

    /** Gives back what was counted so far. */
    void release() {
      long counted = held.getAndSet(0);
      bytes.addAndGet(-counted);
      bytesOf.computeIfPresent(party.name(), (_, sum) -> sum == counted ? null : sum - counted);
      switch (party.standing()) {
        case KNOWN -> {}
        case STRANGER -> bytesOfStrangers.addAndGet(-counted);
      }
    }
  }
}

package io.memryx.server.http;

import java.util.concurrent.TimeUnit;

/**
 * How fast a body or an answer must move: who is slower is cut off, so that a slow client costs a
 * connection for a while, and nothing else.
 *
 * @param graceNanos what it may take whatever its size, and how long it may stand still
 * @param nanosPerByte and what its bytes may take beside that
 */
public record Pace(long graceNanos, long nanosPerByte) {
  /** Ten seconds, and one more for each 100 kB. */
  public static final Pace USUAL = new Pace(TimeUnit.SECONDS.toNanos(10), 10_000);

  /** Refuses a pace that nobody can keep. */
  public Pace {
    if (graceNanos < 1 || nanosPerByte < 0) {
      throw new IllegalArgumentException("a pace needs time, not " + graceNanos + " ns");
    }
  }

  /** What so many bytes may take, in nanoseconds. */
  long allowed(long bytes) {
    return graceNanos + bytes * nanosPerByte;
  }

  /** Whether a body that has come so far in this time is too slow. */
  boolean isTooSlow(long nanos, long bytes) {
    return nanos > allowed(bytes);
  }
}

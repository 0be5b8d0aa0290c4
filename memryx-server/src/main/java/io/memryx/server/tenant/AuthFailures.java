package io.memryx.server.tenant;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The wrong keys that came lately, by the network they came from: so many a minute are answered,
 * the others are told to stop. Keys that are right get in all the same: behind one address may be
 * many clients. Thread-safe; guarded by its own monitor, which nobody takes whose key is right and
 * in a header.
 */
final class AuthFailures {
  /** Wrong keys of one address in a minute. */
  static final int MAX_A_MINUTE = 20;

  /** Networks that are remembered; beyond that the oldest are forgotten. */
  static final int MAX_ADDRESSES = 10_000;

  private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final LongSupplier nanoClock;
  private final Map<Network, Window> windows =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Network, Window> eldest) {
          return size() > MAX_ADDRESSES;
        }
      };

  AuthFailures(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /**
   * Counts a wrong key.
   *
   * @throws io.memryx.server.problem.ProblemException if there were too many
   */
  synchronized void count(Network from) {
    long now = nanoClock.getAsLong();
    Window window = windows.get(from);
    if (window == null || now - window.begin >= MINUTE_NANOS) {
      windows.remove(from);
      windows.put(from, new Window(now, 1));
      return;
    }
    windows.put(from, new Window(window.begin, Math.min(window.failures, MAX_A_MINUTE) + 1));
    if (window.failures >= MAX_A_MINUTE) {
      throw tooMany(now - window.begin);
    }
  }

  /**
   * Refuses whoever was told to stop within the last minute, whatever key it has.
   *
   * @throws io.memryx.server.problem.ProblemException if there were too many
   */
  synchronized void requireFew(Network from) {
    Window window = windows.get(from);
    if (window == null || window.failures <= MAX_A_MINUTE) {
      return;
    }
    long since = nanoClock.getAsLong() - window.begin;
    if (since < MINUTE_NANOS) {
      throw tooMany(since);
    }
  }

  private static ProblemException tooMany(long sinceNanos) {
    long left = MINUTE_NANOS - sinceNanos;
    return Problem.of(
            ProblemCode.TOO_MANY_AUTH_FAILURES,
            "more than %d wrong API keys came from this address within a minute"
                .formatted(MAX_A_MINUTE),
            "check the key before you try again; a right one in a header ('Authorization: Bearer"
                + " KEY') gets in at once")
        .retryAfter((int) Math.max(1, Math.ceilDiv(left, TimeUnit.SECONDS.toNanos(1))))
        .toException();
  }

  /** What came from a network since a moment. */
  private record Window(long begin, int failures) {}
}

package io.memryx.server.tenant;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The wrong keys that came lately, by the address they came from: so many a minute are answered,
 * the others are told to stop. Keys that are right get in all the same: behind one address may be
 * many clients. Thread-safe; guarded by its own monitor, which only wrong keys ever take.
 */
final class AuthFailures {
  /** Wrong keys of one address in a minute. */
  static final int MAX_A_MINUTE = 20;

  /** Addresses that are remembered; beyond that the oldest are forgotten. */
  static final int MAX_ADDRESSES = 10_000;

  private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** Who has an address of version 6 mostly has all that begin so. */
  private static final int PREFIX_BYTES = 8;

  private final LongSupplier nanoClock;
  private final Map<String, Window> windows =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
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
  synchronized void count(InetAddress from) {
    long now = nanoClock.getAsLong();
    String source = source(from);
    Window window = windows.get(source);
    if (window == null || now - window.begin >= MINUTE_NANOS) {
      windows.remove(source);
      windows.put(source, new Window(now, 1));
      return;
    }
    windows.put(source, new Window(window.begin, Math.min(window.failures, MAX_A_MINUTE) + 1));
    if (window.failures >= MAX_A_MINUTE) {
      long left = MINUTE_NANOS - (now - window.begin);
      throw Problem.of(
              ProblemCode.TOO_MANY_AUTH_FAILURES,
              "more than %d wrong API keys came from this address within a minute"
                  .formatted(MAX_A_MINUTE),
              "check the key before you try again; a right one gets in at once")
          .retryAfter((int) Math.max(1, Math.ceilDiv(left, TimeUnit.SECONDS.toNanos(1))))
          .toException();
    }
  }

  private static String source(InetAddress from) {
    byte[] bytes = from.getAddress();
    return HexFormat.of()
        .formatHex(from instanceof Inet6Address ? Arrays.copyOf(bytes, PREFIX_BYTES) : bytes);
  }

  /** What came from an address since a moment. */
  private record Window(long begin, int failures) {}
}

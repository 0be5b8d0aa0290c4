package io.memryx.bench.http;

/**
 * When requests are due: at a constant rate, whether or not those before are answered. Who counts a
 * request's time from here counts what it waited behind slow ones, too ("coordinated omission" is
 * leaving that out).
 *
 * @param startNanos when the first is due
 * @param perSecond requests in a second
 * @param seconds how long they come
 */
record Arrivals(long startNanos, double perSecond, double seconds) {
  Arrivals {
    if (perSecond <= 0 || seconds <= 0) {
      throw new IllegalArgumentException(
          "%s requests a second for %s s: expected more than nothing"
              .formatted(perSecond, seconds));
    }
  }

  /** Number of requests. */
  int count() {
    return (int) Math.max(1, Math.round(perSecond * seconds));
  }

  /** When a request is due. */
  long dueNanos(int request) {
    return startNanos + (long) (request / perSecond * 1e9);
  }
}

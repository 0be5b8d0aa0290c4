package io.memryx.server.metrics;

import java.time.Duration;
import java.util.Arrays;

/** Upper bounds of the times that are counted together. */
final class Buckets {
  /** Of calls and of what they wait for. */
  static final Buckets OF_CALLS =
      new Buckets(
          100,
          250,
          500,
          1_000,
          2_500,
          5_000,
          10_000,
          25_000,
          50_000,
          100_000,
          250_000,
          500_000,
          1_000_000,
          5_000_000,
          30_000_000);

  /** Of a search's phases, which are shorter; what is longer than this is out of order anyway. */
  static final Buckets OF_PHASES =
      new Buckets(10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 50_000, 250_000);

  /** Of builds: a thousand vectors take some milliseconds, millions take an hour. */
  static final Buckets OF_BUILDS =
      new Buckets(
          10_000,
          50_000,
          250_000,
          1_000_000,
          5_000_000,
          15_000_000,
          60_000_000,
          300_000_000,
          900_000_000,
          3_600_000_000L);

  private final Duration[] bounds;

  private Buckets(long... micros) {
    bounds =
        Arrays.stream(micros)
            .mapToObj(bound -> Duration.ofNanos(bound * 1_000))
            .toArray(Duration[]::new);
  }

  /** The bounds, rising. */
  Duration[] bounds() {
    return bounds.clone();
  }
}

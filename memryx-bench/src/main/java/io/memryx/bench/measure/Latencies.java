package io.memryx.bench.measure;

import java.util.Arrays;

/** Durations of many calls, in nanoseconds. Grows as needed; not thread-safe. */
public final class Latencies {
  private long[] nanos = new long[1024];
  private int size;

  /** Adds one call. */
  public void add(long callNanos) {
    if (size == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * size);
    }
    nanos[size++] = callNanos;
  }

  /** Adds all calls of others. */
  public void addAll(Latencies others) {
    for (int call = 0; call < others.size; call++) {
      add(others.nanos[call]);
    }
  }

  /** Number of calls. */
  public int size() {
    return size;
  }

  /** The percentiles of all calls so far. */
  public Percentiles percentiles() {
    long[] sorted = Arrays.copyOf(nanos, size);
    Arrays.sort(sorted);
    return new Percentiles(
        micros(sorted, 50), micros(sorted, 95), micros(sorted, 99), micros(sorted, 100));
  }

  /** By nearest rank: the smallest duration that so many percent of the calls do not exceed. */
  private static double micros(long[] sorted, int percent) {
    if (sorted.length == 0) {
      return 0;
    }
    int rank = (int) Math.ceilDiv((long) percent * sorted.length, 100L);
    return sorted[rank - 1] / 1e3;
  }

  /**
   * Some percentiles, in microseconds.
   *
   * @param p50 the median
   * @param p95 what 95 of 100 calls do not exceed
   * @param p99 what 99 of 100 calls do not exceed
   * @param max the slowest call
   */
  public record Percentiles(double p50, double p95, double p99, double max) {}
}

package io.memryx.bench.sweep;

import io.memryx.SearchRequest;
import io.memryx.VectorCollection;
import io.memryx.bench.measure.Latencies;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Times searches as a caller sees them, one after the other on the calling thread, in passes over
 * all queries after a warm-up.
 *
 * @param passes most timed passes
 * @param warmUpSeconds least warm-up, at least one pass
 * @param seconds after which no further pass begins
 */
record Stopwatch(int passes, double warmUpSeconds, double seconds) {
  /** One setting's answers and their speed. */
  record Measured(Answers answers, Timing timing) {}

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** The answers of the first pass, which warms up, and the time of later ones. */
  Measured measure(VectorCollection collection, Setting setting, float[][] queries, int k) {
    long warmUpEnd = System.nanoTime() + nanos(warmUpSeconds);
    Answers answers = Answers.of(collection, setting, queries, k);
    while (System.nanoTime() < warmUpEnd) {
      pass(collection, setting, queries, k, new Latencies());
    }
    return new Measured(answers, time(collection, setting, queries, k));
  }

  private Timing time(VectorCollection collection, Setting setting, float[][] queries, int k) {
    Latencies latencies = new Latencies();
    double[] rates = new double[passes];
    long start = System.nanoTime();
    long cpuStart = THREADS.getCurrentThreadCpuTime();
    int pass = 0;
    do {
      long passStart = System.nanoTime();
      pass(collection, setting, queries, k, latencies);
      rates[pass++] = queries.length * 1e9 / (System.nanoTime() - passStart);
    } while (pass < passes && System.nanoTime() < start + nanos(seconds));
    double cpuShare =
        (double) (THREADS.getCurrentThreadCpuTime() - cpuStart) / (System.nanoTime() - start);
    return new Timing(median(Arrays.copyOf(rates, pass)), latencies.percentiles(), cpuShare, pass);
  }

  private static void pass(
      VectorCollection collection, Setting setting, float[][] queries, int k, Latencies latencies) {
    for (float[] query : queries) {
      long start = System.nanoTime();
      collection.search(setting.applyTo(SearchRequest.of(query, k)));
      latencies.add(System.nanoTime() - start);
    }
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static long nanos(double seconds) {
    return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
  }
}

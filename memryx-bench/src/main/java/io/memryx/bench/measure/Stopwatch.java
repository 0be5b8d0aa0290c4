package io.memryx.bench.measure;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Times questions as a caller sees them, one after the other on the calling thread, in passes over
 * all of them after a warm-up.
 *
 * @param passes most timed passes
 * @param warmUpSeconds least warm-up
 * @param seconds after which no further pass begins
 */
public record Stopwatch(int passes, double warmUpSeconds, double seconds) {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /**
   * Asks one of the questions that are timed.
   *
   * @param <E> what asking may throw
   */
  @FunctionalInterface
  public interface Asking<E extends Exception> {
    /** Asks the question of this number, from 0. */
    void ask(int question) throws E;
  }

  /** Asks all questions again and again until the warm-up's time is over. */
  public <E extends Exception> void warmUp(int questions, Asking<E> asking) throws E {
    long end = System.nanoTime() + nanos(warmUpSeconds);
    while (System.nanoTime() < end) {
      pass(questions, asking, new Latencies());
    }
  }

  /** Asks all questions, at least once, and times them. */
  public <E extends Exception> Timing time(int questions, Asking<E> asking) throws E {
    Latencies latencies = new Latencies();
    double[] rates = new double[passes];
    long start = System.nanoTime();
    long cpuStart = THREADS.getCurrentThreadCpuTime();
    int pass = 0;
    do {
      long passStart = System.nanoTime();
      pass(questions, asking, latencies);
      rates[pass++] = questions * 1e9 / (System.nanoTime() - passStart);
    } while (pass < passes && System.nanoTime() < start + nanos(seconds));
    double cpuShare =
        (double) (THREADS.getCurrentThreadCpuTime() - cpuStart) / (System.nanoTime() - start);
    return new Timing(median(Arrays.copyOf(rates, pass)), latencies.percentiles(), cpuShare, pass);
  }

  private static <E extends Exception> void pass(
      int questions, Asking<E> asking, Latencies latencies) throws E {
    for (int question = 0; question < questions; question++) {
      long start = System.nanoTime();
      asking.ask(question);
      latencies.add(System.nanoTime() - start);
    }
  }

  /** The middle value, or the mean of the middle two. */
  public static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static long nanos(double seconds) {
    return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
  }
}

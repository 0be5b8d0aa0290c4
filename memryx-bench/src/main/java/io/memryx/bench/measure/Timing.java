package io.memryx.bench.measure;

/**
 * How fast one thread was answered.
 *
 * @param queriesPerSecond the median over the passes
 * @param latencies of all passes together
 * @param cpuShare CPU time of the thread per wall time, over all passes
 * @param passes how often all queries were asked
 */
public record Timing(
    double queriesPerSecond, Latencies.Percentiles latencies, double cpuShare, int passes) {
  /** Below this share the machine was busy with something else, and the figures are not ours. */
  public static final double UNDISTURBED_SHARE = 0.97;

  /** Whether the machine had time for this thread all along. */
  public boolean undisturbed() {
    return cpuShare > UNDISTURBED_SHARE;
  }
}

package io.memryx.bench.sweep;

import io.memryx.bench.measure.Latencies;

/**
 * How fast one thread was answered.
 *
 * @param queriesPerSecond the median over the passes
 * @param latencies of all passes together
 * @param cpuShare CPU time of the thread per wall time, over all passes
 * @param passes how often all queries were asked
 */
record Timing(
    double queriesPerSecond, Latencies.Percentiles latencies, double cpuShare, int passes) {
  /** Below this share the machine was busy with something else, and the figures are not ours. */
  static final double UNDISTURBED_SHARE = 0.97;

  boolean undisturbed() {
    return cpuShare > UNDISTURBED_SHARE;
  }
}

package io.memryx.server.metrics;

import io.memryx.persistence.LogForces;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A histogram whose figures the store counts itself: its log must not wait for a meter.
 * Thread-safe.
 *
 * @param name of the metric, with its unit
 * @param help what it tells
 * @param units so many of the store's units are one of the metric's
 * @param figures as of now
 */
record ForceHistogram(
    String name, String help, double units, Supplier<LogForces.Distribution> figures)
    implements Collector {

  @Override
  public HistogramSnapshot collect() {
    LogForces.Distribution now = figures.get();
    List<Double> bounds = new ArrayList<>();
    List<Long> counts = new ArrayList<>();
    for (LogForces.Bucket bucket : now.buckets()) {
      boolean last = bucket.atMost() == Long.MAX_VALUE;
      bounds.add(last ? Double.POSITIVE_INFINITY : bucket.atMost() / units);
      counts.add(bucket.count());
    }
    return HistogramSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(
            HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, counts))
                .sum(now.sum() / units)
                .build())
        .build();
  }

  /** The same without buckets. */
  ServerMeters.Sample sample() {
    LogForces.Distribution now = figures.get();
    return new ServerMeters.Sample(
        name, Map.of(), Map.of("count", (double) now.count(), "total", now.sum() / units));
  }
}

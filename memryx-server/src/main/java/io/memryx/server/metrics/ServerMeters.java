package io.memryx.server.metrics;

import io.memryx.BuildReport;
import io.memryx.SearchResult;
import io.memryx.persistence.LogForces;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What the server counts and times, for all tenants together: no meter tells one tenant of another,
 * and none has a tenant's name. What can be known beforehand is there from the start, at zero, so
 * that whoever watches it sees the first time, too. Thread-safe.
 */
public final class ServerMeters implements AutoCloseable {
  private static final double MICROS_PER_SECOND = 1e6;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmMeters jvm = new JvmMeters(registry);
  private final SearchMeters searches = new SearchMeters(registry);
  private final BuildMeters builds = new BuildMeters(registry);
  private final Counter adds = counter("memryx.adds", "Vectors added");
  private final Counter deletes = counter("memryx.deletes", "Vectors deleted");
  private final Counter leftOut =
      counter("memryx.adds.left.out", "Vectors left out of adds with on_error=skip");
  private final Counter connectionsRefused =
      counter("memryx.connections.refused", "Connections closed at once: there were too many");
  private final DistributionSummary addBatch =
      DistributionSummary.builder("memryx.add.batch")
          .description("Vectors per add request")
          .register(registry);
  private final Timer addTime =
      Timer.builder("memryx.add.time")
          .description("Time to apply an add request, with its way to the disk")
          .serviceLevelObjectives(Buckets.OF_CALLS.bounds())
          .register(registry);
  private final Map<Answered, Timer> requests = new ConcurrentHashMap<>();
  private final Map<String, Timer> waits = new ConcurrentHashMap<>();
  private final List<ForceHistogram> forces = new CopyOnWriteArrayList<>();

  /** All meters at zero. */
  public ServerMeters() {}

  private Counter counter(String name, String help) {
    return Counter.builder(name).description(help).register(registry);
  }

  /** A search request was answered. */
  public void searched(List<SearchResult> answers, long nanos) {
    searches.searched(answers, nanos);
  }

  /** An add was applied. */
  public void added(int vectors, long nanos) {
    adds.increment(vectors);
    addBatch.record(vectors);
    addTime.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** Of adds that were applied otherwise, so many vectors were left out for their faults. */
  public void leftOut(int vectors) {
    leftOut.increment(vectors);
  }

  /** A delete was applied. */
  public void deleted(int vectors) {
    deletes.increment(vectors);
  }

  /** A build has made an index. */
  public void built(BuildReport report) {
    builds.built(report);
  }

  /** A build ended. */
  public void buildEnded(BuildEnd how, long nanos) {
    builds.ended(how, nanos);
  }

  /** Calls may be answered with problems of this code. */
  public void mayFail(String code) {
    Counter _ = errors(code);
  }

  /** A call was answered with a problem of this code. */
  public void failed(String code) {
    errors(code).increment();
  }

  private Counter errors(String code) {
    return Counter.builder("memryx.errors")
        .description("Calls answered with a problem, by its code")
        .tag("code", code)
        .register(registry);
  }

  /** A connection was one too many. */
  public void connectionRefused() {
    connectionsRefused.increment();
  }

  /** A request has waited for a thread of this lane. */
  public void waited(String lane, long nanos) {
    waits.computeIfAbsent(lane, this::waitTimer).record(nanos, TimeUnit.NANOSECONDS);
  }

  /** Requests may come to wait for a thread of this lane. */
  public void mayWait(String lane) {
    Timer _ = waits.computeIfAbsent(lane, this::waitTimer);
  }

  private Timer waitTimer(String lane) {
    return Timer.builder("memryx.queue.wait")
        .description("Time that a request waited for a thread, by lane")
        .tag("lane", lane)
        .serviceLevelObjectives(Buckets.OF_CALLS.bounds())
        .register(registry);
  }

  /** A request was answered. */
  public void answered(String route, int status, long nanos) {
    requests
        .computeIfAbsent(new Answered(route, status), this::requestTimer)
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer requestTimer(Answered answered) {
    return Timer.builder("memryx.http.requests")
        .description("Time from the first byte of a request to the last of its answer")
        .tags("route", answered.route, "status", Integer.toString(answered.status))
        .serviceLevelObjectives(Buckets.OF_CALLS.bounds())
        .register(registry);
  }

  private record Answered(String route, int status) {}

  /** Shows a figure. */
  public void show(Figure figure) {
    Tags tags = Tags.empty();
    for (Map.Entry<String, String> tag : figure.tags().entrySet()) {
      tags = tags.and(tag.getKey(), tag.getValue());
    }
    Gauge.builder(figure.name(), figure.value())
        .description(figure.help())
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }

  /** Shows how the logs are forced to the disk. */
  public void showForces(Supplier<LogForces> now) {
    showForces(
        new ForceHistogram(
            "memryx_log_force_seconds",
            "Time to force logs to the disk",
            MICROS_PER_SECOND,
            () -> now.get().micros()));
    showForces(
        new ForceHistogram(
            "memryx_log_force_changes",
            "Changes that one force made durable together",
            1,
            () -> now.get().changes()));
  }

  private void showForces(ForceHistogram histogram) {
    forces.add(histogram);
    registry.getPrometheusRegistry().register(histogram);
  }

  /** Everything in the text format of Prometheus. */
  public String prometheusText() {
    return registry.scrape();
  }

  /** Everything as samples, in order of name. */
  public List<Sample> samples() {
    List<Sample> samples = new ArrayList<>();
    for (Meter meter : registry.getMeters()) {
      Map<String, String> tags = new LinkedHashMap<>();
      for (Tag tag : meter.getId().getTags()) {
        tags.put(tag.getKey(), tag.getValue());
      }
      Map<String, Double> values = new LinkedHashMap<>();
      for (var measurement : meter.measure()) {
        values.put(name(measurement.getStatistic()), measurement.getValue());
      }
      samples.add(new Sample(meter.getId().getName().replace('.', '_'), tags, values));
    }
    forces.forEach(histogram -> samples.add(histogram.sample()));
    samples.sort(
        Comparator.comparing(Sample::name).thenComparing(sample -> sample.tags().toString()));
    return samples;
  }

  private static String name(Statistic statistic) {
    return statistic.getTagValueRepresentation();
  }

  /** Lets go of the JVM; nothing may be counted any more. */
  @Override
  public void close() {
    jvm.close();
    registry.close();
  }

  /**
   * One meter as of now.
   *
   * @param name what is measured
   * @param tags which part of it
   * @param values figures by statistic: value, count, total, max
   */
  public record Sample(String name, Map<String, String> tags, Map<String, Double> values) {
    /** Copies the maps. */
    public Sample {
      tags = Map.copyOf(tags);
      values = Collections.unmodifiableMap(new TreeMap<>(values));
    }
  }
}

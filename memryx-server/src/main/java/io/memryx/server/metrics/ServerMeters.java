package io.memryx.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What the server counts and times, for all tenants together: no meter tells one tenant of another.
 * Thread-safe.
 */
public final class ServerMeters {
  private static final Duration[] LATENCY_BUCKETS = {
    Duration.ofNanos(100_000),
    Duration.ofNanos(250_000),
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofNanos(2_500_000),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(30)
  };

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Counter queries;
  private final Counter adds;
  private final Counter deletes;
  private final Timer searchTime;
  private final Timer buildTime;
  private final DistributionSummary addBatch;

  /** All meters at zero. */
  public ServerMeters() {
    queries =
        Counter.builder("memryx.searches")
            .description("Queries answered; a batch counts each of its queries")
            .register(registry);
    adds = Counter.builder("memryx.adds").description("Vectors added").register(registry);
    deletes = Counter.builder("memryx.deletes").description("Vectors deleted").register(registry);
    addBatch =
        DistributionSummary.builder("memryx.add.batch")
            .description("Vectors per add request")
            .register(registry);
    searchTime =
        Timer.builder("memryx.search.time")
            .description("Time to answer a search request, without decoding and encoding")
            .serviceLevelObjectives(LATENCY_BUCKETS)
            .register(registry);
    buildTime =
        Timer.builder("memryx.build.time").description("Time of a finalize").register(registry);
  }

  /** A search request was answered. */
  public void searched(int queriesAnswered, long nanos) {
    queries.increment(queriesAnswered);
    searchTime.record(Duration.ofNanos(nanos));
  }

  /** An add was applied. */
  public void added(int vectors) {
    adds.increment(vectors);
    addBatch.record(vectors);
  }

  /** A delete was applied. */
  public void deleted(int vectors) {
    deletes.increment(vectors);
  }

  /** A build ended in this state. */
  public void buildEnded(String state, long nanos) {
    registry.counter("memryx.builds", "state", state).increment();
    buildTime.record(Duration.ofNanos(nanos));
  }

  /** A call was answered with a problem of this code. */
  public void failed(String code) {
    registry.counter("memryx.errors", "code", code).increment();
  }

  /** A request was answered. */
  public void answered(String route, int status, long nanos) {
    Timer.builder("memryx.http.requests")
        .description("Time from the first byte of a request to the last of its answer")
        .tags("route", route, "status", Integer.toString(status))
        .serviceLevelObjectives(LATENCY_BUCKETS)
        .register(registry)
        .record(Duration.ofNanos(nanos));
  }

  /** Shows a figure that is read when somebody looks. */
  public void gauge(String name, String description, Supplier<Number> figure) {
    Gauge.builder(name, figure).description(description).strongReference(true).register(registry);
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
    samples.sort(
        Comparator.comparing(Sample::name).thenComparing(sample -> sample.tags().toString()));
    return samples;
  }

  private static String name(Statistic statistic) {
    return statistic.getTagValueRepresentation();
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
      values = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(values));
    }
  }
}

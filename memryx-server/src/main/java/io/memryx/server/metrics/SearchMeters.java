package io.memryx.server.metrics;

import io.memryx.SearchResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What is counted and timed of searches. Thread-safe. */
final class SearchMeters {
  private final Counter queries;
  private final Timer time;
  private final Timer hotBuffer;
  private final Timer routing;
  private final Timer scanning;
  private final Timer ranking;
  private final Timer reranking;
  private final Timer rest;

  /** At zero. */
  SearchMeters(MeterRegistry registry) {
    queries =
        Counter.builder("memryx.searches")
            .description("Queries answered; a batch counts each of its queries")
            .register(registry);
    time =
        Timer.builder("memryx.search.time")
            .description("Time to answer a search request, without decoding and encoding")
            .serviceLevelObjectives(Buckets.OF_CALLS.bounds())
            .register(registry);
    hotBuffer = phase("hot_buffer", registry);
    routing = phase("routing", registry);
    scanning = phase("scanning", registry);
    ranking = phase("ranking", registry);
    reranking = phase("reranking", registry);
    rest = phase("rest", registry);
  }

  private static Timer phase(String name, MeterRegistry registry) {
    return Timer.builder("memryx.search.phase")
        .description("Time of a query by phase, as explain tells it, in whole microseconds")
        .tag("phase", name)
        .serviceLevelObjectives(Buckets.OF_PHASES.bounds())
        .register(registry);
  }

  /** A search request was answered. */
  void searched(List<SearchResult> answers, long nanos) {
    queries.increment(answers.size());
    time.record(nanos, TimeUnit.NANOSECONDS);
    for (int query = 0; query < answers.size(); query++) {
      record(answers.get(query).work().time());
    }
  }

  private void record(SearchResult.Time spent) {
    hotBuffer.record(spent.hotBuffer(), TimeUnit.MICROSECONDS);
    routing.record(spent.routing(), TimeUnit.MICROSECONDS);
    scanning.record(spent.scanning(), TimeUnit.MICROSECONDS);
    ranking.record(spent.ranking(), TimeUnit.MICROSECONDS);
    reranking.record(spent.reranking(), TimeUnit.MICROSECONDS);
    rest.record(spent.rest(), TimeUnit.MICROSECONDS);
  }
}

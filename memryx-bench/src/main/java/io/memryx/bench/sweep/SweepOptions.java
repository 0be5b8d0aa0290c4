package io.memryx.bench.sweep;

import io.memryx.Compression;
import io.memryx.Metric;
import io.memryx.bench.measure.Stopwatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a sweep measures.
 *
 * @param metric of the collection
 * @param compression of the collection
 * @param probes lists to scan, each combined with every {@code rerank}
 * @param rerank candidates to score again
 * @param k neighbors asked for
 * @param queries number of queries, from the first
 * @param threads threads of the build and of brute-force scans
 * @param seed of the build and of everything random in the sweep
 * @param stopwatch how long each setting is measured
 * @param extras what is measured besides
 */
record SweepOptions(
    Metric metric,
    Compression compression,
    List<Integer> probes,
    List<Integer> rerank,
    int k,
    int queries,
    int threads,
    long seed,
    Stopwatch stopwatch,
    Set<Extra> extras) {

  /** What costs time and is measured only when asked for. */
  enum Extra {
    /** Hold every exact answer against brute force. */
    CHECK_EXACT,
    /** Search and add during a first build. */
    SEARCH_DURING_BUILD,
    /** Measure relevance by the data set's judgements. */
    RELEVANCE
  }

  SweepOptions {
    probes = List.copyOf(probes);
    rerank = List.copyOf(rerank);
    extras = Set.copyOf(extras);
    if (k < 1 || queries < 1 || threads < 1) {
      throw new IllegalArgumentException(
          "k %d, queries %d, threads %d: expected at least 1 of each"
              .formatted(k, queries, threads));
    }
  }

  /** The settings in the order of the report. */
  List<Setting> settings() {
    List<Setting> settings = new ArrayList<>();
    settings.add(new Setting.Default());
    for (int probe : probes) {
      for (int depth : rerank) {
        settings.add(new Setting.Tuned(probe, depth));
      }
    }
    settings.add(new Setting.Exact());
    return settings;
  }
}

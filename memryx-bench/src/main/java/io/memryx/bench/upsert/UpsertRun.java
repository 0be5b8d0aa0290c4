package io.memryx.bench.upsert;

import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Entry;
import io.memryx.Memryx;
import io.memryx.Metadata;
import io.memryx.SearchRequest;
import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import io.memryx.bench.dataset.Loader;
import io.memryx.bench.measure.Progress;
import io.memryx.bench.measure.Stopwatch;
import io.memryx.bench.measure.TableReport;
import io.memryx.bench.measure.Timing;
import io.memryx.persistence.exchange.VectorRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;

/** Upserts and searches of one thread, in memory. Used once. */
final class UpsertRun {
  private static final int[] UPSERT_BATCHES = {1, 100, 1_000};
  private static final int SEARCH_BATCH = 64;
  private static final int MAX_PASSES = 100;

  private final CollectionOptions options;
  private final VectorRows base;
  private final float[][] queries;
  private final Terms terms;
  private final TableReport report;
  private final Progress progress;

  /**
   * How much to do.
   *
   * @param built entries of the index
   * @param upserts entries of one round of upserts
   * @param hot sizes of the hot buffer that are measured, rising
   * @param batchHot size of the hot buffer that batches search
   * @param k neighbors asked for
   * @param rounds of every setting
   * @param seconds of one round of searches, half of it again as a warm-up
   */
  record Terms(
      int built, int upserts, List<Integer> hot, int batchHot, int k, int rounds, double seconds) {
    Terms {
      hot = List.copyOf(hot);
    }

    /** Rows that are needed. */
    int rows() {
      return Math.max(upserts, built + Math.max(Collections.max(hot), batchHot));
    }
  }

  UpsertRun(
      CollectionOptions options,
      VectorRows base,
      float[][] queries,
      Terms terms,
      TableReport report,
      Progress progress) {
    this.options = options;
    this.base = base;
    this.queries = queries;
    this.terms = terms;
    this.report = report;
    this.progress = progress;
  }

  TableReport measure() {
    for (int batch : UPSERT_BATCHES) {
      progress.stage("upserts in batches of " + batch);
      upserts(batch);
    }
    try (VectorStore store = Memryx.inMemory()) {
      growingHotBuffer(store.collection("growing", options));
      batches(store);
    }
    return report;
  }

  private void upserts(int batch) {
    List<Entry> entries = Loader.batch(base, 0, terms.upserts, row -> Metadata.empty());
    double[] rates = new double[terms.rounds];
    // The first round is the compiler's.
    for (int round = -1; round < terms.rounds; round++) {
      try (VectorStore store = Memryx.inMemory()) {
        VectorCollection collection = store.collection("upserts", options);
        long start = System.nanoTime();
        for (int from = 0; from < entries.size(); from += batch) {
          collection.upsert(entries.subList(from, Math.min(entries.size(), from + batch)));
        }
        rates[Math.max(0, round)] = entries.size() * 1e9 / (System.nanoTime() - start);
      }
    }
    String setting = "batches of %,d, into an empty collection".formatted(batch);
    report.add("upsert", setting, Stopwatch.median(rates), "entries/s");
  }

  private void growingHotBuffer(VectorCollection collection) {
    progress.stage("building over %,d".formatted(terms.built));
    Loader.upsert(collection, base, 0, terms.built);
    collection.build(BuildRequest.defaults());
    search(collection, "hot buffer empty, %,d built".formatted(terms.built));
    int filled = 0;
    for (int hot : terms.hot) {
      Loader.upsert(collection, base, terms.built + filled, terms.built + hot);
      filled = hot;
      search(collection, "hot buffer %,d, %,d built".formatted(hot, terms.built));
    }
  }

  private void search(VectorCollection collection, String setting) {
    progress.stage("searches, " + setting);
    List<Timing> timings = new ArrayList<>();
    for (int round = 0; round < terms.rounds; round++) {
      timings.add(
          time(
              queries.length,
              query -> collection.search(SearchRequest.of(queries[query], terms.k))));
    }
    Timing median = median(timings);
    report.add("search", setting, median.queriesPerSecond(), "queries/s");
    report.add("search, p50", setting, median.latencies().p50(), "µs");
    report.add("search, p99", setting, median.latencies().p99(), "µs");
  }

  /** Sixty-four questions one by one and together, in turns. */
  private void batches(VectorStore store) {
    VectorCollection hot = store.collection("hot", options);
    Loader.upsert(hot, base, 0, terms.batchHot);
    batch(hot, "hot buffer %,d".formatted(terms.batchHot), request -> request);
    VectorCollection built = store.collection("built", options);
    Loader.upsert(built, base, 0, terms.built);
    progress.stage("building over %,d".formatted(terms.built));
    built.build(BuildRequest.defaults());
    batch(built, "%,d built".formatted(terms.built), request -> request);
    batch(built, "%,d built, exact".formatted(terms.built), SearchRequest::exact);
  }

  private void batch(
      VectorCollection collection, String setting, UnaryOperator<SearchRequest> kind) {
    progress.stage("batches, " + setting);
    List<SearchRequest> requests =
        Arrays.stream(queries)
            .limit(SEARCH_BATCH)
            .map(query -> kind.apply(SearchRequest.of(query, terms.k)))
            .toList();
    List<Timing> singles = new ArrayList<>();
    List<Timing> together = new ArrayList<>();
    for (int round = 0; round < terms.rounds; round++) {
      singles.add(time(requests.size(), request -> collection.search(requests.get(request))));
      together.add(time(1, _ -> collection.searchAll(requests)));
    }
    double one = median(singles).queriesPerSecond();
    double all = median(together).queriesPerSecond() * requests.size();
    report.add("batch", setting + ", singles", one, "queries/s");
    report.add("batch", setting + ", " + requests.size() + " at once", all, "queries/s");
  }

  private Timing time(int questions, Stopwatch.Asking<RuntimeException> asking) {
    var stopwatch = new Stopwatch(MAX_PASSES, terms.seconds / 2, terms.seconds);
    stopwatch.warmUp(questions, asking);
    return stopwatch.time(questions, asking);
  }

  private static Timing median(List<Timing> timings) {
    return timings.stream()
        .sorted((a, b) -> Double.compare(a.queriesPerSecond(), b.queriesPerSecond()))
        .toList()
        .get(timings.size() / 2);
  }
}

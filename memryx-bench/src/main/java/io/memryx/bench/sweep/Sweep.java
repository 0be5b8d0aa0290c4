package io.memryx.bench.sweep;

import io.memryx.BuildReport;
import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.CollectionStats;
import io.memryx.Memryx;
import io.memryx.SearchRequest;
import io.memryx.VectorCollection;
import io.memryx.bench.dataset.Dataset;
import io.memryx.bench.dataset.Loader;
import io.memryx.bench.measure.HeapPeak;
import io.memryx.bench.measure.Machine;
import io.memryx.bench.measure.Progress;
import io.memryx.bench.measure.ScratchDirectory;
import io.memryx.bench.measure.Stopwatch;
import io.memryx.bench.measure.Timing;
import io.memryx.bench.relevance.Qrels;
import io.memryx.bench.relevance.RankMeasure;
import io.memryx.bench.relevance.Relevance;
import io.memryx.bench.sweep.SweepOptions.Extra;
import io.memryx.bench.truth.ExactCheck;
import io.memryx.bench.truth.ExactScan;
import io.memryx.bench.truth.GroundTruth;
import io.memryx.bench.truth.KnownVectors;
import io.memryx.bench.truth.Ranking;
import io.memryx.bench.truth.Recall;
import io.memryx.persistence.FileSnapshotStore;
import io.memryx.persistence.SnapshotStore;
import io.memryx.snapshot.GenerationCommit;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** One run: load, build, search at every setting, save, open again. Used once. */
final class Sweep {
  private static final String COLLECTION = "bench";

  /** The share of rows that is added while a build is searched: one of a hundred. */
  private static final int HELD_BACK = 100;

  private final Dataset dataset;
  private final SweepOptions options;
  private final Progress progress;
  private final float[][] queries;
  private final ExactScan scan;

  Sweep(Dataset dataset, SweepOptions options, Progress progress) {
    this.dataset = dataset;
    this.options = options;
    this.progress = progress;
    this.queries = dataset.queries().first(Math.min(options.queries(), dataset.queries().rows()));
    this.scan = new ExactScan(dataset.base(), options.metric());
  }

  /** What is known before the collection is dropped and opened again from disk. */
  private record Before(
      Loaded loaded,
      GroundTruth truth,
      Searched searched,
      Optional<SweepReport.Exactness> exactness,
      List<SweepReport.Judged> relevance,
      double saveSeconds,
      long diskBytes) {}

  /** The builds of everything. */
  private record Loaded(SweepReport.Build build, Optional<SearchedBuild.Outcome> searchedBuild) {}

  /** Every setting's row, and what it answered. */
  private record Searched(List<SweepReport.Row> rows, Map<Setting, Answers> answers) {
    Answers answers(Setting setting) {
      return Objects.requireNonNull(answers.get(setting), setting.label());
    }
  }

  SweepReport run() throws IOException {
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      Before before = beforeRestart(scratch.path());
      // The first collection is out of reach by now: a restart must not need twice its heap.
      SweepReport.Restart restart = restart(scratch.path(), before);
      return new SweepReport(
          surroundings(),
          before.loaded.build,
          before.searched.rows,
          before.truth.source(),
          before.loaded.searchedBuild,
          before.exactness,
          before.relevance,
          restart);
    }
  }

  private SweepReport.Surroundings surroundings() {
    return new SweepReport.Surroundings(
        "%s, %d x %d, %d queries"
            .formatted(
                dataset.name(), dataset.base().rows(), dataset.base().dimension(), queries.length),
        options.metric(),
        options.compression(),
        options.seed(),
        Machine.hardware(),
        Machine.jvm(),
        Machine.flags(),
        Memryx.kernels());
  }

  private Before beforeRestart(Path directory) throws IOException {
    try (SnapshotStore snapshots = FileSnapshotStore.open(directory)) {
      var saving = new TimedCommit(snapshots, COLLECTION);
      VectorCollection collection =
          Memryx.collection(
              COLLECTION,
              new CollectionOptions(
                  dataset.base().dimension(), options.metric(), options.compression()),
              saving);
      Loaded loaded = load(collection);
      GroundTruth truth = truth();
      Searched searched = search(collection, truth);
      Optional<SweepReport.Exactness> exactness =
          options.extras().contains(Extra.CHECK_EXACT)
              ? Optional.of(exactness(searched.answers(new Setting.Exact())))
              : Optional.empty();
      List<SweepReport.Judged> relevance =
          options.extras().contains(Extra.RELEVANCE) ? relevance(searched, truth) : List.of();
      return new Before(
          loaded, truth, searched, exactness, relevance, saving.seconds(), saving.bytes());
    }
  }

  private Loaded load(VectorCollection collection) {
    try (HeapPeak heap = new HeapPeak()) {
      int rows = rowsToLoad();
      progress.stage("adding " + rows + " vectors");
      long start = System.nanoTime();
      Loader.upsert(collection, dataset.base(), 0, rows);
      double upsertSeconds = secondsSince(start);
      Optional<SearchedBuild.Outcome> searchedBuild =
          options.extras().contains(Extra.SEARCH_DURING_BUILD)
              ? Optional.of(searchedBuild(collection, rows))
              : Optional.empty();
      BuildReport report = build(collection);
      CollectionStats stats = collection.stats();
      requireEverything(stats);
      SweepReport.Build build =
          new SweepReport.Build(
              options.threads(),
              upsertSeconds,
              report,
              stats,
              heap.withGarbageBytes(),
              heap.afterCollectionBytes());
      return new Loaded(build, searchedBuild);
    }
  }

  private int rowsToLoad() {
    int rows = dataset.base().rows();
    return options.extras().contains(Extra.SEARCH_DURING_BUILD) ? rows - rows / HELD_BACK : rows;
  }

  private SearchedBuild.Outcome searchedBuild(VectorCollection collection, int loaded) {
    progress.stage("building while searching");
    var searched =
        new SearchedBuild(
            collection, dataset.base(), new KnownVectors(dataset.base(), scan), options.seed());
    try (ExecutorService workers = workers()) {
      SearchedBuild.Outcome outcome = searched.run(request(workers), loaded);
      Loader.upsert(collection, dataset.base(), loaded + outcome.added(), dataset.base().rows());
      return outcome;
    }
  }

  private BuildReport build(VectorCollection collection) {
    try (ExecutorService workers = workers()) {
      return collection.build(
          request(workers).withProgress(done -> progress.stage("building: phase " + done.phase())));
    }
  }

  private BuildRequest request(ExecutorService workers) {
    return BuildRequest.defaults()
        .withSeed(options.seed())
        .withParallelism(options.threads(), workers);
  }

  private ExecutorService workers() {
    return Executors.newFixedThreadPool(Math.max(1, options.threads() - 1));
  }

  private void requireEverything(CollectionStats stats) {
    if (stats.vectors() != dataset.base().rows()) {
      throw new IllegalStateException(
          "the collection holds %d vectors, expected %d"
              .formatted(stats.vectors(), dataset.base().rows()));
    }
  }

  private GroundTruth truth() {
    progress.stage("true neighbors");
    return GroundTruth.of(dataset, options.metric(), queries, options.k(), options.threads());
  }

  private Searched search(VectorCollection collection, GroundTruth truth) {
    List<SweepReport.Row> rows = new ArrayList<>();
    Map<Setting, Answers> answers = new HashMap<>();
    for (Setting setting : options.settings()) {
      progress.stage("searching: " + setting.label());
      Answers answered = Answers.of(collection, setting, queries, options.k());
      Recall recall = new Recall(scan, options.k());
      answered.count(recall, queries, truth.rankings());
      Timing timing = time(collection, setting);
      rows.add(
          new SweepReport.Row(
              setting,
              recall.withTies(),
              recall.byId(),
              recallInTwiceAsMany(collection, setting, truth),
              timing));
      answers.put(setting, answered);
    }
    return new Searched(rows, answers);
  }

  private double recallInTwiceAsMany(
      VectorCollection collection, Setting setting, GroundTruth truth) {
    Recall recall = Recall.inTwiceAsMany(scan, options.k());
    Answers.of(collection, setting, queries, 2 * options.k())
        .count(recall, queries, truth.rankings());
    return recall.withTies();
  }

  private Timing time(VectorCollection collection, Setting setting) {
    Stopwatch.Asking<RuntimeException> asking =
        query -> collection.search(setting.applyTo(SearchRequest.of(queries[query], options.k())));
    options.stopwatch().warmUp(queries.length, asking);
    return options.stopwatch().time(queries.length, asking);
  }

  private SweepReport.Exactness exactness(Answers exact) {
    progress.stage("exact answers against brute force");
    List<Ranking> truth = scan.nearest(queries, options.k(), options.threads());
    var check = new ExactCheck(scan);
    for (int query = 0; query < queries.length; query++) {
      check.add(queries[query], truth.get(query), exact.perQuery().get(query));
    }
    return new SweepReport.Exactness(check.queries(), check.mismatches(), check.firstMismatch());
  }

  private List<SweepReport.Judged> relevance(Searched searched, GroundTruth truth)
      throws IOException {
    Qrels qrels = Qrels.of(dataset);
    var exact = new Relevance.Rankings(truth.rankings().stream().map(Ranking::copyOfRows).toList());
    List<SweepReport.Judged> judged = new ArrayList<>();
    for (Setting setting : options.settings()) {
      Relevance.Rankings answers = searched.answers(setting).rankings();
      for (RankMeasure measure : RankMeasure.values()) {
        judged.add(
            new SweepReport.Judged(
                setting, Relevance.of(measure, qrels, answers, exact, options.k())));
      }
    }
    return judged;
  }

  private SweepReport.Restart restart(Path directory, Before before) {
    progress.stage("opening again");
    long start = System.nanoTime();
    try (SnapshotStore snapshots = FileSnapshotStore.open(directory)) {
      VectorCollection collection =
          snapshots
              .load(COLLECTION, meta -> Memryx.assemble(COLLECTION, meta, GenerationCommit.NONE))
              .orElseThrow(() -> new IllegalStateException("the saved snapshot is not there"))
              .collection();
      collection.search(SearchRequest.of(queries[0], options.k()));
      double firstAnswerSeconds = secondsSince(start);
      Answers answers = Answers.of(collection, new Setting.Default(), queries, options.k());
      return new SweepReport.Restart(
          before.saveSeconds,
          before.diskBytes,
          firstAnswerSeconds,
          before.searched.answers(new Setting.Default()).differences(answers));
    }
  }

  private static double secondsSince(long startNanos) {
    return Duration.ofNanos(System.nanoTime() - startNanos).toNanos() / 1e9;
  }
}

package io.memryx.bench.durability;

import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Entry;
import io.memryx.Memryx;
import io.memryx.StoreOptions;
import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import io.memryx.bench.measure.Latencies;
import io.memryx.bench.measure.Progress;
import io.memryx.bench.measure.TableReport;
import io.memryx.persistence.DurabilityOptions;
import io.memryx.persistence.DurableVectorStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The measurements of {@link DurabilityCommand}. Used once. */
final class DurabilityRun {
  private static final int[] BATCHES = {1, 100, 1_000};
  private static final int[] CLIENTS = {1, 16};
  private static final int LOADED_BATCH = 1_000;

  /** Different vectors; more would only fill the heap. */
  private static final int POOL = 4_096;

  /**
   * Ids that the clients of a setting upsert in turn, shared out among them: the collection stays
   * small, and as large with many clients as with one. What is replaced has to be copied and
   * collected, which would be taken for their contention otherwise.
   */
  private static final int IDS = 32_000;

  private static final double GB = 1e9;

  private final CollectionOptions options;
  private final Terms terms;
  private final TableReport report;
  private final Progress progress;
  private final float[][] pool;

  /**
   * How much to do.
   *
   * @param seconds of upserts in each setting, half of it again as a warm-up
   * @param replayed entries in the log that is replayed
   * @param built entries that are built and opened
   */
  record Terms(double seconds, int replayed, int built) {}

  /** What a store promises when an upsert returns. */
  private enum Promise {
    FSYNC,
    ASYNC,
    OFF;

    VectorStore open(Path directory) {
      return switch (this) {
        case FSYNC ->
            DurableVectorStore.open(directory, StoreOptions.defaults(), DurabilityOptions.fsync());
        case ASYNC ->
            DurableVectorStore.open(
                directory,
                StoreOptions.defaults(),
                DurabilityOptions.async(Duration.ofMillis(100)));
        case OFF -> Memryx.inMemory();
      };
    }
  }

  DurabilityRun(CollectionOptions options, Terms terms, TableReport report, Progress progress) {
    this.options = options;
    this.terms = terms;
    this.report = report;
    this.progress = progress;
    var random = new SplittableRandom(17);
    this.pool = new float[POOL][options.dimension()];
    for (float[] vector : pool) {
      for (int i = 0; i < vector.length; i++) {
        vector[i] = (float) random.nextGaussian();
      }
    }
  }

  void measure(Path directory) throws IOException, InterruptedException, ExecutionException {
    for (int clients : CLIENTS) {
      for (int batch : BATCHES) {
        for (Promise promise : Promise.values()) {
          Path store = directory.resolve("upserts-%s-%d-%d".formatted(promise, batch, clients));
          upserts(promise, store, batch, clients);
        }
      }
    }
    replay(directory.resolve("replayed"));
    for (Compression compression : List.of(Compression.COMPACT, Compression.LOSSLESS)) {
      build(directory.resolve("built-" + compression), compression);
    }
  }

  // ---- upserts

  private void upserts(Promise promise, Path directory, int batch, int clients)
      throws InterruptedException, ExecutionException {
    String setting = "%s, batches of %,d, clients %d".formatted(promise, batch, clients);
    progress.stage("upserts, " + setting);
    try (VectorStore store = promise.open(directory);
        ExecutorService threads = Executors.newFixedThreadPool(clients)) {
      VectorCollection collection = store.collection("upserts", options);
      upserts(collection, threads, new Client(batch, clients), terms.seconds / 2);
      long begin = System.nanoTime();
      List<Latencies> latencies =
          upserts(collection, threads, new Client(batch, clients), terms.seconds);
      double seconds = (System.nanoTime() - begin) / 1e9;
      int calls = latencies.stream().mapToInt(Latencies::size).sum();
      report.add("upserts", setting, calls * (double) batch / seconds, "entries/s");
      Latencies.Percentiles all = latencies.getFirst().percentiles();
      report.add("upsert call, p50", setting, all.p50(), "µs");
      report.add("upsert call, p99", setting, all.p99(), "µs");
    }
  }

  private record Client(int batch, int clients) {}

  private List<Latencies> upserts(
      VectorCollection collection, ExecutorService threads, Client kind, double seconds)
      throws InterruptedException, ExecutionException {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    List<Future<Latencies>> running = new ArrayList<>();
    for (int client = 0; client < kind.clients(); client++) {
      String prefix = "client-" + client + "-";
      running.add(threads.submit(() -> upsertUntil(end, collection, prefix, kind)));
    }
    List<Latencies> done = new ArrayList<>();
    for (Future<Latencies> each : running) {
      done.add(each.get());
    }
    return done;
  }

  private Latencies upsertUntil(long end, VectorCollection collection, String prefix, Client kind) {
    var latencies = new Latencies();
    int ids = IDS / kind.clients();
    for (int from = 0; System.nanoTime() < end; from = (from + kind.batch()) % ids) {
      List<Entry> entries = entries(prefix, from, kind.batch());
      long begin = System.nanoTime();
      collection.upsert(entries);
      latencies.add(System.nanoTime() - begin);
    }
    return latencies;
  }

  private List<Entry> entries(String prefix, int from, int count) {
    List<Entry> entries = new ArrayList<>(count);
    for (int i = from; i < from + count; i++) {
      entries.add(Entry.of(prefix + i, pool[i % POOL]));
    }
    return entries;
  }

  private void load(VectorCollection collection, int count) {
    for (int from = 0; from < count; from += LOADED_BATCH) {
      collection.upsert(entries("entry-", from, Math.min(LOADED_BATCH, count - from)));
    }
  }

  // ---- restarts

  private void replay(Path directory) throws IOException {
    String setting = "%,d entries, never built".formatted(terms.replayed);
    progress.stage("writing the log, " + setting);
    try (VectorStore store =
        DurableVectorStore.open(directory, StoreOptions.defaults(), DurabilityOptions.os())) {
      load(store.collection("replayed", options), terms.replayed);
    }
    progress.stage("replay, " + setting);
    long bytes = size(directory, "wal-");
    double seconds = open(directory, "replayed", terms.replayed);
    report.add("log", setting, (double) bytes, "bytes");
    report.add("log, each entry", setting, (double) bytes / terms.replayed, "bytes");
    report.add("replay", setting, seconds, "s");
    report.add("replay", setting, terms.replayed / seconds, "entries/s");
    report.add("replay", setting, seconds / (bytes / GB), "s/GB");
  }

  private void build(Path directory, Compression compression) throws IOException {
    String setting = "%,d entries, %s".formatted(terms.built, compression);
    progress.stage("build, " + setting);
    double vectors = (double) terms.built * options.dimension() * Float.BYTES;
    OptionalLong before = WrittenBytes.soFar();
    OptionalLong logged;
    try (VectorStore store = DurableVectorStore.open(directory)) {
      VectorCollection collection = store.collection("built", options.withCompression(compression));
      load(collection, terms.built);
      logged = WrittenBytes.soFar();
      collection.build(BuildRequest.defaults());
    }
    OptionalLong after = WrittenBytes.soFar();
    if (before.isPresent() && logged.isPresent() && after.isPresent()) {
      report.add(
          "written by the log : vectors",
          setting,
          (logged.getAsLong() - before.getAsLong()) / vectors,
          "×");
      report.add(
          "written by the build : vectors",
          setting,
          (after.getAsLong() - logged.getAsLong()) / vectors,
          "×");
    }
    long bytes = size(directory, "snap-");
    double seconds = open(directory, "built", terms.built);
    report.add("snapshot", setting, (double) bytes, "bytes");
    report.add("open", setting, seconds, "s");
    report.add("open", setting, seconds / (bytes / GB), "s/GB");
  }

  /** Seconds that it takes to open a store, which must hold so many entries. */
  private static double open(Path directory, String collection, int entries) {
    long begin = System.nanoTime();
    try (VectorStore store = DurableVectorStore.open(directory)) {
      double seconds = (System.nanoTime() - begin) / 1e9;
      int found = store.find(collection).orElseThrow().size();
      if (found != entries) {
        throw new IllegalStateException("%,d entries, expected %,d".formatted(found, entries));
      }
      return seconds;
    }
  }

  /** Bytes of the files whose names begin so; parts of a file that were never written count too. */
  private static long size(Path directory, String beginning) throws IOException {
    long bytes = 0;
    try (var files = Files.walk(directory)) {
      for (Path file : files.toList()) {
        Path name = file.getFileName();
        if (name != null && name.toString().startsWith(beginning)) {
          bytes += Files.size(file);
        }
      }
    }
    return bytes;
  }
}

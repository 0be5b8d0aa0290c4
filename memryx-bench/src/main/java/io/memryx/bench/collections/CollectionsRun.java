package io.memryx.bench.collections;

import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Entry;
import io.memryx.Memryx;
import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import io.memryx.bench.measure.Progress;
import io.memryx.bench.measure.Stopwatch;
import io.memryx.bench.measure.TableReport;
import io.memryx.persistence.DurableVectorStore;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Many small collections, first in memory, then in a directory. One thread. Used once. */
final class CollectionsRun {
  private static final long SEED = 10_000;

  /** Collections that are made only to be dropped. */
  private static final int DROPPED = 20;

  /** What a soft reference or a cleaner holds is gone after the last of so many collections. */
  private static final int GARBAGE_COLLECTIONS = 4;

  private final CollectionOptions options;
  private final Terms terms;
  private final TableReport report;
  private final Progress progress;
  private final Random random = new Random(SEED);

  /**
   * How much to do.
   *
   * @param count collections in memory, for each number of entries; 0: none
   * @param stored collections in a directory; 0: none
   * @param entries of each
   * @param opens how often the directory is opened
   */
  record Terms(int count, int stored, int entries, int opens) {}

  CollectionsRun(CollectionOptions options, Terms terms, TableReport report, Progress progress) {
    this.options = options;
    this.terms = terms;
    this.report = report;
    this.progress = progress;
  }

  /** Measures all; collections that a directory has already are opened instead of made. */
  TableReport measure(Path directory) throws IOException {
    if (terms.count > 0) {
      // The first round is the compiler's and the class loader's.
      heapOf(terms.entries, new TableReport("", ""));
      IntStream.of(0, 1, terms.entries).distinct().forEach(entries -> heapOf(entries, report));
    }
    if (terms.stored > 0) {
      if (!hasCollections(directory)) {
        store(directory);
      }
      files(directory);
      for (int time = 1; time <= terms.opens; time++) {
        open(directory, time);
      }
    }
    return report;
  }

  private void heapOf(int entries, TableReport report) {
    String setting = "%,d in memory, %,d entries each".formatted(terms.count, entries);
    progress.stage(setting);
    List<Entry> batch = entries(entries);
    try (VectorStore store = Memryx.inMemory()) {
      long before = usedHeap();
      long start = System.nanoTime();
      for (int number = 0; number < terms.count; number++) {
        fill(store, name(number), batch);
      }
      long nanos = System.nanoTime() - start;
      double each = (double) (usedHeap() - before) / store.collections().size();
      report.add("create, all", setting, nanos / 1e9, "s");
      report.add("heap, each", setting, each, "bytes");
    }
  }

  private static String name(int number) {
    return "collection-%06d".formatted(number);
  }

  private VectorCollection fill(VectorStore store, String name, List<Entry> batch) {
    VectorCollection collection = store.collection(name, options);
    if (!batch.isEmpty()) {
      collection.upsert(batch);
    }
    return collection;
  }

  private List<Entry> entries(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            number -> {
              float[] vector = new float[options.dimension()];
              for (int i = 0; i < vector.length; i++) {
                vector[i] = (float) random.nextGaussian();
              }
              return Entry.of("entry-" + number, vector);
            })
        .toList();
  }

  private static long usedHeap() {
    for (int i = 0; i < GARBAGE_COLLECTIONS; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private String storedSetting() {
    return "%,d stored, %,d entries each".formatted(terms.stored, terms.entries);
  }

  private static boolean hasCollections(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (var found = Files.list(directory)) {
      return found.anyMatch(Files::isDirectory);
    }
  }

  private void store(Path directory) {
    progress.stage(storedSetting());
    List<Entry> batch = entries(terms.entries);
    try (VectorStore store = DurableVectorStore.open(directory)) {
      double[] created = new double[terms.stored];
      for (int number = 0; number < terms.stored; number++) {
        created[number] = build(store, name(number), batch);
      }
      double median = Stopwatch.median(created);
      report.add("create and build, median", storedSetting(), median, "ms");
      double[] dropped = new double[DROPPED];
      for (int number = 0; number < DROPPED; number++) {
        String name = "dropped-" + number;
        build(store, name, batch);
        long start = System.nanoTime();
        store.drop(name);
        dropped[number] = (System.nanoTime() - start) / 1e6;
      }
      report.add("drop, median", storedSetting(), Stopwatch.median(dropped), "ms");
    }
  }

  /** Milliseconds that making a collection durable takes. */
  private double build(VectorStore store, String name, List<Entry> batch) {
    long start = System.nanoTime();
    fill(store, name, batch).build(BuildRequest.defaults());
    return (System.nanoTime() - start) / 1e6;
  }

  private void files(Path directory) throws IOException {
    List<Path> files;
    try (var found = Files.walk(directory)) {
      files = found.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).toList();
    }
    long bytes = 0;
    var seen = new HashSet<Object>();
    for (Path file : files) {
      // A name more for the same file takes nothing.
      if (seen.add(Files.readAttributes(file, BasicFileAttributes.class).fileKey())) {
        bytes += Files.size(file);
      }
    }
    report.add("on disk, each", storedSetting(), (double) bytes / terms.stored, "bytes");
    report.add("names, each", storedSetting(), (double) files.size() / terms.stored, "files");
  }

  private void open(Path directory, int time) {
    progress.stage("opening, %d of %d".formatted(time, terms.opens));
    long before = usedHeap();
    long start = System.nanoTime();
    try (VectorStore store = DurableVectorStore.open(directory)) {
      long nanos = System.nanoTime() - start;
      int opened = store.collections().size();
      if (opened != terms.stored) {
        throw new IllegalStateException(
            "%s has %,d collections, %,d were asked for: give --stored %d, or another --store"
                .formatted(directory, opened, terms.stored, opened));
      }
      double each = (double) (usedHeap() - before) / opened;
      report.add("open, all, time " + time, storedSetting(), nanos / 1e9, "s");
      report.add("heap, each, time " + time, storedSetting(), each, "bytes");
    }
  }
}

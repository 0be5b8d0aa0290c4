package io.memryx.persistence.internal.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Entry;
import io.memryx.Metadata;
import io.memryx.Metric;
import io.memryx.Neighbor;
import io.memryx.SearchRequest;
import io.memryx.VectorCollection;
import io.memryx.persistence.DurableVectorStore;
import io.memryx.persistence.internal.disk.DiskFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes the golden stores of the current format version and, beside each, what searches of it
 * found: {@code format-N-store} and {@code format-N-answers.txt} in the directory that is its
 * argument, with a collection of each compression and metric, large enough for an index; {@code
 * format-N-log-store} and its answers, with changes that were logged after a build. Run once for a
 * new version; what it wrote is committed and never edited, so that every later Memryx proves that
 * it still reads it and still gives those answers.
 */
final class GoldenStore {
  /** Few more than an index takes. */
  private static final int ENTRIES = 4_160;

  private static final int DIMENSION = 8;
  private static final int NEIGHBORS = 5;

  private GoldenStore() {}

  public static void main(String[] arguments) throws IOException {
    write(Path.of(arguments[0]));
    writeLogged(Path.of(arguments[0]));
  }

  /** What a golden store is filled with. */
  private interface Content {
    void into(DurableVectorStore store);
  }

  /** Writes a store of built collections, and its answers, into a directory that has neither. */
  static void write(Path golden) throws IOException {
    write(golden, "format-" + SnapshotHeader.MAJOR, GoldenStore::fillAndBuild);
  }

  /** Writes a store of which half is in the log. */
  static void writeLogged(Path golden) throws IOException {
    write(golden, "format-" + SnapshotHeader.MAJOR + "-log", GoldenStore::fillAndBuildHalf);
  }

  private static void write(Path golden, String version, Content content) throws IOException {
    Path directory = Files.createDirectory(golden.resolve(version + "-store"));
    var next = new AtomicLong();
    try (var snapshots =
            FileStore.open(new DiskFiles(), directory, () -> new UUID(0, next.incrementAndGet()));
        var store = DurableVectorStore.open(snapshots, "")) {
      content.into(store);
      Files.write(golden.resolve(version + "-answers.txt"), answers(store), UTF_8);
    }
    // Whoever opens a store locks it anew.
    Files.delete(directory.resolve(StoreNames.LOCK));
  }

  private static void fillAndBuild(DurableVectorStore store) {
    for (Compression compression : Compression.values()) {
      for (Metric metric : Metric.values()) {
        var options = new CollectionOptions(DIMENSION, metric, compression);
        VectorCollection collection = store.collection(name(options), options);
        collection.upsert(entries());
        collection.build(BuildRequest.defaults());
      }
    }
  }

  private static void fillAndBuildHalf(DurableVectorStore store) {
    var options = new CollectionOptions(DIMENSION, Metric.L2, Compression.LOSSLESS);
    VectorCollection collection = store.collection(name(options), options);
    List<Entry> entries = entries();
    int half = ENTRIES / 2;
    collection.upsert(entries.subList(0, half));
    collection.build(BuildRequest.defaults());
    collection.upsert(List.of(Entry.of("gone", entries.getFirst().vector())));
    collection.upsert(entries.subList(half, ENTRIES));
    collection.upsert(entries.subList(0, 10));
    collection.delete(List.of("gone", "never there"));
  }

  private static String name(CollectionOptions options) {
    return (options.compression() + "-" + options.metric()).toLowerCase(Locale.ROOT);
  }

  /** What every collection of the store holds. */
  static List<Entry> entries() {
    var random = new SplittableRandom(2);
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < ENTRIES; i++) {
      entries.add(Entry.of("id-" + i, vector(random), Metadata.of("number", Integer.toString(i))));
    }
    return entries;
  }

  private static float[] vector(SplittableRandom random) {
    float[] vector = new float[DIMENSION];
    for (int component = 0; component < DIMENSION; component++) {
      vector[component] = (float) random.nextDouble(-1, 1);
    }
    return vector;
  }

  /**
   * What searches of every whole code, and of both tiers, find: a line for each neighbor, with the
   * collection, the search, id and score between blanks.
   */
  static List<String> answers(DurableVectorStore store) {
    List<String> lines = new ArrayList<>();
    for (VectorCollection collection : store.collections()) {
      var random = new SplittableRandom(3);
      for (int query = 0; query < 5; query++) {
        SearchRequest request = SearchRequest.of(vector(random), NEIGHBORS);
        addLines(lines, collection, query + "-exact", request.exact());
        addLines(lines, collection, query + "-tiers", request.withRerank(1_000));
      }
    }
    return lines;
  }

  private static void addLines(
      List<String> lines, VectorCollection collection, String search, SearchRequest request) {
    for (Neighbor neighbor : collection.search(request).neighbors()) {
      lines.add(collection.name() + " " + search + " " + neighbor.id() + " " + neighbor.score());
    }
  }
}

package io.memryx.persistence.damage;

import static org.junit.jupiter.api.Assertions.fail;

import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Entry;
import io.memryx.Metadata;
import io.memryx.Metric;
import io.memryx.VectorCollection;
import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.internal.disk.MemoryFiles;
import io.memryx.persistence.internal.file.MemoryStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A store of two collections, each with two snapshots and a log, that was closed; of which files
 * are damaged one after the other. Not thread-safe.
 */
final class StoreUnderDamage {
  private static final CollectionOptions OPTIONS = CollectionOptions.of(8).withMetric(Metric.DOT);

  private final MemoryFiles files;
  private final Map<String, Map<String, Entry>> expected;

  /** What came of a damage. */
  enum Outcome {
    /** The store opened, and held exactly what it should. */
    IDENTICAL,
    /** The store did not open, and said which file is damaged. */
    REFUSED
  }

  private StoreUnderDamage(MemoryFiles files, Map<String, Map<String, Entry>> expected) {
    this.files = files;
    this.expected = expected;
  }

  /**
   * A store whose collection "docs" has so many batches of eight entries in the newest snapshot,
   * and so many in the log after it.
   */
  static StoreUnderDamage of(Size size) {
    var files = new MemoryFiles();
    try (var store = MemoryStore.open(files)) {
      for (String name : List.of("docs", "others")) {
        VectorCollection collection = store.vectors().collection(name, OPTIONS);
        IntStream.range(0, size.batchesBuilt() / 2).forEach(it -> upsert(collection, it));
        collection.build(BuildRequest.defaults());
        IntStream.range(size.batchesBuilt() / 2, size.batchesBuilt())
            .forEach(it -> upsert(collection, it));
        collection.delete(List.of("3", "9"));
        collection.build(BuildRequest.defaults());
        IntStream.range(0, size.batchesLogged()).forEach(it -> upsert(collection, it * 2));
        collection.delete(List.of("4"));
      }
    }
    return new StoreUnderDamage(files, contents(files));
  }

  /**
   * How much is in a store.
   *
   * @param batchesBuilt batches of eight entries in the newest snapshot, half of them in the older
   * @param batchesLogged batches of eight entries in the log since
   */
  record Size(int batchesBuilt, int batchesLogged) {}

  private static void upsert(VectorCollection collection, int batch) {
    collection.upsert(
        IntStream.range(8 * batch, 8 * batch + 8)
            .mapToObj(
                id ->
                    Entry.of(
                        Integer.toString(id),
                        new float[] {id, batch, 1, 2, 3, 4, 5, collection.size()},
                        Metadata.of("field", "value " + id)))
            .toList());
  }

  private static Map<String, Map<String, Entry>> contents(MemoryFiles files) {
    try (var store = MemoryStore.open(files)) {
      return store.vectors().collections().stream()
          .collect(Collectors.toMap(VectorCollection::name, StoreUnderDamage::entries));
    }
  }

  private static Map<String, Entry> entries(VectorCollection collection) {
    try (Stream<Entry> entries = collection.entries()) {
      return entries.collect(Collectors.toMap(Entry::id, it -> it, (one, _) -> one, TreeMap::new));
    }
  }

  /** The same, for another thread. */
  StoreUnderDamage copy() {
    return new StoreUnderDamage(files.copy(), expected);
  }

  /** All files of a collection whose names begin so, in order. */
  List<Path> files(String collection, String beginning) {
    List<Path> found = new ArrayList<>();
    try {
      found.addAll(files.list(directory(collection)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    found.removeIf(file -> !file.getFileName().toString().startsWith(beginning));
    return found;
  }

  private Path directory(String collection) {
    try {
      return files.list(MemoryStore.ROOT).stream()
          .filter(it -> it.getFileName().toString().startsWith(collection))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The bytes of a file. */
  byte[] bytes(Path file) {
    return files.bytes(file);
  }

  /** Which generation the newest one is. */
  MemoryStore.Manifested newest(String collection) {
    return MemoryStore.generations(files).stream()
        .filter(it -> it.manifest().startsWith(directory(collection)))
        .findFirst()
        .orElseThrow();
  }

  /** What comes of one flipped bit. */
  Outcome flipped(Path file, long bit) {
    byte[] bytes = files.bytes(file);
    bytes[(int) (bit / 8)] ^= (byte) (1 << bit % 8);
    return replaced(Map.of(file, bytes));
  }

  /** What comes of a file that ends early, or after zeros. */
  Outcome cut(Path file, int length) {
    return replaced(Map.of(file, Arrays.copyOf(files.bytes(file), length)));
  }

  /** What comes of files with other bytes; afterwards they have their own again. */
  Outcome replaced(Map<Path, byte[]> others) {
    Map<Path, byte[]> own =
        others.keySet().stream().collect(Collectors.toMap(it -> it, files::bytes));
    others.forEach(files::damage);
    try {
      return outcome(files, others.keySet());
    } finally {
      own.forEach(files::damage);
    }
  }

  /** What comes of files that are not there. */
  Outcome missing(List<Path> lost) {
    MemoryFiles left = files.copy();
    try {
      for (Path file : lost) {
        left.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return outcome(left, lost);
  }

  private Outcome outcome(MemoryFiles damaged, Object what) {
    Map<String, Map<String, Entry>> found;
    try {
      found = contents(damaged);
    } catch (CorruptSnapshotException e) {
      return Outcome.REFUSED;
    }
    if (!expected.equals(found)) {
      fail("damage to %s: %s".formatted(what, difference(found)));
    }
    return Outcome.IDENTICAL;
  }

  /** What of the contents is not as expected, shortly. */
  private String difference(Map<String, Map<String, Entry>> found) {
    return expected.entrySet().stream()
        .map(
            collection -> {
              Map<String, Entry> there = found.getOrDefault(collection.getKey(), Map.of());
              Map<String, Entry> all = collection.getValue();
              long same =
                  all.entrySet().stream().filter(it -> there.entrySet().contains(it)).count();
              return "of '%s' %d entries expected, %d found, of which %d are as they were"
                  .formatted(collection.getKey(), all.size(), there.size(), same);
            })
        .collect(Collectors.joining(", "));
  }
}

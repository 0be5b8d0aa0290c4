package io.memryx.persistence.internal.file;

import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Entry;
import io.memryx.Metadata;
import io.memryx.StoreOptions;
import io.memryx.VectorCollection;
import io.memryx.persistence.DurabilityOptions;
import io.memryx.persistence.DurableVectorStore;
import io.memryx.persistence.internal.disk.MemoryFiles;
import io.memryx.persistence.internal.disk.StoreFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** An open store with a collection of numbered entries, for tests of what is done to stores. */
record TestStore(FileStore files, DurableVectorStore store) implements AutoCloseable {
  static final Path ROOT = Path.of("/store");
  static final String NAME = "docs";
  static final Path DIRECTORY = ROOT.resolve(StoreNames.directory(NAME, 0));
  static final CollectionOptions OPTIONS = CollectionOptions.of(4);

  static TestStore open(StoreFiles files) {
    return open(files, ROOT);
  }

  static TestStore open(StoreFiles files, DurabilityOptions durability) {
    return open(files, ROOT, durability);
  }

  static TestStore open(StoreFiles files, Path root) {
    return open(files, root, DurabilityOptions.fsync());
  }

  static TestStore open(StoreFiles files, Path root, DurabilityOptions durability) {
    FileStore opened = FileStore.open(files, root, UUID::randomUUID, durability);
    try {
      return new TestStore(opened, DurableVectorStore.open(opened, "", StoreOptions.defaults()));
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  VectorCollection docs() {
    return store.collection(NAME, OPTIONS);
  }

  /** Adds entries of these numbers, as one batch. */
  void add(int from, int to) {
    docs().upsert(entries(from, to));
  }

  static List<Entry> entries(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> Entry.of(id(i), new float[] {i, 1, 2, -i}, Metadata.of("n", "m" + i)))
        .toList();
  }

  void build() {
    docs().build(BuildRequest.defaults());
  }

  Set<Integer> numbers() {
    return store
        .find(NAME)
        .map(docs -> docs.entries().map(TestStore::number).collect(Collectors.toSet()))
        .orElse(Set.of());
  }

  private static int number(Entry entry) {
    return Integer.parseInt(entry.id().substring("id-".length()));
  }

  static Set<Integer> upTo(int end) {
    return range(0, end);
  }

  static Set<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().collect(Collectors.toSet());
  }

  static String id(int number) {
    return "id-" + number;
  }

  @Override
  public void close() {
    try (files) {
      store.close();
    }
  }

  /** What the store holds when it is opened. */
  static Set<Integer> found(StoreFiles files) {
    return found(files, ROOT);
  }

  /** What a store holds when it is opened. */
  static Set<Integer> found(StoreFiles files, Path root) {
    try (TestStore opened = open(files, root)) {
      return opened.numbers();
    }
  }

  /** Entries 0 to 60, in batches of ten; built after 20 and after 40; three openings. */
  static MemoryFiles builtTwice() {
    var files = new MemoryFiles();
    for (int opening = 0; opening < 3; opening++) {
      try (TestStore store = open(files, ROOT)) {
        store.add(20 * opening, 20 * opening + 10);
        store.add(20 * opening + 10, 20 * opening + 20);
        if (opening < 2) {
          store.build();
        }
      }
    }
    return files.copy();
  }

  static List<String> names(MemoryFiles files, String prefix) throws IOException {
    return new DirectoryListing(files, DIRECTORY)
        .list().stream().filter(name -> name.startsWith(prefix)).toList();
  }

  static void flip(MemoryFiles files, String name, int offset) {
    byte[] bytes = files.bytes(DIRECTORY.resolve(name));
    bytes[offset] ^= 1;
    files.damage(DIRECTORY.resolve(name), bytes);
  }

  /** Every file below a directory and a digest of its bytes. */
  static TreeMap<String, Sha256> tree(MemoryFiles files, Path root) throws IOException {
    var tree = new TreeMap<String, Sha256>();
    for (Path entry : files.list(root)) {
      if (files.isDirectory(entry)) {
        tree.putAll(tree(files, entry));
      } else {
        tree.put(entry.toString(), Sha256.of(files.bytes(entry)));
      }
    }
    return tree;
  }

  /** The top directories that are there. */
  static List<String> tops(MemoryFiles files) throws IOException {
    List<String> tops = new ArrayList<>();
    files.list(Path.of("/")).forEach(top -> tops.add(StoreNames.fileName(top)));
    return new ArrayList<>(new TreeSet<>(tops));
  }
}

package io.memryx.persistence.fuzz;

import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Entry;
import io.memryx.Metadata;
import io.memryx.Metric;
import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import io.memryx.persistence.DurabilityOptions;
import io.memryx.persistence.DurableVectorStore;
import io.memryx.persistence.SampleSnapshots;
import io.memryx.persistence.SnapshotStore;
import io.memryx.persistence.internal.disk.DiskFiles;
import io.memryx.persistence.internal.file.FuzzedSnapshot;
import io.memryx.persistence.internal.file.StoreOnFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Writes what fuzzers begin with: the files of a small store, as inputs whose checksums are made
 * right. Run by hand when the format changes, with the directory that holds the inputs as its
 * argument.
 */
final class FuzzSeeds {
  private static final byte SEALED = 1;

  private FuzzSeeds() {}

  public static void main(String[] arguments) throws IOException {
    write(Path.of(arguments[0]));
  }

  /** Adds to what is there. */
  static void write(Path inputs) throws IOException {
    Path store = Files.createTempDirectory("fuzz-seeds");
    var next = new AtomicLong();
    try (SnapshotStore snapshots =
            StoreOnFiles.open(
                new DiskFiles(),
                store,
                () -> new UUID(0, next.incrementAndGet()),
                DurabilityOptions.fsync());
        VectorStore vectors = DurableVectorStore.open(snapshots, "")) {
      for (Compression compression : Compression.values()) {
        fill(vectors, compression);
      }
      fillOnly(vectors);
      collect(store, inputs);
    }
    for (Compression compression : Compression.values()) {
      put(
          inputs.resolve("snapshot").resolve("lists-" + compression),
          FuzzedSnapshot.file(SampleSnapshots.snapshot(compression, 6, 1)));
    }
  }

  private static void fill(VectorStore vectors, Compression compression) {
    var options = new CollectionOptions(2, Metric.L2, compression);
    VectorCollection collection =
        vectors.collection(compression.name().toLowerCase(Locale.ROOT), options);
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      entries.add(Entry.of("id" + i, new float[] {i, -i}, Metadata.of("n", "v" + i)));
    }
    var upserted = collection.upsert(entries);
    int deleted = collection.delete(List.of("id1", "id3"));
    assert upserted != null && deleted == 2;
    var built = collection.build(BuildRequest.defaults());
    var again = collection.upsert(List.of(Entry.of("ü", new float[] {1, 2})));
    assert built != null && again != null;
  }

  /** Without a build all changes are in one segment, whose successor is not missing. */
  private static void fillOnly(VectorStore vectors) {
    VectorCollection collection =
        vectors.collection("unbuilt", new CollectionOptions(2, Metric.L2));
    for (int i = 0; i < 4; i++) {
      var upserted =
          collection.upsert(
              List.of(
                  Entry.of("a" + i, new float[] {i, 1}, Metadata.of("n", "v")),
                  Entry.of("b" + i, new float[] {1, i})));
      int deleted = collection.delete(List.of("a" + i, "b" + (i - 1)));
      assert upserted != null && deleted > 0;
    }
  }

  private static void collect(Path store, Path inputs) throws IOException {
    try (Stream<Path> files = Files.walk(store)) {
      for (Path file : files.sorted().toList()) {
        String name = String.valueOf(file.getFileName());
        String collection = String.valueOf(store.relativize(file).getName(0)).split("-", 2)[0];
        if (name.startsWith("MANIFEST-")) {
          put(
              inputs.resolve("manifest").resolve("good-" + collection + name.substring(23)),
              Files.readAllBytes(file));
        } else if (name.startsWith("snap-")) {
          put(
              inputs.resolve("snapshot").resolve("good-" + collection + name.substring(38)),
              Files.readAllBytes(file));
        } else if (name.startsWith("wal-")) {
          String quality = collection.equals("unbuilt") ? "good-" : "other-";
          put(
              inputs.resolve("segment").resolve(quality + collection + name.substring(18)),
              withoutZeros(Files.readAllBytes(file)));
        }
      }
    }
  }

  private static byte[] withoutZeros(byte[] content) {
    int length = content.length;
    while (length > 0 && content[length - 1] == 0) {
      length--;
    }
    return Arrays.copyOf(content, length);
  }

  private static void put(Path file, byte[] content) throws IOException {
    Files.createDirectories(file.getParent());
    var input = new ByteArrayOutputStream();
    input.write(SEALED);
    input.writeBytes(content);
    Files.write(file, input.toByteArray());
  }
}

package io.memryx.persistence.internal.file;

import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Entry;
import io.memryx.Metadata;
import io.memryx.VectorCollection;
import io.memryx.persistence.DurableVectorStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes the golden store of the current format version: a collection of each compression, large
 * enough for an index. Run once for a new version; what it wrote is committed and never edited, so
 * that every later Memryx proves that it still reads it.
 */
final class GoldenStore {
  private static final int ENTRIES = 4_200;
  private static final int DIMENSION = 8;

  private GoldenStore() {}

  public static void main(String[] arguments) {
    var next = new AtomicLong();
    try (var snapshots =
            FileStore.open(
                new DiskFiles(), Path.of(arguments[0]), () -> new UUID(0, next.incrementAndGet()));
        var store = DurableVectorStore.open(snapshots, "")) {
      for (Compression compression : Compression.values()) {
        VectorCollection collection =
            store.collection(
                compression.name().toLowerCase(Locale.ROOT),
                CollectionOptions.of(DIMENSION).withCompression(compression));
        collection.upsert(entries());
        collection.build(BuildRequest.defaults());
      }
    }
  }

  /** What every collection of the store holds. */
  static List<Entry> entries() {
    var random = new SplittableRandom(2);
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < ENTRIES; i++) {
      float[] vector = new float[DIMENSION];
      for (int component = 0; component < DIMENSION; component++) {
        vector[component] = (float) random.nextDouble(-1, 1);
      }
      entries.add(Entry.of("id-" + i, vector, Metadata.of("number", Integer.toString(i))));
    }
    return entries;
  }
}

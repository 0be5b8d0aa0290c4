package io.memryx.persistence.internal.file;

import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.DurabilityOptions;
import io.memryx.persistence.DurableVectorStore;
import io.memryx.persistence.VerifyReport;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.snapshot.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * A store on any file system, such as one in memory.
 *
 * @param snapshots what keeps it
 * @param vectors the collections
 */
public record MemoryStore(FileStore snapshots, DurableVectorStore vectors)
    implements AutoCloseable {

  /** The store's directory. */
  public static final Path ROOT = Path.of("/store");

  /** Opens it as a process does that begins. */
  public static MemoryStore open(StoreFiles files) {
    return open(files, DurabilityOptions.fsync(), UUID::randomUUID);
  }

  /** Opens it with names that a test knows beforehand. */
  public static MemoryStore open(
      StoreFiles files, DurabilityOptions durability, Supplier<UUID> uuids) {
    FileStore snapshots = FileStore.open(files, ROOT, uuids, durability);
    try {
      return new MemoryStore(snapshots, DurableVectorStore.open(snapshots, ""));
    } catch (RuntimeException | Error e) {
      snapshots.close();
      throw e;
    }
  }

  /** What an inspection says of the store on these files. */
  public static VerifyReport inspect(StoreFiles files) {
    return StoreInspector.inspect(files, ROOT);
  }

  @Override
  public void close() {
    try (snapshots) {
      vectors.close();
    }
  }

  /**
   * A generation of a collection.
   *
   * @param manifest the file that commits it
   * @param snapshot the file that it names
   */
  public record Manifested(Path manifest, Path snapshot) {}

  /** The generations of all collections whose manifests are sound, newest first. */
  public static List<Manifested> generations(StoreFiles files) {
    List<Manifested> generations = new ArrayList<>();
    try {
      for (Path directory : files.list(ROOT)) {
        if (files.isDirectory(directory)) {
          generations.addAll(generations(files, directory));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return generations;
  }

  private static List<Manifested> generations(StoreFiles files, Path directory) throws IOException {
    var listing = new DirectoryListing(files, directory);
    List<Manifested> generations = new ArrayList<>();
    for (long number : GenerationChain.numbers(listing.list()).descendingSet()) {
      try {
        Manifest read = GenerationChain.readManifest(listing, number);
        if (!read.isRemoval()) {
          generations.add(
              new Manifested(
                  listing.path(StoreNames.manifest(number)), listing.path(read.image().file())));
        }
      } catch (CorruptSnapshotException _) {
        // Damaged: no generation.
      }
    }
    return generations;
  }

  /** Puts a collection there, as a store that is closed again. */
  public static void save(StoreFiles files, String key, Snapshot snapshot) {
    try (FileStore store = FileStore.open(files, ROOT, UUID::randomUUID)) {
      var _ = store.save(key, snapshot);
    }
  }
}

package io.memryx.persistence.internal.file;

import io.memryx.persistence.CopyProgress;
import io.memryx.persistence.CopyReport;
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

  /** Opens another directory, such as one that was restored. */
  public static MemoryStore open(StoreFiles files, Path directory) {
    return of(FileStore.open(files, directory, UUID::randomUUID, DurabilityOptions.fsync()));
  }

  /** Opens it with names that a test knows beforehand. */
  public static MemoryStore open(
      StoreFiles files, DurabilityOptions durability, Supplier<UUID> uuids) {
    return of(FileStore.open(files, ROOT, uuids, durability));
  }

  private static MemoryStore of(FileStore snapshots) {
    try {
      return new MemoryStore(snapshots, DurableVectorStore.open(snapshots, ""));
    } catch (RuntimeException | Error e) {
      snapshots.close();
      throw e;
    }
  }

  /** What an inspection says of the store on these files. */
  public static VerifyReport inspect(StoreFiles files) {
    return inspect(files, ROOT);
  }

  /** What an inspection says of a directory. */
  public static VerifyReport inspect(StoreFiles files, Path directory) {
    return StoreInspector.inspect(files, directory);
  }

  /** Backs it up, also beside its writer. */
  public static CopyReport backup(StoreFiles files, Path destination) {
    return BackupMaker.backup(files, ROOT, destination, CopyProgress.SILENT);
  }

  /** Makes a store of a backup, of a store or of a snapshot. */
  public static CopyReport restore(StoreFiles files, Path source, Path directory) {
    return Restorer.restore(files, source, directory, CopyProgress.SILENT);
  }

  /** Whether what lies in a directory says of itself that it is unfinished. */
  public static boolean isUnfinished(StoreFiles files, Path directory) {
    return Staging.isUnfinished(files, directory);
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
    for (long number : Generations.numbers(listing.list()).descendingSet()) {
      try {
        Manifest read = Generations.readManifest(listing, number);
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

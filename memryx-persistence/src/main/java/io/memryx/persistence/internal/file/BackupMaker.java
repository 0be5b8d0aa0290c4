package io.memryx.persistence.internal.file;

import io.memryx.persistence.CopyProgress;
import io.memryx.persistence.CopyReport;
import io.memryx.persistence.internal.disk.DiskFiles;
import io.memryx.persistence.internal.disk.IoThread;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.persistence.internal.file.FileCopier.Way;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.function.Predicate;

/** Makes backups: a store's directory with one generation of each collection, and their list. */
public final class BackupMaker {
  private BackupMaker() {}

  /** Backs a store up, also beside its writer. */
  public static CopyReport backup(
      Path store, Path destination, Predicate<String> keys, CopyProgress progress) {
    return backup(new DiskFiles(), new Order(store, destination, keys), progress);
  }

  static CopyReport backup(StoreFiles files, Path store, Path destination, CopyProgress progress) {
    return backup(files, new Order(store, destination, _ -> true), progress);
  }

  /** What is to be backed up, and where to. */
  private record Order(Path store, Path destination, Predicate<String> keys) {}

  private static CopyReport backup(StoreFiles files, Order order, CopyProgress progress) {
    return IoThread.run(
        "backup",
        () -> {
          try {
            return made(files, order, progress);
          } catch (IOException e) {
            throw StoreCopy.failure(files, order.destination, e);
          }
        });
  }

  private static CopyReport made(StoreFiles files, Order order, CopyProgress progress)
      throws IOException {
    requireStore(files, order.store);
    try (Staging staging = Staging.begin(files, order.destination)) {
      var copy = new StoreCopy(files, order.store, staging, Way.LINKED, progress);
      copy.run(order.keys);
      try (StoreFiles.Sink sink = files.create(staging.content().resolve(BackupList.FILE))) {
        SnapshotWriter.writeFully(sink, new BackupList(copy.entries()).encode());
        sink.force();
      }
      staging.unlock();
      staging.publish();
      return copy.report();
    }
  }

  /** Refuses what is no store, before it makes an empty copy of it. */
  static void requireStore(StoreFiles files, Path store) throws IOException {
    if (!files.isDirectory(store)) {
      throw new IllegalArgumentException(
          "%s is no directory: give a store's directory (the server's STORAGE_PATH)"
              .formatted(store));
    }
    if (Staging.isUnfinished(files, store)) {
      throw new IllegalArgumentException(
          "%s holds what a backup or restore left that was cut off: delete it".formatted(store));
    }
    boolean isStore = files.isFile(store.resolve(StoreNames.LOCK));
    for (Path entry : files.list(store)) {
      isStore |= files.isDirectory(entry) && isCollection(files, entry);
    }
    if (!isStore) {
      throw new IllegalArgumentException(
          "%s is not a store: give the directory that is the server's STORAGE_PATH"
              .formatted(store));
    }
  }

  private static boolean isCollection(StoreFiles files, Path directory) throws IOException {
    try {
      return !Generations.numbers(new DirectoryListing(files, directory).list()).isEmpty();
    } catch (AccessDeniedException e) {
      if (StoreNames.isCollectionDirectory(directory)) {
        throw e;
      }
      return false; // Such as lost+found on a volume.
    }
  }
}

package io.memryx.persistence;

import io.memryx.persistence.internal.file.BackupMaker;
import java.nio.file.Path;
import java.util.function.Predicate;

/**
 * A copy of a store at one moment, with a list of its files and their SHA-256 digests. The source
 * is only read, without its lock: a server may have it open. Everything that was acknowledged
 * before the backup began is in it, and maybe some of what came while it ran.
 */
public final class StoreBackup {
  private StoreBackup() {}

  /**
   * Backs a store up: of each collection the newest sound generation and the log after it.
   * Snapshots are linked where both are on one file system, the rest is copied. All of it is
   * durable and was read back before it appears under its name; if this throws, nothing appears.
   *
   * @param store a store's directory
   * @param destination a directory that is not there, or is empty
   * @throws IllegalArgumentException if there is no store, or the destination is taken
   * @throws CorruptSnapshotException if a collection has no sound generation, or a damaged log
   * @throws StorageFullException if there is too little space
   * @throws StorageUnwritableException if something can't be read or written for other reasons
   */
  public static CopyReport backup(Path store, Path destination, CopyProgress progress) {
    return backup(store, destination, _ -> true, progress);
  }

  /**
   * Backs some collections up as the method above does; what is made is a backup like any other.
   *
   * @param keys which collections
   */
  public static CopyReport backup(
      Path store, Path destination, Predicate<String> keys, CopyProgress progress) {
    return BackupMaker.backup(store, destination, keys, progress);
  }
}

package io.memryx.persistence;

import io.memryx.persistence.internal.file.Restorer;
import java.nio.file.Path;

/**
 * The making of a store from a backup, from another store's directory, or from one copied {@code
 * snapshot_latest.mrx}. The source is only read, and checked first; what is made is independent of
 * it. The copy belongs to the same chain of generations as its source: both can be used, but from
 * then on they are two stores, and files of one don't belong in the other.
 */
public final class StoreRestore {
  private StoreRestore() {}

  /**
   * Restores a store. It appears as a whole; if this throws, the directory is as it was.
   *
   * @param source a backup, the directory of a store that nobody has open, or a snapshot file,
   *     which gives its collection as it was when that snapshot was saved
   * @param directory a directory that is not there, or is empty
   * @throws IllegalArgumentException if the source is none of these, or the directory is taken
   * @throws StoreLockedException if the source is a store that is open: back it up instead
   * @throws CorruptSnapshotException if the source is damaged where it is needed
   * @throws UnsupportedFormatException if a newer Memryx wrote it
   * @throws StorageFullException if there is too little space
   * @throws StorageUnwritableException if something can't be read or written for other reasons
   */
  public static CopyReport restore(Path source, Path directory, CopyProgress progress) {
    return Restorer.restore(source, directory, progress);
  }
}

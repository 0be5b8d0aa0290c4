package io.memryx.persistence;

import io.memryx.persistence.internal.file.FileStore;
import io.memryx.snapshot.ChangeLog;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.SnapshotAssembler;
import io.memryx.snapshot.SnapshotMeta;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Snapshots and logs in files, as {@code docs/file-format.md} describes them: checksummed,
 * published in one step, the newest two generations kept with the log of what came after them.
 * Needs a local file system with hard links; network file systems are not supported. Thread-safe.
 */
public final class FileSnapshotStore implements SnapshotStore {
  private final FileStore store;

  private FileSnapshotStore(FileStore store) {
    this.store = store;
  }

  /** Opens a directory as {@link #open(Path, DurabilityOptions)} does, with {@code fsync}. */
  public static FileSnapshotStore open(Path directory) {
    return open(directory, DurabilityOptions.fsync());
  }

  /**
   * Opens a directory as a store, for this one writer, and makes it if it is not there.
   *
   * @param durability of the changes that are logged; snapshots are always durable when they are
   *     saved
   * @throws StoreLockedException if another writer has it open, in this process or another
   * @throws StorageUnwritableException if the directory can't be made, read and written
   * @throws CorruptSnapshotException if a collection's directory is so damaged that not even its
   *     key can be told
   * @throws UnsupportedFormatException if a newer Memryx wrote it, or if it holds data that is no
   *     store, which must not be met with an empty one
   */
  public static FileSnapshotStore open(Path directory, DurabilityOptions durability) {
    return new FileSnapshotStore(FileStore.open(directory, durability));
  }

  @Override
  public List<String> keys() {
    return store.keys();
  }

  /** {@inheritDoc} The location is the collection's {@code snapshot_latest.mrx}. */
  @Override
  public SavedSnapshot save(String key, Snapshot snapshot) {
    return store.save(key, snapshot);
  }

  /**
   * {@inheritDoc} The location is the collection's {@code snapshot_latest.mrx}, or the file itself
   * where an older generation had to serve.
   */
  @Override
  public Optional<LoadedSnapshot> load(
      String key, Function<SnapshotMeta, SnapshotAssembler> assemblers) {
    return store.load(key, assemblers);
  }

  @Override
  public ChangeLog log(String key) {
    return store.log(key);
  }

  @Override
  public boolean delete(String key) {
    return store.delete(key);
  }

  @Override
  public void force() {
    store.force();
  }

  @Override
  public LogForces logForces() {
    return store.logForces();
  }

  @Override
  public StoreCondition condition() {
    return store.condition();
  }

  /** Waits for what is under way, makes what was logged durable, then lets other writers in. */
  @Override
  public void close() {
    store.close();
  }
}

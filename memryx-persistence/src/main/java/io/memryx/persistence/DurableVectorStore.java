package io.memryx.persistence;

import io.memryx.CollectionOptions;
import io.memryx.Memryx;
import io.memryx.StoreOptions;
import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import io.memryx.persistence.SnapshotKeeper.Ownership;
import io.memryx.snapshot.StoreAssembler;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Named collections whose built index survives a restart: every build ends with a snapshot, and
 * opening the store loads the newest one of each collection. What was upserted or deleted since a
 * collection's last build is so in memory only, and so is a collection that was never built:
 * closing the store loses it. Thread-safe.
 */
public final class DurableVectorStore implements VectorStore {
  private final VectorStore store;

  private DurableVectorStore(VectorStore store) {
    this.store = store;
  }

  /** Opens a directory as {@link #open(Path, StoreOptions)} does, with the default options. */
  public static DurableVectorStore open(Path directory) {
    return open(directory, StoreOptions.defaults());
  }

  /**
   * Opens the store in a directory, which is made if it is not there, and loads its collections.
   *
   * @throws PersistenceException if the directory can't be used or a collection has no sound
   *     snapshot left
   * @throws io.memryx.MemoryBudgetException if the collections take more memory than the options
   *     allow
   */
  public static DurableVectorStore open(Path directory, StoreOptions options) {
    FileSnapshotStore snapshots = FileSnapshotStore.open(directory);
    try {
      return open(new SnapshotKeeper(snapshots, "", Ownership.OWNED), options);
    } catch (RuntimeException | Error e) {
      snapshots.close();
      throw e;
    }
  }

  /** Loads collections as {@link #open(SnapshotStore, String, StoreOptions)}, default options. */
  public static DurableVectorStore open(SnapshotStore snapshots, String keyPrefix) {
    return open(snapshots, keyPrefix, StoreOptions.defaults());
  }

  /**
   * Loads those collections of a snapshot store whose key is a prefix and their name. The snapshot
   * store stays the caller's: closing this store does not close it.
   *
   * @throws PersistenceException if a collection has no sound snapshot left
   * @throws io.memryx.MemoryBudgetException if the collections take more memory than the options
   *     allow
   */
  public static DurableVectorStore open(
      SnapshotStore snapshots, String keyPrefix, StoreOptions options) {
    return open(new SnapshotKeeper(snapshots, keyPrefix, Ownership.BORROWED), options);
  }

  private static DurableVectorStore open(SnapshotKeeper keeper, StoreOptions options) {
    StoreAssembler assembler = Memryx.assembleStore(options, keeper);
    keeper.loadAll(assembler);
    return new DurableVectorStore(assembler.finish());
  }

  @Override
  public VectorCollection collection(String name, CollectionOptions options) {
    return store.collection(name, options);
  }

  @Override
  public Optional<VectorCollection> find(String name) {
    return store.find(name);
  }

  @Override
  public List<VectorCollection> collections() {
    return store.collections();
  }

  @Override
  public boolean drop(String name) {
    return store.drop(name);
  }

  @Override
  public long memoryBudget() {
    return store.memoryBudget();
  }

  @Override
  public long memoryUsed() {
    return store.memoryUsed();
  }

  /** {@inheritDoc} Closes the snapshot store too, if that was opened with this store. */
  @Override
  public void close() {
    store.close();
  }
}

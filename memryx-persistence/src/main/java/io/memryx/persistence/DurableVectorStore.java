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
 * Named collections that survive a restart. A collection is durable when {@link #collection} has
 * made it. A change (an upsert, a deletion) is in a log, as durable as {@link DurabilityOptions}
 * say, before anybody sees it and before its call returns; a batch is in it as a whole or not at
 * all. A build ends with a snapshot that is durable when it returns. Opening the store loads the
 * newest sound snapshot of each collection and makes the changes again that came after it: damage
 * to the newest snapshot loses nothing, for the log goes back to the one before.
 *
 * <p>A change whose call threw may or may not be there after a restart if the medium failed, and is
 * not there if space was wanting. Other snapshot stores may keep no log: then what was changed
 * since a collection's last build is lost at a restart. Thread-safe.
 */
public final class DurableVectorStore implements VectorStore {
  private final VectorStore store;
  private final SnapshotStore snapshots;

  private DurableVectorStore(VectorStore store, SnapshotStore snapshots) {
    this.store = store;
    this.snapshots = snapshots;
  }

  /** Opens a directory as {@link #open(Path, StoreOptions)} does, with default options. */
  public static DurableVectorStore open(Path directory) {
    return open(directory, StoreOptions.defaults());
  }

  /** Opens a directory as the method below does, with {@code fsync}. */
  public static DurableVectorStore open(Path directory, StoreOptions options) {
    return open(directory, options, DurabilityOptions.fsync());
  }

  /**
   * Opens the store in a directory, which is made if it is not there, loads its collections and
   * makes the changes again that came after their last builds.
   *
   * @param durability what has happened to a change when the call that makes it returns
   * @throws PersistenceException if the directory can't be used or a collection has no sound
   *     snapshot left, or a damaged log
   * @throws io.memryx.MemoryBudgetException if the collections take more memory than the options
   *     allow
   */
  public static DurableVectorStore open(
      Path directory, StoreOptions options, DurabilityOptions durability) {
    FileSnapshotStore snapshots = FileSnapshotStore.open(directory, durability);
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
    return new DurableVectorStore(assembler.finish(), keeper.snapshots());
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

  /**
   * How the store is, to be shown to whoever runs it. Tells what opening and working have met; an
   * older generation that nothing reads may be damaged besides, which {@link StoreVerifier} finds.
   */
  public StoreCondition condition() {
    return snapshots.condition();
  }

  /** {@inheritDoc} Closes the snapshot store too, if that was opened with this store. */
  @Override
  public void close() {
    store.close();
  }
}

package io.memryx.persistence;

import io.memryx.CollectionOptions;
import io.memryx.Limits;
import io.memryx.Memryx;
import io.memryx.ValidationException;
import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import io.memryx.persistence.SnapshotStore.LoadedSnapshot;
import io.memryx.persistence.SnapshotStore.SavedSnapshot;
import io.memryx.snapshot.GenerationCommit;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.StoredVectors;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Named collections whose built index survives a restart: every build ends with a snapshot, and
 * opening the store loads the newest one of each collection. What was upserted since a collection's
 * last build is in memory only, and so is a collection that was never built. Thread-safe.
 */
public final class DurableVectorStore implements VectorStore {
  private static final System.Logger LOG = System.getLogger("io.memryx.persistence");

  private final SnapshotStore snapshots;
  private final String keyPrefix;
  private final Ownership ownership;

  /** By name. Whoever adds one holds the map's monitor. */
  private final ConcurrentSkipListMap<String, VectorCollection> collections =
      new ConcurrentSkipListMap<>();

  private volatile boolean closed;

  private DurableVectorStore(SnapshotStore snapshots, String keyPrefix, Ownership ownership) {
    this.snapshots = snapshots;
    this.keyPrefix = keyPrefix;
    this.ownership = ownership;
  }

  /**
   * Opens the store in a directory, which is made if it is not there, and loads its collections.
   *
   * @throws PersistenceException if the directory can't be used or a collection has no sound
   *     snapshot left
   */
  public static DurableVectorStore open(Path directory) {
    FileSnapshotStore snapshots = FileSnapshotStore.open(directory);
    try {
      return open(snapshots, "", Ownership.OWNED);
    } catch (RuntimeException e) {
      snapshots.close();
      throw e;
    }
  }

  /**
   * Loads those collections of a snapshot store whose key is a prefix and their name. The snapshot
   * store stays the caller's: closing this store does not close it.
   *
   * @throws PersistenceException if a collection has no sound snapshot left
   */
  public static DurableVectorStore open(SnapshotStore snapshots, String keyPrefix) {
    return open(snapshots, keyPrefix, Ownership.BORROWED);
  }

  private static DurableVectorStore open(
      SnapshotStore snapshots, String keyPrefix, Ownership ownership) {
    var store = new DurableVectorStore(snapshots, keyPrefix, ownership);
    for (String key : snapshots.keys()) {
      if (key.startsWith(keyPrefix)) {
        store.load(key);
      }
    }
    return store;
  }

  private void load(String key) {
    String name = key.substring(keyPrefix.length());
    try {
      Limits.requireCollectionName(name);
    } catch (ValidationException e) {
      LOG.log(
          Level.WARNING,
          "Snapshots of ''{0}'' are not loaded: with prefix ''{1}'' that is no collection''s name",
          key,
          keyPrefix);
      return;
    }
    snapshots
        .load(key, meta -> Memryx.assemble(name, meta, commit(name)))
        .ifPresent(
            loaded -> {
              report(loaded);
              collections.put(name, loaded.collection());
            });
  }

  private static void report(LoadedSnapshot loaded) {
    for (String damage : loaded.passedOver()) {
      LOG.log(
          Level.ERROR,
          "{0}. Generation {1} serves instead, from {2}: what was added after it is missing",
          damage,
          Long.toString(loaded.generation()),
          loaded.location());
    }
    LOG.log(
        Level.INFO,
        "Snapshot loaded: {0} ({1} vectors)",
        loaded.location(),
        Integer.toString(loaded.collection().stats().vectors()));
  }

  private GenerationCommit commit(String name) {
    return snapshot -> save(name, snapshot);
  }

  private Optional<StoredVectors> save(String name, Snapshot snapshot) {
    requireOpen();
    SavedSnapshot saved = snapshots.save(keyPrefix + name, snapshot);
    LOG.log(
        Level.INFO,
        "Snapshot saved: {0} ({1} vectors)",
        saved.location(),
        Integer.toString(snapshot.meta().entries()));
    return saved.originals();
  }

  @Override
  public VectorCollection collection(String name, CollectionOptions options) {
    requireOpen();
    Limits.requireCollectionName(name);
    synchronized (collections) {
      VectorCollection collection = collections.get(name);
      if (collection == null) {
        collection = Memryx.collection(name, options, commit(name));
        collections.put(name, collection);
      } else if (!collection.options().equals(options)) {
        throw new IllegalStateException(
            "collection '%s' has %s, not %s: use another name, or those options"
                .formatted(name, collection.options(), options));
      }
      return collection;
    }
  }

  @Override
  public Optional<VectorCollection> find(String name) {
    requireOpen();
    return Optional.ofNullable(collections.get(name));
  }

  @Override
  public List<VectorCollection> collections() {
    requireOpen();
    return List.copyOf(collections.values());
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the vector store is closed");
    }
  }

  /** Forgets the collections; closes the snapshot store if it was opened with this store. */
  @Override
  public void close() {
    closed = true;
    collections.clear();
    switch (ownership) {
      case OWNED -> snapshots.close();
      case BORROWED -> {}
    }
  }

  private enum Ownership {
    OWNED,
    BORROWED
  }
}

package io.memryx.persistence;

import io.memryx.Limits;
import io.memryx.ValidationException;
import io.memryx.persistence.SnapshotStore.LoadedSnapshot;
import io.memryx.persistence.SnapshotStore.SavedSnapshot;
import io.memryx.persistence.internal.disk.IoThread;
import io.memryx.persistence.internal.disk.IoThread.Grain;
import io.memryx.snapshot.ChangeLog;
import io.memryx.snapshot.GenerationCommit;
import io.memryx.snapshot.GenerationKeeper;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.StoreAssembler;
import io.memryx.snapshot.StoredVectors;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;

/**
 * Keeps generations in a snapshot store, under keys that are a prefix and the collection's name.
 */
record SnapshotKeeper(SnapshotStore snapshots, String keyPrefix, Ownership ownership)
    implements GenerationKeeper {
  private static final System.Logger LOG = System.getLogger("io.memryx.persistence");

  /** Whose the snapshot store is. */
  enum Ownership {
    /** It is closed with the vector store. */
    OWNED,
    /** It is the caller's. */
    BORROWED
  }

  /** Loads the newest snapshot of each collection, several at a time. */
  void loadAll(StoreAssembler assembler) {
    List<String> keys = snapshots.keys(keyPrefix);
    IoThread.runAll("load", Grain.LARGE, keys.size(), number -> load(keys.get(number), assembler));
  }

  private void load(String key, StoreAssembler assembler) {
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
    snapshots.load(key, meta -> assembler.collection(name, meta)).ifPresent(SnapshotKeeper::report);
  }

  private static void report(LoadedSnapshot loaded) {
    for (String damage : loaded.passedOver()) {
      LOG.log(
          Level.ERROR,
          "{0}. Generation {1} serves instead, from {2}: {3}",
          damage,
          Long.toString(loaded.generation()),
          loaded.location(),
          switch (loaded.coverage()) {
            case COMPLETE ->
                "nothing is lost, for what came after it was replayed from the log (%d changes)"
                    .formatted(loaded.replayed());
            case UNKNOWN ->
                "what the newer one held from before there was a log is missing; the %d changes logged since are there"
                    .formatted(loaded.replayed());
          });
    }
    LOG.log(
        Level.INFO,
        "Snapshot loaded: {0} ({1} vectors)",
        loaded.location(),
        Integer.toString(loaded.collection().size()));
    if (loaded.replayed() > 0) {
      LOG.log(
          Level.INFO,
          "{0} changes replayed from the log: {1}",
          Long.toString(loaded.replayed()),
          loaded.location());
    }
  }

  @Override
  public void create(String collection, Snapshot empty) {
    SavedSnapshot saved = snapshots.save(keyPrefix + collection, empty);
    LOG.log(Level.DEBUG, "Collection made: {0}", saved.location());
  }

  @Override
  public ChangeLog logOf(String collection) {
    return snapshots.log(keyPrefix + collection);
  }

  @Override
  public GenerationCommit commitOf(String collection) {
    return snapshot -> save(collection, snapshot);
  }

  private Optional<StoredVectors> save(String collection, Snapshot snapshot) {
    SavedSnapshot saved = snapshots.save(keyPrefix + collection, snapshot);
    LOG.log(
        Level.INFO,
        "Snapshot saved: {0} ({1} vectors)",
        saved.location(),
        Integer.toString(snapshot.meta().entries()));
    return saved.originals();
  }

  @Override
  public void remove(String collection) {
    if (snapshots.delete(keyPrefix + collection)) {
      LOG.log(Level.INFO, "Snapshots deleted: {0}", keyPrefix + collection);
    }
  }

  @Override
  public void close() {
    switch (ownership) {
      case OWNED -> snapshots.close();
      case BORROWED -> {}
    }
  }
}

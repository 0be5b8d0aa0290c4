package io.memryx.server.service;

import io.memryx.persistence.FileSnapshotStore;
import io.memryx.persistence.SnapshotStore;
import io.memryx.persistence.StorageFullException;
import io.memryx.persistence.StoreCondition;
import io.memryx.snapshot.Change;
import io.memryx.snapshot.ChangeLog;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.SnapshotAssembler;
import io.memryx.snapshot.SnapshotMeta;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A snapshot store in a directory whose disk is full when a test wants it to be. */
final class FaultySnapshots implements SnapshotStore {
  private static final String REGISTRY = "_server/";

  private final SnapshotStore snapshots;
  private final AtomicInteger registryChanges = new AtomicInteger(Integer.MAX_VALUE);
  private volatile String undeletable = "";

  FaultySnapshots(Path directory) {
    snapshots = FileSnapshotStore.open(directory);
  }

  /** After so many more changes of tenants and keys the disk is full. */
  void allowRegistryChanges(int count) {
    registryChanges.set(count);
  }

  /** A key that can't be deleted; empty for none. */
  void refuseToDelete(String key) {
    undeletable = key;
  }

  private static StorageFullException full() {
    return new StorageFullException("a test", 1, 0, null);
  }

  @Override
  public List<String> keys() {
    return snapshots.keys();
  }

  @Override
  public SavedSnapshot save(String key, Snapshot snapshot) {
    return snapshots.save(key, snapshot);
  }

  @Override
  public Optional<LoadedSnapshot> load(
      String key, Function<SnapshotMeta, SnapshotAssembler> assemblers) {
    return snapshots.load(key, assemblers);
  }

  @Override
  public ChangeLog log(String key) {
    ChangeLog log = snapshots.log(key);
    return key.startsWith(REGISTRY) ? new FaultyLog(log) : log;
  }

  @Override
  public boolean delete(String key) {
    if (key.equals(undeletable)) {
      throw full();
    }
    return snapshots.delete(key);
  }

  @Override
  public void force() {
    snapshots.force();
  }

  @Override
  public StoreCondition condition() {
    return snapshots.condition();
  }

  @Override
  public void close() {
    snapshots.close();
  }

  /** That of tenants and keys. */
  private final class FaultyLog implements ChangeLog {
    private final ChangeLog log;

    FaultyLog(ChangeLog log) {
      this.log = log;
    }

    @Override
    public long append(Change change) {
      if (registryChanges.getAndDecrement() <= 0) {
        throw full();
      }
      return log.append(change);
    }

    @Override
    public void rotate() {
      log.rotate();
    }

    @Override
    public long bytes() {
      return log.bytes();
    }
  }
}

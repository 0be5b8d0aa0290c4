package io.memryx.server;

import io.memryx.persistence.SnapshotStore;
import io.memryx.persistence.StorageFullException;
import io.memryx.persistence.StoreCondition;
import io.memryx.snapshot.Change;
import io.memryx.snapshot.ChangeLog;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.SnapshotAssembler;
import io.memryx.snapshot.SnapshotMeta;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/** A snapshot store on which writes fail or wait where a test wants that. Thread-safe. */
final class TestMedium implements SnapshotStore {
  private final SnapshotStore store;
  private volatile boolean full;
  private volatile Held held = new Held("nothing is held", new CountDownLatch(0));
  private final CountDownLatch waiting = new CountDownLatch(1);

  /** Where writes wait, and for what. */
  private record Held(String beginning, CountDownLatch release) {}

  TestMedium(SnapshotStore store) {
    this.store = store;
  }

  /** From now on there is no space. */
  void fill() {
    full = true;
  }

  /** There is space again. */
  void free() {
    full = false;
  }

  /** From now on, snapshots of keys that begin so wait. */
  void hold(String beginning) {
    held = new Held(beginning, new CountDownLatch(1));
  }

  /** Waits until a snapshot waits. */
  void awaitHeld() {
    await(waiting);
  }

  /** What waits goes on. */
  void release() {
    held.release.countDown();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void requireSpace() {
    if (full) {
      throw new StorageFullException("the test's volume", 1, 0, null);
    }
  }

  @Override
  public List<String> keys() {
    return store.keys();
  }

  @Override
  public List<String> keys(String prefix) {
    return store.keys(prefix);
  }

  @Override
  public SavedSnapshot save(String key, Snapshot snapshot) {
    requireSpace();
    Held now = held;
    if (key.startsWith(now.beginning)) {
      waiting.countDown();
      await(now.release);
    }
    return store.save(key, snapshot);
  }

  @Override
  public Optional<LoadedSnapshot> load(
      String key, Function<SnapshotMeta, SnapshotAssembler> assemblers) {
    return store.load(key, assemblers);
  }

  @Override
  public ChangeLog log(String key) {
    ChangeLog log = store.log(key);
    return new ChangeLog() {
      @Override
      public long append(Change change) {
        requireSpace();
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
    };
  }

  @Override
  public boolean delete(String key) {
    requireSpace();
    return store.delete(key);
  }

  @Override
  public void force() {
    store.force();
  }

  @Override
  public StoreCondition condition() {
    return store.condition();
  }

  @Override
  public void close() {
    store.close();
  }
}

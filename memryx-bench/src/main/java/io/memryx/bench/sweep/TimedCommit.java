package io.memryx.bench.sweep;

import io.memryx.persistence.SnapshotStore;
import io.memryx.persistence.SnapshotStore.SavedSnapshot;
import io.memryx.snapshot.GenerationCommit;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.StoredVectors;
import java.util.Optional;

/** A commit to a snapshot store that remembers what the last one took. Not thread-safe. */
final class TimedCommit implements GenerationCommit {
  private final SnapshotStore snapshots;
  private final String key;
  private double seconds;
  private long bytes;

  TimedCommit(SnapshotStore snapshots, String key) {
    this.snapshots = snapshots;
    this.key = key;
  }

  @Override
  public Optional<StoredVectors> commit(Snapshot snapshot) {
    long start = System.nanoTime();
    SavedSnapshot saved = snapshots.save(key, snapshot);
    seconds = (System.nanoTime() - start) / 1e9;
    bytes = saved.bytes();
    return saved.originals();
  }

  /** Time until the last snapshot was durable. */
  double seconds() {
    return seconds;
  }

  /** The last snapshot's size. */
  long bytes() {
    return bytes;
  }
}

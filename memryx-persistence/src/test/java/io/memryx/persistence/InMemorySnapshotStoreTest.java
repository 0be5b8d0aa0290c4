package io.memryx.persistence;

class InMemorySnapshotStoreTest extends SnapshotStoreContract {
  @Override
  SnapshotStore create() {
    return new InMemorySnapshotStore();
  }
}

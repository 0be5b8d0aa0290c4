package io.memryx.persistence.model;

import io.memryx.Memryx;
import io.memryx.VectorCollection;
import io.memryx.persistence.DurableVectorStore;
import io.memryx.persistence.InMemorySnapshotStore;
import io.memryx.snapshot.GenerationCommit;
import io.memryx.snapshot.Snapshot;

/** Where the collection under test lives. */
interface Home extends AutoCloseable {
  String NAME = "model";

  VectorCollection collection();

  /** Afterwards there is what was built last. */
  void restart();

  /** Afterwards there is an empty collection. */
  void dropAndCreate();

  @Override
  void close();

  /** A home as set up, with what is there at first. */
  static Home of(Setup setup) {
    Snapshot base = Bases.of(setup).snapshot();
    return switch (setup.keeping()) {
      case MEMORY -> new InMemory(base);
      case SNAPSHOTS -> new Durable(base);
    };
  }

  /** A collection that knows of no store: of it, a restart leaves the image of what was built. */
  final class InMemory implements Home {
    private VectorCollection collection;

    InMemory(Snapshot base) {
      this.collection = restored(base);
    }

    private static VectorCollection restored(Snapshot snapshot) {
      try (var snapshots = new InMemorySnapshotStore()) {
        var _ = snapshots.save(NAME, snapshot);
        return snapshots
            .load(NAME, meta -> Memryx.assemble(NAME, meta, GenerationCommit.NONE))
            .orElseThrow()
            .collection();
      }
    }

    @Override
    public VectorCollection collection() {
      return collection;
    }

    @Override
    public void restart() {
      collection = restored(collection.snapshot());
    }

    @Override
    public void dropAndCreate() {
      collection = Memryx.collection(NAME, collection.options(), GenerationCommit.NONE);
    }

    @Override
    public void close() {}
  }

  /** A collection of a durable store. */
  final class Durable implements Home {
    private final InMemorySnapshotStore snapshots = new InMemorySnapshotStore();
    private DurableVectorStore store;
    private VectorCollection collection;

    Durable(Snapshot base) {
      if (base.meta().entries() > 0) {
        var _ = snapshots.save(NAME, base);
      }
      this.store = DurableVectorStore.open(snapshots, "");
      this.collection = store.collection(NAME, base.meta().options());
    }

    @Override
    public VectorCollection collection() {
      return collection;
    }

    @Override
    public void restart() {
      store.close();
      store = DurableVectorStore.open(snapshots, "");
      collection = store.collection(NAME, collection.options());
    }

    @Override
    public void dropAndCreate() {
      store.drop(NAME);
      collection = store.collection(NAME, collection.options());
    }

    @Override
    public void close() {
      store.close();
      snapshots.close();
    }
  }
}

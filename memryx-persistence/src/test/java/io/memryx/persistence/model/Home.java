package io.memryx.persistence.model;

import io.memryx.Memryx;
import io.memryx.VectorCollection;
import io.memryx.persistence.DurableVectorStore;
import io.memryx.persistence.InMemorySnapshotStore;
import io.memryx.persistence.internal.disk.MemoryFiles;
import io.memryx.persistence.internal.disk.MemoryFiles.Unforced;
import io.memryx.persistence.internal.file.MemoryStore;
import io.memryx.persistence.internal.file.MemoryStore.Manifested;
import io.memryx.persistence.model.Operation.Ending;
import io.memryx.snapshot.GenerationCommit;
import io.memryx.snapshot.Snapshot;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Where the collection under test lives. */
interface Home extends AutoCloseable {
  String NAME = "model";

  VectorCollection collection();

  /** Afterwards there is what was built last or, where there is a log, what was there. */
  void restart(Ending ending);

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
      case LOG -> new Logged(base);
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
    public void restart(Ending ending) {
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
    public void restart(Ending ending) {
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

  /** A collection of a durable store with a log, on files in memory. */
  final class Logged implements Home {
    private MemoryFiles files = new MemoryFiles();
    private final Set<Path> damaged = new HashSet<>();
    private MemoryStore store;
    private VectorCollection collection;

    Logged(Snapshot base) {
      if (base.meta().entries() > 0) {
        MemoryStore.save(files, NAME, base);
      }
      this.store = MemoryStore.open(files);
      this.collection = store.vectors().collection(NAME, base.meta().options());
    }

    @Override
    public VectorCollection collection() {
      return collection;
    }

    @Override
    public void restart(Ending ending) {
      switch (ending) {
        case CLOSED -> store.close();
        case KILLED -> endedBy(-1, Unforced.KEPT);
        case POWER_CUT -> endedBy(0, Unforced.LOST);
        case POWER_CUT_TORN -> endedBy(-1, Unforced.HALF);
        case SNAPSHOT_DAMAGED -> {
          store.close();
          damageNewest(Manifested::snapshot);
        }
        case MANIFEST_DAMAGED -> {
          store.close();
          damageNewest(Manifested::manifest);
        }
      }
      store = MemoryStore.open(files);
      collection = store.vectors().find(NAME).orElseThrow();
    }

    /** The old store may still write what it likes: nobody reads it. */
    private void endedBy(int survivors, Unforced unforced) {
      MemoryFiles left = files.afterPowerCut(survivors, unforced);
      store.close();
      files = left;
    }

    /** Damages a file of the newest generation, if there is an older one to fall back to. */
    private void damageNewest(Function<Manifested, Path> file) {
      List<Manifested> sound =
          MemoryStore.generations(files).stream()
              .filter(generation -> !damaged.contains(generation.snapshot()))
              .toList();
      boolean several = sound.stream().map(Manifested::snapshot).distinct().count() > 1;
      if (several) {
        Manifested newest = sound.getFirst();
        damaged.add(newest.snapshot());
        byte[] bytes = files.bytes(file.apply(newest));
        bytes[20] ^= 4;
        files.damage(file.apply(newest), bytes);
      }
    }

    @Override
    public void dropAndCreate() {
      store.vectors().drop(NAME);
      collection = store.vectors().collection(NAME, collection.options());
    }

    @Override
    public void close() {
      store.close();
    }
  }
}

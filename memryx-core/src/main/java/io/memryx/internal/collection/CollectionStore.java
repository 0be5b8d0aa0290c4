package io.memryx.internal.collection;

import io.memryx.CollectionOptions;
import io.memryx.Limits;
import io.memryx.StoreOptions;
import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import io.memryx.snapshot.GenerationKeeper;
import io.memryx.snapshot.SnapshotAssembler;
import io.memryx.snapshot.SnapshotMeta;
import io.memryx.snapshot.StoreAssembler;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BooleanSupplier;

/**
 * The store: collections by name, the memory budget that they share, and where their generations
 * are kept.
 */
public final class CollectionStore implements VectorStore {
  private final GenerationKeeper keeper;
  private final MemoryAccount memory;
  private final AutomaticBuilds automatic;

  /** Changed under its own monitor, read without. */
  private final ConcurrentSkipListMap<String, ClusteredCollection> collections =
      new ConcurrentSkipListMap<>();

  /**
   * Names whose collections are being made or dropped. Guarded by the monitor of {@code
   * collections}.
   */
  private final Set<String> changing = new HashSet<>();

  private volatile boolean closed;

  /** An empty store. */
  public CollectionStore(StoreOptions options, GenerationKeeper keeper) {
    this.keeper = keeper;
    this.memory = new MemoryAccount(options.memoryBudget());
    this.automatic = new AutomaticBuilds(options.automaticBuild());
  }

  /** Puts collections into the store that there are already. */
  public StoreAssembler assembler() {
    return new StoreAssembler() {
      // By name: an older generation is put together with what was taken for a damaged one.
      private final ConcurrentHashMap<String, MemoryAccount.Share> shares =
          new ConcurrentHashMap<>();

      @Override
      public SnapshotAssembler collection(String name, SnapshotMeta meta) {
        MemoryAccount.Share share = shares.computeIfAbsent(name, _ -> memory.newShare());
        takeLeast(share, name, meta);
        return new GenerationAssembler(
            Limits.requireCollectionName(name),
            meta,
            surroundings(name),
            share,
            CollectionStore.this::add);
      }

      @Override
      public VectorStore finish() {
        collections.values().forEach(ClusteredCollection::askForBuild);
        return CollectionStore.this;
      }
    };
  }

  /**
   * Refuses to load what would not fit, by a lower estimate, before anything is allocated; taken at
   * once, as others are loaded at the same time.
   */
  private static void takeLeast(MemoryAccount.Share share, String name, SnapshotMeta meta) {
    long least = CollectionSizing.estimate(meta.options(), meta.entries(), 1, 0).bytes().codes();
    share.settle(0);
    share.raiseTo(least, "loading collection '%s'".formatted(name));
  }

  private Surroundings surroundings(String name) {
    return new Surroundings(keeper.logOf(name), keeper.commitOf(name), memory, automatic);
  }

  private void add(ClusteredCollection collection) {
    synchronized (collections) {
      collections.put(collection.name(), collection);
    }
  }

  @Override
  public VectorCollection collection(String name, CollectionOptions options) {
    Limits.requireCollectionName(name);
    requireOpen();
    ClusteredCollection existing = collections.get(name);
    ClusteredCollection collection = existing != null ? existing : obtain(name, options);
    if (!collection.options().equals(options)) {
      throw new IllegalStateException(
          "collection '%s' has %s, not %s: use another name, or those options"
              .formatted(name, collection.options(), options));
    }
    return collection;
  }

  private ClusteredCollection obtain(String name, CollectionOptions options) {
    synchronized (collections) {
      awaitChange(name);
      requireOpen();
      ClusteredCollection existing = collections.get(name);
      if (existing != null) {
        return existing;
      }
      changing.add(name);
    }
    Optional<ClusteredCollection> made = Optional.empty();
    try {
      made = Optional.of(make(name, options));
      return made.get();
    } finally {
      synchronized (collections) {
        made.ifPresent(collection -> collections.put(name, collection));
        changed(name);
      }
    }
  }

  private ClusteredCollection make(String name, CollectionOptions options) {
    // First what may be refused for want of memory, then what is on the disk afterwards.
    var made = new ClusteredCollection(name, options, surroundings(name));
    try {
      keeper.create(name, made.snapshot());
      return made;
    } catch (RuntimeException | Error e) {
      made.end(End.DROPPED, () -> {});
      throw e;
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

  @Override
  public boolean drop(String name) {
    Limits.requireCollectionName(name);
    ClusteredCollection dropped;
    synchronized (collections) {
      awaitChange(name);
      requireOpen();
      dropped = collections.get(name);
      if (dropped == null) {
        return false;
      }
      changing.add(name);
    }
    boolean gone = false;
    try {
      dropped.end(End.DROPPED, () -> keeper.remove(name));
      gone = true;
    } finally {
      synchronized (collections) {
        if (gone) {
          collections.remove(name);
        }
        changed(name);
      }
    }
    return true;
  }

  /** The name is free again; the monitor is held. */
  private void changed(String name) {
    changing.remove(name);
    collections.notifyAll();
  }

  /** Waits until nobody makes or drops a collection of this name; the monitor is held. */
  private void awaitChange(String name) {
    awaitChanges(() -> changing.contains(name));
  }

  private void awaitChanges(BooleanSupplier underWay) {
    boolean interrupted = false;
    while (underWay.getAsBoolean()) {
      try {
        collections.wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public long memoryBudget() {
    return memory.budget();
  }

  @Override
  public long memoryUsed() {
    return memory.used();
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the store is closed: open another one");
    }
  }

  @Override
  public void close() {
    synchronized (collections) {
      if (closed) {
        return;
      }
      closed = true;
      awaitChanges(() -> !changing.isEmpty());
    }
    for (ClusteredCollection collection : collections.values()) {
      collection.stop(End.CLOSED);
    }
    automatic.close();
    for (ClusteredCollection collection : collections.values()) {
      collection.end(End.CLOSED, () -> {});
    }
    collections.clear();
    keeper.close();
  }
}

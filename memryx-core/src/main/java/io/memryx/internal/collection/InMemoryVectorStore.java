package io.memryx.internal.collection;

import io.memryx.CollectionOptions;
import io.memryx.Limits;
import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import io.memryx.snapshot.GenerationCommit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** A store whose collections live in memory only. */
public final class InMemoryVectorStore implements VectorStore {
  private final Map<String, VectorCollection> collections = new ConcurrentSkipListMap<>();
  private volatile boolean closed;

  /** An empty store. */
  public InMemoryVectorStore() {}

  @Override
  public VectorCollection collection(String name, CollectionOptions options) {
    requireOpen();
    Limits.requireCollectionName(name);
    VectorCollection collection =
        collections.computeIfAbsent(
            name, absent -> new ClusteredCollection(absent, options, GenerationCommit.NONE));
    if (!collection.options().equals(options)) {
      throw new IllegalStateException(
          "collection '%s' exists with %s, asked for with %s: use another name"
              .formatted(name, collection.options(), options));
    }
    return collection;
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
      throw new IllegalStateException("the store is closed: open another one");
    }
  }

  @Override
  public void close() {
    closed = true;
    collections.clear();
  }
}

package io.memryx.persistence.langchain4j;

import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.VectorCollection;
import io.memryx.persistence.DurableVectorStore;
import io.memryx.persistence.InMemorySnapshotStore;
import java.util.function.Supplier;

/** A durable collection that is built and restarted whenever somebody asks for it. */
final class RestartedCollection implements Supplier<VectorCollection> {
  private static final String NAME = "contract";

  private final InMemorySnapshotStore snapshots = new InMemorySnapshotStore();
  private DurableVectorStore store = DurableVectorStore.open(snapshots, "");
  private VectorCollection collection;

  RestartedCollection(CollectionOptions options) {
    this.collection = store.collection(NAME, options);
  }

  @Override
  public VectorCollection get() {
    collection.build(BuildRequest.defaults());
    store.close();
    store = DurableVectorStore.open(snapshots, "");
    collection = store.find(NAME).orElseThrow();
    return collection;
  }
}

package io.memryx.bench.peers;

import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Metric;
import io.memryx.VectorCollection;
import io.memryx.bench.dataset.Loader;
import io.memryx.persistence.DurableVectorStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Memryx as an application uses it: a durable store with one collection.
 *
 * @param compression of the collection
 */
record MemryxFormat(Compression compression) implements PeerFormat {
  static final String COLLECTION = "bench";
  private static final long SEED = 42;

  @Override
  public String configuration() {
    return "Memryx, %s, seed %d".formatted(compression, SEED);
  }

  @Override
  public double build(Corpus corpus, BuildPlace place) throws IOException {
    try (var store = DurableVectorStore.open(place.directory());
        ExecutorService workers = Executors.newFixedThreadPool(Math.max(1, place.threads() - 1))) {
      VectorCollection collection =
          store.collection(
              COLLECTION, new CollectionOptions(corpus.dimension(), Metric.DOT, compression));
      Loader.upsert(collection, corpus.rows(), 0, corpus.size());
      collection.build(
          BuildRequest.defaults().withSeed(SEED).withParallelism(place.threads(), workers));
    }
    return 0;
  }

  @Override
  public PeerIndex<?> open(Path directory) throws IOException {
    return MemryxIndex.open(directory);
  }
}

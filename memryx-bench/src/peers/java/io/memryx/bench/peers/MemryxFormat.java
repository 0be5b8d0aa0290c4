package io.memryx.bench.peers;

import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Metadata;
import io.memryx.Metric;
import io.memryx.VectorCollection;
import io.memryx.bench.dataset.Loader;
import io.memryx.persistence.DurableVectorStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Memryx as an application uses it: a durable store with one collection.
 *
 * @param compression of the collection
 * @param fields that entries have as metadata, to filter by
 */
record MemryxFormat(Compression compression, List<SyntheticField> fields) implements PeerFormat {
  static final String COLLECTION = "bench";
  private static final long SEED = 42;

  MemryxFormat {
    fields = List.copyOf(fields);
  }

  /** Without metadata. */
  MemryxFormat(Compression compression) {
    this(compression, List.of());
  }

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
      Loader.upsert(collection, corpus.rows(), 0, corpus.size(), this::metadata);
      collection.build(
          BuildRequest.defaults().withSeed(SEED).withParallelism(place.threads(), workers));
    }
    return 0;
  }

  private Metadata metadata(int row) {
    Metadata.Builder metadata = Metadata.builder();
    fields.forEach(field -> metadata.put(field.name(), field.value(row)));
    return metadata.build();
  }

  @Override
  public MemryxIndex open(Path directory) throws IOException {
    return MemryxIndex.open(directory);
  }
}

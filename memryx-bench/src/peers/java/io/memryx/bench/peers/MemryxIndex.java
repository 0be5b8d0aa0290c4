package io.memryx.bench.peers;

import io.memryx.CollectionStats;
import io.memryx.Memryx;
import io.memryx.SearchRequest;
import io.memryx.SearchResult;
import io.memryx.VectorCollection;
import io.memryx.persistence.DurableVectorStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A durable store of Memryx with one collection. */
final class MemryxIndex implements PeerIndex<SearchResult> {
  /** Candidates scored again: twice the neighbours, and enough for routing to be what limits. */
  private static final int[] RERANKS = {20, 50};

  /** Lists probed at the foot of the ladder; each rung probes half as many again, up to all. */
  private static final int LEAST_PROBES = 6;

  private final DurableVectorStore store;
  private final VectorCollection collection;

  private MemryxIndex(DurableVectorStore store, VectorCollection collection) {
    this.store = store;
    this.collection = collection;
  }

  static MemryxIndex open(Path directory) throws IOException {
    DurableVectorStore store = DurableVectorStore.open(directory);
    VectorCollection collection =
        store
            .find(MemryxFormat.COLLECTION)
            .orElseThrow(() -> new IOException(directory + " holds no built collection"));
    return new MemryxIndex(store, collection);
  }

  @Override
  public Searcher<SearchResult> searcher() {
    return new Searcher<>() {
      @Override
      public SearchResult search(float[] query, Rung rung, int k) {
        SearchRequest request = SearchRequest.of(query, k);
        if (rung.effort() > 0) {
          request = request.withProbes(rung.effort());
        }
        if (rung.rerank() > 0) {
          request = request.withRerank(rung.rerank());
        }
        return collection.search(request);
      }

      @Override
      public int[] rows(SearchResult answer) {
        return answer.neighbors().stream()
            .mapToInt(neighbor -> Integer.parseInt(neighbor.id()))
            .toArray();
      }
    };
  }

  @Override
  public List<Rung> ladder() {
    CollectionStats stats = collection.stats();
    List<Rung> rungs = new ArrayList<>();
    rungs.add(new Rung("default", 0, 0));
    for (int rerank : RERANKS) {
      probes(stats.lists())
          .mapToObj(
              probes -> new Rung("probes %d, rerank %d".formatted(probes, rerank), probes, rerank))
          .forEach(rungs::add);
    }
    return rungs;
  }

  private static IntStream probes(int lists) {
    return IntStream.concat(
        IntStream.iterate(
            LEAST_PROBES, probes -> probes < lists, probes -> Math.ceilDiv(3 * probes, 2)),
        IntStream.of(Math.max(1, lists)));
  }

  @Override
  public long memoryBytes() {
    return collection.stats().bytes().total();
  }

  @Override
  public String kernels() {
    return "Memryx " + Memryx.kernels();
  }

  @Override
  public void close() {
    store.close();
  }
}

package io.memryx.bench.peers;

import io.memryx.CollectionStats;
import io.memryx.Compression;
import io.memryx.Filter;
import io.memryx.Memryx;
import io.memryx.SearchRequest;
import io.memryx.SearchResult;
import io.memryx.VectorCollection;
import io.memryx.persistence.DurableVectorStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A durable store of Memryx with one collection. */
final class MemryxIndex implements PeerIndex<SearchResult> {
  /** Candidates whose whole codes are scored: from too few to enough for a million vectors. */
  private static final int[] RERANKS = {50, 75, 100, 150, 200, 300, 400, 800, 1600};

  /** Lists probed, as far as there are so many; the last rung probes all. */
  private static final int[] PROBES = {
    8, 12, 16, 20, 24, 28, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256, 320, 384, 512, 768, 1024,
    1536, 2048,
  };

  /** Few of the entries in a list pass: the first lists alone are never enough. */
  private static final int LEAST_FILTERED_PROBES = 32;

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
        return collection.search(request(query, rung, k));
      }

      @Override
      public int[] rows(SearchResult answer) {
        return MemryxIndex.rows(answer);
      }
    };
  }

  private static SearchRequest request(float[] query, Rung rung, int k) {
    SearchRequest request = SearchRequest.of(query, k);
    if (rung.effort() == Rung.EVERYTHING) {
      request = request.exact();
    } else if (rung.effort() > 0) {
      request = request.withProbes(rung.effort());
    }
    return rung.rerank() > 0 ? request.withRerank(rung.rerank()) : request;
  }

  private static int[] rows(SearchResult answer) {
    return answer.neighbors().stream()
        .mapToInt(neighbor -> Integer.parseInt(neighbor.id()))
        .toArray();
  }

  /** A searcher among the entries that have a field's value. */
  FilteredPeer.Searcher filtered() {
    return (query, field, rung, k) -> {
      Filter filter = Filter.eq(field.name(), SyntheticField.PASSING);
      return rows(collection.search(request(query, rung, k).withFilter(filter)));
    };
  }

  /** Settings of rising effort: the default, more and more lists, everything. */
  List<Rung> filteredLadder() {
    List<Rung> rungs = new ArrayList<>();
    rungs.add(new Rung("default", 0, 0));
    probes(collection.stats().index().lists())
        .filter(probes -> probes >= LEAST_FILTERED_PROBES)
        .mapToObj(probes -> new Rung("probes " + probes, probes, 0))
        .forEach(rungs::add);
    rungs.add(new Rung("exact", Rung.EVERYTHING, 0));
    return rungs;
  }

  @Override
  public List<Rung> ladder() {
    CollectionStats stats = collection.stats();
    List<Rung> rungs = new ArrayList<>();
    rungs.add(new Rung("default", 0, 0));
    if (collection.options().compression() != Compression.LOSSLESS) {
      rungs.add(new Rung("every code", Rung.EVERYTHING, 0));
    }
    for (int rerank : RERANKS) {
      probes(stats.index().lists())
          .mapToObj(
              probes -> new Rung("probes %d, rerank %d".formatted(probes, rerank), probes, rerank))
          .forEach(rungs::add);
    }
    return rungs;
  }

  private static IntStream probes(int lists) {
    return IntStream.concat(
        Arrays.stream(PROBES).filter(probes -> probes < lists), IntStream.of(Math.max(1, lists)));
  }

  @Override
  public int codeBytes() {
    return collection.stats().index().codeBytes();
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

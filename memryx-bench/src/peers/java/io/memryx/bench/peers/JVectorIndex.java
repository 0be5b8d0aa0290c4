package io.memryx.bench.peers;

import io.github.jbellis.jvector.disk.ReaderSupplier;
import io.github.jbellis.jvector.disk.ReaderSupplierFactory;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.ImmutableGraphIndex.ScoringView;
import io.github.jbellis.jvector.graph.SearchResult;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.graph.disk.feature.FeatureId;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.graph.similarity.SearchScoreProvider;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.memryx.bench.peers.JVectorFormat.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** A JVector graph, memory-mapped, with one searcher per thread. */
final class JVectorIndex implements PeerIndex<SearchResult> {
  private static final int[] BREADTHS = {
    10, 14, 20, 28, 40, 56, 80, 112, 160, 224, 320, 448, 640, 900, 1_300, 1_800
  };

  private final Path file;
  private final ReaderSupplier files;
  private final OnDiskGraphIndex graph;
  private final Storage storage;

  private JVectorIndex(Path file, ReaderSupplier files, OnDiskGraphIndex graph, Storage storage) {
    this.file = file;
    this.files = files;
    this.graph = graph;
    this.storage = storage;
  }

  static JVectorIndex open(Path file, Storage storage) throws IOException {
    ReaderSupplier files = ReaderSupplierFactory.open(file);
    return new JVectorIndex(file, files, OnDiskGraphIndex.load(files), storage);
  }

  @Override
  public Searcher<SearchResult> searcher() {
    var searcher = new GraphSearcher(graph);
    return new Searcher<>() {
      @Override
      public SearchResult search(float[] query, Rung rung, int k) {
        SearchScoreProvider scores =
            scores(JVectorFormat.vector(query), (ScoringView) searcher.getView());
        return searcher.search(scores, k, Math.max(rung.effort(), k), 0, 0, Bits.ALL);
      }

      @Override
      public int[] rows(SearchResult answer) {
        return Arrays.stream(answer.getNodes()).mapToInt(node -> node.node).toArray();
      }
    };
  }

  private SearchScoreProvider scores(VectorFloat<?> query, ScoringView view) {
    var exact = view.rerankerFor(query, JVectorFormat.SIMILARITY);
    return storage.fused()
        ? new DefaultSearchScoreProvider(
            view.approximateScoreFunctionFor(query, JVectorFormat.SIMILARITY), exact)
        : new DefaultSearchScoreProvider(exact);
  }

  @Override
  public List<Rung> ladder() {
    return Arrays.stream(BREADTHS)
        .mapToObj(
            breadth ->
                storage.fused()
                    ? new Rung("rerank " + breadth, breadth, breadth)
                    : new Rung("breadth " + breadth, breadth, 0))
        .toList();
  }

  @Override
  public long memoryBytes() throws IOException {
    long all = Files.size(file);
    if (!storage.fused()) {
      return all;
    }
    FeatureId onlyForRerank =
        storage.keepsVectors() ? FeatureId.INLINE_VECTORS : FeatureId.NVQ_VECTORS;
    int bytes = Objects.requireNonNull(graph.getFeatures().get(onlyForRerank)).featureSize();
    return all - (long) bytes * graph.size(0);
  }

  @Override
  public String kernels() {
    return "JVector " + VectorizationProvider.getInstance().getClass().getSimpleName();
  }

  @Override
  public void close() throws IOException {
    graph.close();
    files.close();
  }
}

package io.memryx.bench.peers;

import io.github.jbellis.jvector.disk.ReaderSupplier;
import io.github.jbellis.jvector.disk.ReaderSupplierFactory;
import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.ImmutableGraphIndex;
import io.github.jbellis.jvector.graph.ListRandomAccessVectorValues;
import io.github.jbellis.jvector.graph.RandomAccessVectorValues;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndexWriter;
import io.github.jbellis.jvector.graph.disk.OrdinalMapper;
import io.github.jbellis.jvector.graph.disk.feature.Feature;
import io.github.jbellis.jvector.graph.disk.feature.FeatureId;
import io.github.jbellis.jvector.graph.disk.feature.FusedPQ;
import io.github.jbellis.jvector.graph.disk.feature.InlineVectors;
import io.github.jbellis.jvector.graph.disk.feature.NVQ;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.quantization.NVQuantization;
import io.github.jbellis.jvector.quantization.PQVectors;
import io.github.jbellis.jvector.quantization.ProductQuantization;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.function.IntFunction;

/**
 * JVector's graphs, built over the vectors themselves and written with what a search scores. The
 * graph is the same for every storage: it is built once and taken over from the files of {@link
 * Storage#FLOAT} where they are there.
 *
 * @param storage what lies beside the graph
 */
record JVectorFormat(Storage storage) implements PeerFormat {
  static final VectorSimilarityFunction SIMILARITY = VectorSimilarityFunction.DOT_PRODUCT;
  private static final String GRAPH = "graph.jvector";
  private static final String GRAPH_SECONDS = "graph.seconds";
  private static final String VERSION = "4.0.2";

  /** The values of JVector's own benchmark. */
  private static final int DEGREE = 32;

  private static final int BEAM_WIDTH = 100;
  private static final float OVERFLOW = 1.2f;
  private static final float ALPHA = 1.2f;
  private static final int NVQ_PARTS = 2;

  /**
   * Dimensions per product-quantised part. JVector's benchmark takes 8 at 1,024 dimensions and
   * more; sentence vectors of 384 need finer ones.
   */
  private static final int DIMENSIONS_PER_PART = 4;

  private static final int CENTROIDS_PER_PART = 256;

  /** No anisotropy: JVector's default. */
  private static final float UNWEIGHTED = -1;

  /** What lies beside the graph. */
  enum Storage {
    /** Vectors, scored all along. */
    FLOAT,
    /** Vectors of one byte a component, non-uniformly quantised, scored all along; no originals. */
    NVQ,
    /** Every node's neighbours product-quantised within the node; vectors for the rerank. */
    FUSED_PQ,
    /** Every node's neighbours product-quantised within the node; NVQ for the rerank. */
    FUSED_PQ_NVQ;

    boolean fused() {
      return switch (this) {
        case FLOAT, NVQ -> false;
        case FUSED_PQ, FUSED_PQ_NVQ -> true;
      };
    }

    boolean keepsVectors() {
      return switch (this) {
        case FLOAT, FUSED_PQ -> true;
        case NVQ, FUSED_PQ_NVQ -> false;
      };
    }
  }

  @Override
  public String configuration() {
    String pq = storage.fused() ? ", %d dimensions a part".formatted(DIMENSIONS_PER_PART) : "";
    return "JVector %s, %s, degree %d, beam %d, overflow %.1f, alpha %.1f, hierarchy, refined%s"
        .formatted(VERSION, storage, DEGREE, BEAM_WIDTH, OVERFLOW, ALPHA, pq);
  }

  @Override
  public double build(Corpus corpus, BuildPlace place) throws IOException {
    RandomAccessVectorValues vectors = vectors(corpus);
    try (var workers = new ForkJoinPool(place.threads())) {
      Path kept = place.indexes().resolve(Peer.JVECTOR_FLOAT.label());
      if (storage != Storage.FLOAT && Files.exists(kept.resolve(GRAPH_SECONDS))) {
        try (ReaderSupplier files =
                ReaderSupplierFactory.open(kept.resolve("files").resolve(GRAPH));
            OnDiskGraphIndex graph = OnDiskGraphIndex.load(files)) {
          requireSameShape(graph, corpus, kept);
          write(graph, vectors, place.directory(), workers);
        }
        return Double.parseDouble(Files.readString(kept.resolve(GRAPH_SECONDS)));
      }
      long start = System.nanoTime();
      try (GraphIndexBuilder builder = builder(vectors, workers)) {
        ImmutableGraphIndex graph = builder.build(vectors);
        double seconds = (System.nanoTime() - start) / 1e9;
        write(graph, vectors, place.directory(), workers);
        Files.writeString(place.directory().resolveSibling(GRAPH_SECONDS), String.valueOf(seconds));
      }
      return 0;
    }
  }

  private static void requireSameShape(OnDiskGraphIndex graph, Corpus corpus, Path kept)
      throws IOException {
    if (graph.size(0) != corpus.size() || graph.getDimension() != corpus.dimension()) {
      throw new IOException(
          "the graph in %s is of %d x %d vectors, expected %d x %d: remove it"
              .formatted(
                  kept, graph.size(0), graph.getDimension(), corpus.size(), corpus.dimension()));
    }
  }

  private static RandomAccessVectorValues vectors(Corpus corpus) {
    List<VectorFloat<?>> vectors = new ArrayList<>(corpus.size());
    for (int row = 0; row < corpus.size(); row++) {
      vectors.add(vector(corpus.rows().row(row)));
    }
    return new ListRandomAccessVectorValues(vectors, corpus.dimension());
  }

  /** A vector as JVector's kernels want it. */
  static VectorFloat<?> vector(float[] components) {
    return VectorizationProvider.getInstance().getVectorTypeSupport().createFloatVector(components);
  }

  // The builder that replaces this constructor takes hierarchy and refinement from system settings.
  @SuppressWarnings("deprecation")
  private static GraphIndexBuilder builder(RandomAccessVectorValues vectors, ForkJoinPool workers) {
    return new GraphIndexBuilder(
        BuildScoreProvider.randomAccessScoreProvider(vectors, SIMILARITY),
        vectors.dimension(),
        DEGREE,
        BEAM_WIDTH,
        OVERFLOW,
        ALPHA,
        true, // a hierarchy of layers above the graph
        true, // a second pass that improves every node's neighbours
        workers,
        workers);
  }

  private void write(
      ImmutableGraphIndex graph,
      RandomAccessVectorValues vectors,
      Path directory,
      ForkJoinPool workers)
      throws IOException {
    Map<FeatureId, IntFunction<Feature.State>> states = new EnumMap<>(FeatureId.class);
    var builder = new OnDiskGraphIndexWriter.Builder(graph, directory.resolve(GRAPH));
    builder.withMapper(new OrdinalMapper.IdentityMapper(vectors.size() - 1));
    if (storage.keepsVectors()) {
      builder.with(new InlineVectors(vectors.dimension()));
      states.put(FeatureId.INLINE_VECTORS, row -> new InlineVectors.State(vectors.getVector(row)));
    } else {
      NVQuantization nvq = NVQuantization.compute(vectors, NVQ_PARTS);
      builder.with(new NVQ(nvq));
      states.put(FeatureId.NVQ_VECTORS, row -> new NVQ.State(nvq.encode(vectors.getVector(row))));
    }
    if (storage.fused()) {
      ProductQuantization pq =
          ProductQuantization.compute(
              vectors,
              Math.ceilDiv(vectors.dimension(), DIMENSIONS_PER_PART),
              CENTROIDS_PER_PART,
              false, // not centred
              UNWEIGHTED,
              workers,
              workers);
      PQVectors codes = pq.encodeAll(vectors, workers);
      builder.with(new FusedPQ(graph.maxDegree(), pq));
      var view = graph.getView();
      states.put(FeatureId.FUSED_PQ, row -> new FusedPQ.State(view, codes, row));
    }
    try (OnDiskGraphIndexWriter writer = builder.build()) {
      writer.write(states);
    }
  }

  @Override
  public PeerIndex<?> open(Path directory) throws IOException {
    return JVectorIndex.open(directory.resolve(GRAPH), storage);
  }
}

package io.memryx.internal.collection;

import static java.util.Objects.requireNonNull;

import io.memryx.Metric;
import io.memryx.Neighbor;
import io.memryx.SearchRequest;
import io.memryx.SearchResult;
import io.memryx.internal.ivf.ClusterIndex;
import io.memryx.internal.ivf.ExactScorer;
import io.memryx.internal.ivf.InvertedLists;
import io.memryx.internal.ivf.ListScanner;
import io.memryx.internal.ivf.Reranking;
import io.memryx.internal.ivf.TopRows;
import io.memryx.internal.ivf.Vectors;
import io.memryx.internal.kernel.VectorKernels;
import io.memryx.internal.metadata.MetadataCodec;
import io.memryx.internal.metadata.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One search of one state: the hot buffers exactly; of the built index the nearest lists by code,
 * and where originals are kept, the best candidates again in full precision. Order is score, then
 * id, so that equal vectors come in one order wherever they lie. Not thread-safe: one per search.
 */
final class Searcher {
  private final VectorKernels kernels;
  private final CollectionState state;
  private final SearchRequest request;
  private final ExactScorer scorer;
  private final int wanted;
  private final List<Found> found = new ArrayList<>();

  private int listsProbed;
  private int codesScanned;
  private int codesRanked;
  private int vectorsScored;

  /**
   * Prepares a search.
   *
   * @param query the request's vector, validated
   */
  Searcher(VectorKernels kernels, CollectionState state, SearchRequest request, float[] query) {
    this.kernels = kernels;
    this.state = state;
    this.request = request;
    this.scorer = ExactScorer.of(kernels, metric(), query);
    this.wanted = request.k() + (request.excludedId() == null ? 0 : 1);
  }

  /** An entry found, not yet decoded. */
  // A record of arrays on purpose: internal, lives for one search.
  @SuppressWarnings("ArrayRecordComponent")
  private record Found(float score, byte[] id, byte[] metadata) {
    static final Comparator<Found> BEST_FIRST =
        Comparator.comparingDouble((Found entry) -> -entry.score)
            .thenComparing(Found::id, Arrays::compareUnsigned);

    Neighbor decode() {
      return new Neighbor(
          new String(id, StandardCharsets.UTF_8), score, MetadataCodec.decode(metadata));
    }
  }

  SearchResult search() {
    long start = System.nanoTime();
    state.hot().forEach(this::scanHot);
    if (state.dead().size() < state.generation().size()) {
      collect(bestOrdinals());
    }
    List<Neighbor> neighbors = bestNeighbors();
    long micros = (System.nanoTime() - start) / 1_000;
    return new SearchResult(
        neighbors,
        new SearchResult.Work(
            listsProbed, codesScanned, codesRanked, vectorsScored, state.liveSize(), micros));
  }

  private void scanHot(HotBuffer.View view) {
    if (view.liveSize() == 0) {
      return;
    }
    byte[][] ids = view.ids();
    TopRows top =
        new TopRows(
            Math.min(wanted, view.liveSize()), (a, b) -> Arrays.compareUnsigned(ids[a], ids[b]));
    vectorsScored += scorer.scan(view.vectors(), view.dead(), top);
    for (int i = 0; i < top.size(); i++) {
      int row = top.row(i);
      found.add(new Found(top.score(i), ids[row], view.metadata()[row]));
    }
  }

  private TopRows bestOrdinals() {
    Generation generation = state.generation();
    ClusterIndex index = generation.index();
    Vectors originals = generation.originals();
    if (originals != null && (index == null || request.isExact())) {
      TopRows top = topOrdinals();
      vectorsScored += scorer.scan(originals, state.dead(), top);
      return top;
    }
    return searchIndex(requireNonNull(index), originals);
  }

  /** The best by code; where there are originals, the best of those again in full precision. */
  private TopRows searchIndex(ClusterIndex index, @Nullable Vectors originals) {
    ListScanner scanner =
        new ListScanner(kernels, metric(), index, scorer.query(), state.dead(), wanted(index));
    TopRows ranked =
        originals == null ? topPositions(index) : new TopRows(rerank(), TopRows.LOWER_ROW_FIRST);
    if (request.isExact()) {
      scanner.rankAll(ranked);
    } else {
      int probes = request.probes() > 0 ? request.probes() : index.training().defaultProbes();
      int[] _ = scanner.scanNearest(probes);
      scanner.rankCandidates(ranked);
    }
    listsProbed = scanner.listsProbed();
    codesScanned = scanner.codesScanned();
    codesRanked = scanner.codesRanked();
    return originals == null ? ordinals(index, ranked) : rerankInFull(index, originals, ranked);
  }

  /** The best positions of the list order; ties in order of id. */
  private TopRows topPositions(ClusterIndex index) {
    PackedBytes ids = state.generation().ids();
    InvertedLists lists = index.lists();
    return new TopRows(
        Math.min(wanted, live()), (a, b) -> ids.compare(lists.ordinal(a), lists.ordinal(b)));
  }

  private TopRows ordinals(ClusterIndex index, TopRows positions) {
    TopRows top = topOrdinals();
    for (int i = 0; i < positions.size(); i++) {
      top.offer(positions.score(i), index.lists().ordinal(positions.row(i)));
    }
    return top;
  }

  private TopRows rerankInFull(ClusterIndex index, Vectors originals, TopRows positions) {
    TopRows top = topOrdinals();
    var reranking = new Reranking(scorer, originals, index.lists());
    reranking.rank(positions, top);
    vectorsScored += reranking.vectorsScored();
    return top;
  }

  private ListScanner.Wanted wanted(ClusterIndex index) {
    int rerank = request.rerank() > 0 ? request.rerank() : ListScanner.pool(request.k(), index);
    int candidates = Math.min(live(), Math.max(rerank, wanted));
    return new ListScanner.Wanted(candidates, Math.min(wanted, live()));
  }

  /**
   * Candidates scored in full precision: by whole codes, 0.999 of the true ten are in the first
   * twenty. Who asks for many candidates gets an eighth of them.
   */
  private int rerank() {
    return Math.min(live(), Math.max(2 * wanted + 5, request.rerank() / 8));
  }

  private int live() {
    return state.generation().size() - state.dead().size();
  }

  private Metric metric() {
    return state.generation().options().metric();
  }

  private TopRows topOrdinals() {
    return new TopRows(Math.min(wanted, live()), state.generation().ids()::compare);
  }

  private void collect(TopRows top) {
    Generation generation = state.generation();
    for (int i = 0; i < top.size(); i++) {
      int ordinal = top.row(i);
      found.add(
          new Found(
              possible(top.score(i)),
              generation.ids().copyOf(ordinal),
              generation.metadata().copyOf(ordinal)));
    }
  }

  /** An estimate may leave the range that the metric has. */
  private float possible(float score) {
    return switch (metric()) {
      case COSINE -> Math.clamp(score, -1f, 1f);
      case DOT -> score;
      case L2 -> Math.min(score, 0f);
    };
  }

  private List<Neighbor> bestNeighbors() {
    String excludedId = request.excludedId();
    byte[] excluded =
        excludedId == null || !Utf8.isEncodable(excludedId)
            ? new byte[0]
            : excludedId.getBytes(StandardCharsets.UTF_8);
    return found.stream()
        .filter(entry -> entry.score >= request.minScore() && !Arrays.equals(entry.id, excluded))
        .sorted(Found.BEST_FIRST)
        .limit(request.k())
        .map(Found::decode)
        .toList();
  }
}

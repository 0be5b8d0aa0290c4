package io.memryx.internal.collection;

import io.memryx.Neighbor;
import io.memryx.SearchRequest;
import io.memryx.SearchResult;
import io.memryx.internal.ivf.ClusterIndex;
import io.memryx.internal.ivf.ExactScorer;
import io.memryx.internal.ivf.ListScanner;
import io.memryx.internal.ivf.TopRows;
import io.memryx.internal.kernel.VectorKernels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * One search of one state: the hot buffers exactly; of the built index the nearest lists by code,
 * the best candidates again in full precision. Order is score, then id, so that equal vectors come
 * in one order wherever they lie. Not thread-safe: one per search.
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
    this.scorer = ExactScorer.of(kernels, state.generation().options().metric(), query);
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
    ClusterIndex index = state.generation().index();
    if (index != null && state.dead().size() < state.generation().size()) {
      collect(request.isExact() ? scanOriginals() : rerank(scanLists(index)));
    }
    List<Neighbor> neighbors = bestNeighbors();
    long micros = (System.nanoTime() - start) / 1_000;
    return new SearchResult(
        neighbors, new SearchResult.Work(listsProbed, codesScanned, vectorsScored, micros));
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

  private TopRows scanOriginals() {
    TopRows top = topOrdinals();
    vectorsScored += scorer.scan(state.generation().originals(), state.dead(), top);
    return top;
  }

  /**
   * The best candidates by code, out of the probed lists; further lists if those hold too few
   * entries.
   */
  private TopRows scanLists(ClusterIndex index) {
    int live = state.generation().size() - state.dead().size();
    int rerank = request.rerank() > 0 ? request.rerank() : defaultRerank();
    TopRows candidates =
        new TopRows(Math.min(live, Math.max(rerank, wanted)), TopRows.LOWER_ROW_FIRST);
    ListScanner scanner = new ListScanner(kernels, index, scorer.query(), state.dead(), candidates);
    int lists = index.lists().count();
    int probes = Math.min(lists, request.probes() > 0 ? request.probes() : index.defaultProbes());
    probe(index, scanner, probes);
    while (scanner.liveRows() < Math.min(wanted, live)) {
      probes = Math.min(lists, 2 * probes);
      probe(index, scanner, probes);
    }
    listsProbed = probes;
    codesScanned = scanner.codesScanned();
    return candidates;
  }

  /** Scans the nearest lists that were not scanned before. */
  private void probe(ClusterIndex index, ListScanner scanner, int probes) {
    int[] nearest =
        index
            .centroids()
            .nearest(kernels, state.generation().options().metric(), scorer.query(), probes);
    for (int i = listsProbed; i < nearest.length; i++) {
      scanner.scan(nearest[i]);
    }
    listsProbed = probes;
  }

  /**
   * 8-bit codes misplace a neighbor by a few ranks: at k = 10, twenty candidates found what fifty
   * did.
   */
  private int defaultRerank() {
    return 2 * request.k() + 20;
  }

  private TopRows rerank(TopRows candidates) {
    TopRows top = topOrdinals();
    for (int i = 0; i < candidates.size(); i++) {
      int ordinal = candidates.row(i);
      top.offer(scorer.score(state.generation().originals(), ordinal), ordinal);
    }
    vectorsScored += candidates.size();
    return top;
  }

  private TopRows topOrdinals() {
    int live = state.generation().size() - state.dead().size();
    return new TopRows(Math.min(wanted, live), state.generation().ids()::compare);
  }

  private void collect(TopRows top) {
    Generation generation = state.generation();
    for (int i = 0; i < top.size(); i++) {
      int ordinal = top.row(i);
      found.add(
          new Found(
              top.score(i),
              generation.ids().copyOf(ordinal),
              generation.metadata().copyOf(ordinal)));
    }
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

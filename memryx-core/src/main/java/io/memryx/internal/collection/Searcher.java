package io.memryx.internal.collection;

import static java.util.Objects.requireNonNull;

import io.memryx.Metric;
import io.memryx.internal.ivf.ClusterIndex;
import io.memryx.internal.ivf.ExactScan;
import io.memryx.internal.ivf.InvertedLists;
import io.memryx.internal.ivf.ListQuery;
import io.memryx.internal.ivf.ListScanner;
import io.memryx.internal.ivf.Patience;
import io.memryx.internal.ivf.Reranking;
import io.memryx.internal.ivf.TopRows;
import io.memryx.internal.ivf.Vectors;
import io.memryx.internal.kernel.VectorKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Searches of one state, answered together: the hot buffers exactly; of the built index the nearest
 * lists by code, and where originals are kept, the best candidates again in full precision. Order
 * is score, then id, so that equal vectors come in one order wherever they lie. What several
 * queries need is read once for all of them: rows that are scored exactly, centroids, and the
 * transforms of the quantiser. A single search is a batch of one. For one thread.
 */
final class Searcher {
  private final VectorKernels kernels;
  private final CollectionState state;
  private final Patience patience;
  private final Laps laps = new Laps();

  Searcher(VectorKernels kernels, CollectionState state, Patience patience) {
    this.kernels = kernels;
    this.state = state;
    this.patience = patience;
  }

  /** Searches for all queries; afterwards each has its result. */
  void search(List<Query> queries) {
    patience.look();
    for (HotBuffer.View view : state.hot()) {
      scanHot(view, queries);
    }
    laps.end(SearchPhase.HOT_BUFFER, queries);
    if (live() > 0) {
      searchBuilt(queries);
    }
    for (Query query : queries) {
      query.decode();
      laps.end(SearchPhase.REST, query);
    }
  }

  private void scanHot(HotBuffer.View view, List<Query> queries) {
    if (view.liveSize() == 0) {
      return;
    }
    byte[][] ids = view.ids();
    var scan = new ExactScan(view.vectors(), view.dead(), patience);
    List<TopRows> tops = new ArrayList<>(queries.size());
    for (Query query : queries) {
      int capacity = Math.min(query.wanted(), view.liveSize());
      var top = new TopRows(capacity, (a, b) -> Arrays.compareUnsigned(ids[a], ids[b]));
      scan.add(query.scorer(), top);
      tops.add(top);
    }
    scan.run();
    for (int i = 0; i < tops.size(); i++) {
      queries.get(i).addVectorsScored(view.liveSize());
      queries.get(i).add(tops.get(i), view);
    }
  }

  private void searchBuilt(List<Query> queries) {
    Vectors originals = state.generation().originals();
    List<Query> byVector = new ArrayList<>();
    List<Query> byCode = new ArrayList<>();
    boolean indexed = state.generation().index() != null;
    for (Query query : queries) {
      boolean exact = originals != null && (!indexed || query.request().isExact());
      (exact ? byVector : byCode).add(query);
    }
    if (!byVector.isEmpty()) {
      scanOriginals(requireNonNull(originals), byVector);
      laps.end(SearchPhase.RERANKING, byVector);
    }
    if (!byCode.isEmpty()) {
      searchIndex(requireNonNull(state.generation().index()), byCode);
    }
  }

  private void scanOriginals(Vectors originals, List<Query> queries) {
    var scan = new ExactScan(originals, state.dead(), patience);
    List<TopRows> tops = new ArrayList<>(queries.size());
    for (Query query : queries) {
      TopRows top = topOrdinals(query);
      scan.add(query.scorer(), top);
      tops.add(top);
    }
    scan.run();
    for (int i = 0; i < tops.size(); i++) {
      queries.get(i).addVectorsScored(live());
      queries.get(i).add(tops.get(i), state.generation());
    }
  }

  private void searchIndex(ClusterIndex index, List<Query> queries) {
    List<float[]> vectors = queries.stream().map(query -> query.scorer().query()).toList();
    List<ListQuery> prepared = ListQuery.prepare(kernels, metric(), index, vectors);
    laps.end(SearchPhase.ROUTING, queries);
    for (int i = 0; i < queries.size(); i++) {
      searchIndex(index, queries.get(i), prepared.get(i));
    }
  }

  /** The best by code; where there are originals, the best of those again in full precision. */
  private void searchIndex(ClusterIndex index, Query query, ListQuery prepared) {
    Generation generation = state.generation();
    Vectors originals = generation.originals();
    var scanner =
        new ListScanner(kernels, index, prepared, state.dead(), wanted(index, query), patience);
    TopRows ranked =
        originals == null
            ? topPositions(index, query)
            : new TopRows(rerank(query), TopRows.LOWER_ROW_FIRST);
    if (query.request().isExact()) {
      scanner.rankAll(ranked);
    } else {
      int[] _ = scanner.scanNearest(probes(index, query));
      laps.end(SearchPhase.SCANNING, query);
      scanner.rankCandidates(ranked);
    }
    query.setCodesSeen(scanner.listsProbed(), scanner.codesScanned(), scanner.codesRanked());
    laps.end(SearchPhase.RANKING, query);
    if (originals == null) {
      query.add(ranked, generation.inListOrder());
    } else {
      rerankInFull(index, originals, query, ranked);
      laps.end(SearchPhase.RERANKING, query);
    }
  }

  private static int probes(ClusterIndex index, Query query) {
    int probes = query.request().probes();
    return probes > 0 ? probes : index.training().defaultProbes();
  }

  /** The best positions of the list order; ties in order of id. */
  private TopRows topPositions(ClusterIndex index, Query query) {
    PackedBytes ids = state.generation().ids();
    InvertedLists lists = index.lists();
    return new TopRows(
        Math.min(query.wanted(), live()),
        (a, b) -> ids.compare(lists.ordinal(a), lists.ordinal(b)));
  }

  private void rerankInFull(ClusterIndex index, Vectors originals, Query query, TopRows positions) {
    TopRows top = topOrdinals(query);
    var reranking = new Reranking(query.scorer(), originals, index.lists());
    reranking.rank(positions, top);
    query.addVectorsScored(reranking.vectorsScored());
    query.add(top, state.generation());
  }

  private ListScanner.Wanted wanted(ClusterIndex index, Query query) {
    int asked = query.request().rerank();
    int rerank = asked > 0 ? asked : ListScanner.pool(query.request().k(), index);
    int candidates = Math.min(live(), Math.max(rerank, query.wanted()));
    return new ListScanner.Wanted(candidates, Math.min(query.wanted(), live()));
  }

  /**
   * Candidates scored in full precision: by whole codes, 0.999 of the true ten are in the first
   * twenty. Who asks for many candidates gets an eighth of them.
   */
  private int rerank(Query query) {
    return Math.min(live(), Math.max(2 * query.wanted() + 5, query.request().rerank() / 8));
  }

  private int live() {
    return state.generation().size() - state.dead().size();
  }

  private Metric metric() {
    return state.generation().options().metric();
  }

  private TopRows topOrdinals(Query query) {
    return new TopRows(Math.min(query.wanted(), live()), state.generation().ids()::compare);
  }
}

package io.memryx.internal.collection;

import static java.util.Objects.requireNonNull;

import io.memryx.Filter;
import io.memryx.Metric;
import io.memryx.internal.ivf.ClusterIndex;
import io.memryx.internal.ivf.ExactScan;
import io.memryx.internal.ivf.InvertedLists;
import io.memryx.internal.ivf.ListQuery;
import io.memryx.internal.ivf.ListScanner;
import io.memryx.internal.ivf.Patience;
import io.memryx.internal.ivf.Reranking;
import io.memryx.internal.ivf.Searchable;
import io.memryx.internal.ivf.TopRows;
import io.memryx.internal.ivf.Vectors;
import io.memryx.internal.kernel.VectorKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
  private final @Nullable Matches matches;
  private final Patience patience;
  private final Laps laps = new Laps();

  /**
   * Prepares searches.
   *
   * @param filter what entries must pass; null if all do
   */
  Searcher(
      VectorKernels kernels, CollectionState state, @Nullable Filter filter, Patience patience) {
    this.kernels = kernels;
    this.state = state;
    this.patience = patience;
    patience.look();
    this.matches = filter == null ? null : Matches.of(state, filter);
  }

  /** Searches for queries, which then have their results. */
  void search(List<Query> queries) {
    patience.look();
    laps.end(SearchPhase.REST, queries);
    for (int buffer = 0; buffer < state.hot().size(); buffer++) {
      scanHot(buffer, queries);
    }
    laps.end(SearchPhase.HOT_BUFFER, queries);
    if (live() > 0) {
      searchBuilt(queries);
    }
    for (Query query : queries) {
      query.decode(matches == null ? -1 : matches.countIfKnown());
      laps.end(SearchPhase.REST, query);
    }
  }

  private void scanHot(int buffer, List<Query> queries) {
    HotBuffer.View view = state.hot().get(buffer);
    int count = matches == null ? view.liveSize() : matches.hot(buffer).length;
    if (count == 0) {
      return;
    }
    byte[][] ids = view.ids();
    var scan = new ExactScan(kernels, view.vectors(), view.dead(), patience);
    List<TopRows> tops = new ArrayList<>(queries.size());
    for (Query query : queries) {
      int capacity = Math.min(query.wanted(), count);
      var top = new TopRows(capacity, (a, b) -> Arrays.compareUnsigned(ids[a], ids[b]));
      scan.add(query.scorer(), top);
      tops.add(top);
    }
    run(scan, matches == null ? null : matches.hot(buffer));
    for (int i = 0; i < tops.size(); i++) {
      queries.get(i).addVectorsScored(count);
      queries.get(i).add(tops.get(i), view);
    }
  }

  private static void run(ExactScan scan, int @Nullable [] wanted) {
    if (wanted == null) {
      scan.run();
    } else {
      scan.run(wanted);
    }
  }

  private void searchBuilt(List<Query> queries) {
    ClusterIndex index = state.generation().index();
    Vectors originals = state.generation().originals();
    List<Query> byVector = new ArrayList<>();
    List<Query> byCode = new ArrayList<>();
    for (Query query : queries) {
      boolean exact =
          originals != null && (index == null || scoresEachVector(index, originals, query));
      (exact ? byVector : byCode).add(query);
    }
    if (!byVector.isEmpty()) {
      scanOriginals(requireNonNull(originals), byVector);
      laps.end(SearchPhase.RERANKING, byVector);
    }
    if (!byCode.isEmpty()) {
      searchIndex(requireNonNull(index), byCode);
    }
  }

  /** Whether each entry is scored as well as it is known. */
  private boolean scoresEach(ClusterIndex index, Query query) {
    return query.request().isExact()
        || (matches != null && plan(index, matches, query).scoresEach(query.wanted()));
  }

  private boolean scoresEachVector(ClusterIndex index, Vectors originals, Query query) {
    return query.request().isExact()
        || (matches != null
            && plan(index, matches, query).scoresEachVector(query.wanted(), originals));
  }

  private FilterPlan plan(ClusterIndex index, Matches some, Query query) {
    return new FilterPlan(index, some.builtAtMost(), probes(index, query));
  }

  private void scanOriginals(Vectors originals, List<Query> queries) {
    var scan = new ExactScan(kernels, originals, state.dead(), patience);
    List<TopRows> tops = new ArrayList<>(queries.size());
    for (Query query : queries) {
      TopRows top = topOrdinals(query);
      scan.add(query.scorer(), top);
      tops.add(top);
    }
    run(scan, matches == null ? null : matches.ordinals());
    int count = matches == null ? live() : matches.ordinals().length;
    for (int i = 0; i < tops.size(); i++) {
      queries.get(i).addVectorsScored(count);
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
    var searchable = new Searchable(state.dead(), matches == null ? null : matches.positions());
    var scanner =
        new ListScanner(kernels, index, prepared, searchable, wanted(index, query), patience);
    TopRows ranked =
        originals == null
            ? topPositions(index, query)
            : new TopRows(rerank(query), TopRows.LOWER_ROW_FIRST);
    if (scoresEach(index, query)) {
      scanner.rankAll(ranked);
    } else {
      int probes = matches == null ? probes(index, query) : plan(index, matches, query).probes();
      int[] _ = scanner.scanNearest(probes);
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
    int expected = matches == null ? 0 : plan(index, matches, query).matchesExpected();
    return new ListScanner.Wanted(candidates, Math.min(query.wanted(), live()), expected);
  }

  /**
   * Candidates scored in full precision: by whole codes, 0.999 of the true ten are in the first
   * twenty. Who asks for many candidates gets an eighth of them.
   */
  private int rerank(Query query) {
    return Math.min(live(), Math.max(2 * query.wanted() + 5, query.request().rerank() / 8));
  }

  /** Entries of the generation that may be found; maybe fewer of those that pass a filter. */
  private int live() {
    int live = state.generation().size() - state.dead().size();
    return matches == null ? live : Math.min(live, matches.builtAtMost());
  }

  private Metric metric() {
    return state.generation().options().metric();
  }

  private TopRows topOrdinals(Query query) {
    return new TopRows(Math.min(query.wanted(), live()), state.generation().ids()::compare);
  }
}

package io.memryx.internal.collection;

import io.memryx.Filter;
import io.memryx.Neighbor;
import io.memryx.RecallReport;
import io.memryx.RecallRequest;
import io.memryx.SearchRequest;
import io.memryx.SearchResult;
import io.memryx.internal.ivf.Patience;
import io.memryx.internal.kernel.VectorKernels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A measurement of recall on one state: some live entries are searched for, with the collection's
 * defaults and exactly, themselves excluded. Used once, by one thread.
 */
final class RecallMeasurement {
  /** Exact searches that are answered together. */
  private static final int TOGETHER = 64;

  private final EntryValidator validator;
  private final VectorKernels kernels;
  private final CollectionState state;
  private final RecallRequest request;
  private final Patience patience;
  private final SplittableRandom random;

  /** Begins; the time that a deadline allows runs from here. */
  RecallMeasurement(
      String collection,
      EntryValidator validator,
      VectorKernels kernels,
      CollectionState state,
      RecallRequest request) {
    this.validator = validator;
    this.kernels = kernels;
    this.state = state;
    this.request = request;
    this.patience = Patience.begin(collection, request.deadline());
    this.random = new SplittableRandom(request.seed());
  }

  RecallReport measure() {
    patience.look();
    List<SearchRequest> searches = sample().stream().map(this::search).toList();
    double[] millis = new double[searches.size()];
    long found = 0;
    long there = 0;
    for (int from = 0; from < searches.size(); from += TOGETHER) {
      var some = searches.subList(from, Math.min(searches.size(), from + TOGETHER));
      List<SearchResult> exact = answer(some.stream().map(SearchRequest::exact).toList());
      for (int i = 0; i < some.size(); i++) {
        long begin = System.nanoTime();
        SearchResult result = answer(List.of(some.get(i))).getFirst();
        millis[from + i] = (System.nanoTime() - begin) / 1e6;
        Set<String> truth = ids(exact.get(i));
        there += truth.size();
        truth.retainAll(ids(result));
        found += truth.size();
      }
    }
    Arrays.sort(millis);
    double recall = there == 0 ? 1 : (double) found / there;
    return new RecallReport(
        request.k(), millis.length, recall, percentile(millis, 50), percentile(millis, 95));
  }

  /** The least value that so many percent of them don't exceed; 0 of none. */
  private static double percentile(double[] rising, int percent) {
    return rising.length == 0 ? 0 : rising[Math.ceilDiv(rising.length * percent, 100) - 1];
  }

  private List<SearchResult> answer(List<SearchRequest> searches) {
    return new SearchBatch(validator, kernels, searches, patience).search(state, Map.of());
  }

  private SearchRequest search(Place place) {
    String id = new String(place.id(), StandardCharsets.UTF_8);
    SearchRequest search =
        SearchRequest.of(place.vector(), request.k()).without(id).withInclude(Set.of());
    Filter filter = request.filter();
    return filter == null ? search : search.withFilter(filter);
  }

  private static Set<String> ids(SearchResult result) {
    Set<String> ids = new HashSet<>();
    for (Neighbor neighbor : result.neighbors()) {
      ids.add(neighbor.id());
    }
    return ids;
  }

  /** Live entries that pass the filter, each with the same chance, in the order they lie in. */
  private List<Place> sample() {
    Filter filter = request.filter();
    Matches matches = filter == null ? null : Matches.of(state, filter);
    List<Place> places = new ArrayList<>();
    int left = matches == null ? state.liveSize() : matches.count();
    for (int i = 0; i < state.hot().size(); i++) {
      HotBuffer.View view = state.hot().get(i);
      int[] rows = matches == null ? view.dead().complement(view.size()) : matches.hot(i);
      left = sample(view, rows, left, places);
    }
    Generation generation = state.generation();
    int[] ordinals =
        matches == null ? state.dead().complement(generation.size()) : matches.ordinals();
    int _ = sample(generation, ordinals, left, places);
    return places;
  }

  /**
   * Takes each row with the chance that makes the sample full in the end.
   *
   * @param left rows from here on
   * @return rows after these
   */
  private int sample(EntryRows source, int[] rows, int left, List<Place> places) {
    int rest = left;
    for (int row : rows) {
      if (random.nextInt(rest) < request.sample() - places.size()) {
        places.add(new Place(source, row));
      }
      rest--;
    }
    return rest;
  }
}

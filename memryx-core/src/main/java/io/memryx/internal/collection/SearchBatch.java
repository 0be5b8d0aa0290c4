package io.memryx.internal.collection;

import io.memryx.Filter;
import io.memryx.Metric;
import io.memryx.SearchRequest;
import io.memryx.SearchResult;
import io.memryx.ValidationException;
import io.memryx.Violation;
import io.memryx.internal.ivf.ExactScorer;
import io.memryx.internal.ivf.Patience;
import io.memryx.internal.kernel.VectorKernels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Requests answered together, on one state: checked first, then searched for in groups that have
 * the same filter. A single search is a batch of one. For one thread; used once.
 */
final class SearchBatch {
  /**
   * Queries that share what is read: as many as fill two panels of a product. More would share
   * little more, and what is known of each would not stay in the cache.
   */
  private static final int SHARING_QUERIES = 64;

  private final EntryValidator validator;
  private final VectorKernels kernels;
  private final List<SearchRequest> requests;
  private final Patience patience;

  SearchBatch(
      EntryValidator validator,
      VectorKernels kernels,
      List<SearchRequest> requests,
      Patience patience) {
    this.validator = validator;
    this.kernels = kernels;
    this.requests = requests;
    this.patience = patience;
  }

  /** The deadline of requests that are answered together, or null if none has one. */
  static @Nullable Duration shortestDeadline(List<SearchRequest> requests) {
    return requests.stream()
        .map(SearchRequest::deadline)
        .filter(Objects::nonNull)
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  /** The ids of entries that requests start from. */
  Set<String> startIds() {
    return requests.stream()
        .map(SearchRequest::likeId)
        .filter(Objects::nonNull)
        .collect(Collectors.toSet());
  }

  /**
   * The answers, in the order of the requests.
   *
   * @param starts where entries that requests start from lie in the state; those that there are
   * @throws ValidationException naming every faulty request; nothing is searched then
   */
  List<SearchResult> search(CollectionState state, Map<String, Place> starts) {
    List<Query> queries = queries(state.generation().options().metric(), starts);
    for (List<Query> group : byFilter(queries)) {
      Filter filter = group.getFirst().request().filter();
      var searcher = new Searcher(kernels, state, filter, patience);
      for (int from = 0; from < group.size(); from += SHARING_QUERIES) {
        int end = Math.min(group.size(), from + SHARING_QUERIES);
        searcher.search(group.subList(from, end));
      }
    }
    return queries.stream().map(Query::result).toList();
  }

  private List<Query> queries(Metric metric, Map<String, Place> starts) {
    List<Query> queries = new ArrayList<>(requests.size());
    List<Violation> violations = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      try {
        SearchRequest request = requests.get(i);
        ExactScorer scorer = ExactScorer.of(kernels, metric, requireVector(request, starts));
        queries.add(new Query(request, scorer));
      } catch (ValidationException e) {
        Violation first = e.violations().getFirst();
        violations.add(new Violation(i, first.code(), first.detail(), first.hint()));
      }
    }
    if (!violations.isEmpty()) {
      throw new ValidationException(violations);
    }
    return queries;
  }

  private float[] requireVector(SearchRequest request, Map<String, Place> starts) {
    String startId = request.likeId();
    float[] vector = startId == null ? request.vector() : startVector(startId, starts);
    validator.requireQuery(vector);
    return vector;
  }

  private float[] startVector(String id, Map<String, Place> starts) {
    Place start = starts.get(id);
    if (start == null) {
      throw validator.unknownId(id);
    }
    return start.vector();
  }

  private static Collection<List<Query>> byFilter(List<Query> queries) {
    Map<Optional<Filter>, List<Query>> groups = new LinkedHashMap<>();
    for (Query query : queries) {
      groups
          .computeIfAbsent(Optional.ofNullable(query.request().filter()), _ -> new ArrayList<>())
          .add(query);
    }
    return groups.values();
  }
}

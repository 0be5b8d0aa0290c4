package io.memryx.server.service;

import io.memryx.Filter;
import io.memryx.Include;
import io.memryx.Limits;
import io.memryx.SearchRequest;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * How to search, whatever is searched for.
 *
 * @param k number of neighbors wanted
 * @param exact whether every entry is scored as well as it is known
 * @param probes lists to scan, or 0 for the default
 * @param rerank candidates to keep of the first scan, or 0 for the default
 * @param minScore least score of a neighbor
 * @param filter what neighbors pass, or empty
 * @param include what neighbors bring along
 */
public record SearchTerms(
    int k,
    boolean exact,
    int probes,
    int rerank,
    float minScore,
    Optional<Filter> filter,
    Set<Include> include) {
  /** Neighbors wanted unless told otherwise. */
  public static final int DEFAULT_K = 10;

  /** By then a worker is another client's: a batch of exact searches may take minutes. */
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  /** More lists than any index has. */
  private static final int MAX_PROBES = 1 << 20;

  private static final int MAX_RERANK = 100 * Limits.MAX_K;

  /** Refuses what is out of range, pointing to the field. */
  public SearchTerms {
    include = Set.copyOf(include);
    requireRange("k", k, 1, Limits.MAX_K);
    requireRange("probes", probes, 0, MAX_PROBES);
    requireRange("rerank", rerank, 0, MAX_RERANK);
    if (Float.isNaN(minScore)) {
      throw outOfRange("min_score", "min_score is NaN", "a number");
    }
  }

  /** A search for what is near to a vector. */
  public SearchRequest near(float[] vector) {
    return on(SearchRequest.of(vector, k));
  }

  /** A search for what is near to an entry. */
  public SearchRequest like(String id) {
    return on(SearchRequest.like(id, k));
  }

  private SearchRequest on(SearchRequest begun) {
    SearchRequest request =
        begun.withMinScore(minScore).withInclude(include).withDeadline(DEADLINE);
    if (filter.isPresent()) {
      request = request.withFilter(filter.get());
    }
    if (exact) {
      request = request.exact();
    }
    if (probes > 0) {
      request = request.withProbes(probes);
    }
    return rerank > 0 ? request.withRerank(rerank) : request;
  }

  private static void requireRange(String field, int value, int min, int max) {
    if (value < min || value > max) {
      throw outOfRange(
          field,
          "%s is %d, expected %d..%d".formatted(field, value, min, max),
          "a value in that range");
    }
  }

  private static RuntimeException outOfRange(String field, String detail, String wanted) {
    return Problem.of(ProblemCode.OUT_OF_RANGE, detail, "give " + wanted)
        .at("/" + field)
        .toException();
  }
}

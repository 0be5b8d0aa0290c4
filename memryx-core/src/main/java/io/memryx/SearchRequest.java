package io.memryx;

import org.jspecify.annotations.Nullable;

/** What to search for and how hard. Immutable; the vector is copied. */
public final class SearchRequest {
  private final float[] vector;
  private final int k;
  private final boolean exact;
  private final int probes;
  private final int rerank;
  private final float minScore;
  private final @Nullable String excludedId;
  private final @Nullable Filter filter;

  private SearchRequest(
      float[] vector,
      int k,
      boolean exact,
      int probes,
      int rerank,
      float minScore,
      @Nullable String excludedId,
      @Nullable Filter filter) {
    this.vector = vector;
    this.k = k;
    this.exact = exact;
    this.probes = probes;
    this.rerank = rerank;
    this.minScore = minScore;
    this.excludedId = excludedId;
    this.filter = filter;
  }

  /**
   * The k nearest neighbors of a vector, with the collection's defaults.
   *
   * @param vector as many components as the collection's dimension; copied
   * @param k number of neighbors wanted, 1 to {@link Limits#MAX_K}
   */
  public static SearchRequest of(float[] vector, int k) {
    requireRange("k", k, 1, Limits.MAX_K);
    return new SearchRequest(vector.clone(), k, false, 0, 0, Float.NEGATIVE_INFINITY, null, null);
  }

  /**
   * Scores every entry as well as it is known: in full precision where vectors are kept, which is
   * exactly what a brute-force scan finds; by its whole code under {@link Compression#COMPACT} and
   * {@link Compression#BALANCED}. Slower.
   */
  public SearchRequest exact() {
    return new SearchRequest(vector, k, true, probes, rerank, minScore, excludedId, filter);
  }

  /**
   * Scans this many inverted lists instead of the default; more than there are means all. At least
   * 1.
   */
  public SearchRequest withProbes(int probes) {
    requireRange("probes", probes, 1, Integer.MAX_VALUE);
    return new SearchRequest(vector, k, exact, probes, rerank, minScore, excludedId, filter);
  }

  /**
   * Keeps about this many candidates of the first scan, of sign bits; at least k. The whole codes
   * are scored of those among them that may still be among the best. Under {@link
   * Compression#LOSSLESS} at most an eighth of this many, or 2 k + 5 if that is more, are then
   * scored in full precision.
   */
  public SearchRequest withRerank(int rerank) {
    requireRange("rerank", rerank, 1, 100 * Limits.MAX_K);
    return new SearchRequest(vector, k, exact, probes, rerank, minScore, excludedId, filter);
  }

  /** Leaves out neighbors that score less. */
  public SearchRequest withMinScore(float minScore) {
    if (Float.isNaN(minScore)) {
      throw new ValidationException(
          Violation.Code.OUT_OF_RANGE, "min_score is NaN", "give a number");
    }
    return new SearchRequest(vector, k, exact, probes, rerank, minScore, excludedId, filter);
  }

  /** Leaves out the entry of this id, as in "more like this one". */
  public SearchRequest without(String excludedId) {
    return new SearchRequest(vector, k, exact, probes, rerank, minScore, excludedId, filter);
  }

  /** Looks among the entries that pass a filter only. */
  public SearchRequest withFilter(Filter filter) {
    return new SearchRequest(vector, k, exact, probes, rerank, minScore, excludedId, filter);
  }

  /** A copy of the query vector. */
  public float[] vector() {
    return vector.clone();
  }

  /** Number of components of the query vector. */
  public int dimension() {
    return vector.length;
  }

  /** Number of neighbors wanted. */
  public int k() {
    return k;
  }

  /** Whether every entry is scored as well as it is known. */
  public boolean isExact() {
    return exact;
  }

  /** Lists to scan, or 0 for the collection's default. */
  public int probes() {
    return probes;
  }

  /** Candidates to keep of the first scan, or 0 for the default. */
  public int rerank() {
    return rerank;
  }

  /** The least score of a neighbor. */
  public float minScore() {
    return minScore;
  }

  /** The id to leave out, or null. */
  public @Nullable String excludedId() {
    return excludedId;
  }

  /** What entries must pass, or null. */
  public @Nullable Filter filter() {
    return filter;
  }

  private static void requireRange(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new ValidationException(
          Violation.Code.OUT_OF_RANGE,
          "%s is %d, expected %d..%d".formatted(name, value, min, max),
          "give a value in that range");
    }
  }
}

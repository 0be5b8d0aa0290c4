package io.memryx;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to search for and how hard. Immutable and thread-safe: every method gives another request.
 * The vector is copied.
 *
 * {@snippet file="io/memryx/SnippetsTest.java" region="search"}
 */
public final class SearchRequest {
  private static final float[] NO_VECTOR = {};
  private static final Set<Include> METADATA = Set.of(Include.METADATA);
  private static final Effort DEFAULT_EFFORT = new Effort(false, 0, 0, null);
  private static final Choice ALL = new Choice(Float.NEGATIVE_INFINITY, null, null);

  private final float[] vector;
  private final @Nullable String likeId;
  private final int k;
  private final Effort effort;
  private final Choice choice;
  private final Set<Include> include;

  /** How hard to search; 0 and null stand for the collection's defaults. */
  private record Effort(boolean exact, int probes, int rerank, @Nullable Duration deadline) {}

  /** Which entries come into question. */
  private record Choice(float minScore, @Nullable String excludedId, @Nullable Filter filter) {}

  private SearchRequest(
      float[] vector,
      @Nullable String likeId,
      int k,
      Effort effort,
      Choice choice,
      Set<Include> include) {
    this.vector = vector;
    this.likeId = likeId;
    this.k = k;
    this.effort = effort;
    this.choice = choice;
    this.include = include;
  }

  /**
   * The k nearest neighbors of a vector, with the collection's defaults.
   *
   * @param vector as many components as the collection's dimension; copied
   * @param k number of neighbors wanted, 1 to {@link Limits#MAX_K}
   */
  public static SearchRequest of(float[] vector, int k) {
    Limits.requireRange("k", k, 1, Limits.MAX_K);
    return new SearchRequest(vector.clone(), null, k, DEFAULT_EFFORT, ALL, METADATA);
  }

  /**
   * The k nearest neighbors of an entry, itself excluded: "more like this one". Its vector is taken
   * from the state that is searched; where only its code is left, it is what the code stands for.
   *
   * {@snippet file="io/memryx/SnippetsTest.java" region="like"}
   *
   * @param id an entry of the collection; otherwise the search is refused with {@link
   *     Violation.Code#UNKNOWN_ID}
   * @param k number of neighbors wanted, 1 to {@link Limits#MAX_K}
   */
  public static SearchRequest like(String id, int k) {
    Limits.requireRange("k", k, 1, Limits.MAX_K);
    return new SearchRequest(NO_VECTOR, id, k, DEFAULT_EFFORT, ALL, METADATA);
  }

  /**
   * Scores every entry as well as it is known: in full precision where vectors are kept, which is
   * exactly what a brute-force scan finds; by its whole code under {@link Compression#COMPACT} and
   * {@link Compression#BALANCED}. Slower.
   */
  public SearchRequest exact() {
    return with(new Effort(true, effort.probes, effort.rerank, effort.deadline));
  }

  /**
   * Scans this many inverted lists instead of the default; more than there are means all. At least
   * 1. With a filter, which leaves neighbors that are farther away, it is more of them in the same
   * proportion as by default: so many find no less than they do without.
   */
  public SearchRequest withProbes(int probes) {
    Limits.requireRange("probes", probes, 1, Integer.MAX_VALUE);
    return with(new Effort(effort.exact, probes, effort.rerank, effort.deadline));
  }

  /**
   * Keeps about this many candidates of the first scan, of sign bits; at least k. The whole codes
   * are scored of those among them that may still be among the best. Under {@link
   * Compression#LOSSLESS} at most an eighth of this many, or 2 k + 5 if that is more, are then
   * scored in full precision.
   */
  public SearchRequest withRerank(int rerank) {
    Limits.requireRange("rerank", rerank, 1, 100 * Limits.MAX_K);
    return with(new Effort(effort.exact, effort.probes, rerank, effort.deadline));
  }

  /**
   * Ends the search with {@link SearchTimeoutException} once it has taken so long, from its begin.
   * Looked at every few thousand rows, so that it may take some tens of microseconds more. In a
   * batch, which answers all requests or none, the shortest deadline holds for the whole.
   *
   * @param deadline more than zero
   */
  public SearchRequest withDeadline(Duration deadline) {
    Limits.requireDeadline(deadline);
    return with(new Effort(effort.exact, effort.probes, effort.rerank, deadline));
  }

  /** Leaves out neighbors that score less. */
  public SearchRequest withMinScore(float minScore) {
    if (Float.isNaN(minScore)) {
      throw new ValidationException(
          Violation.Code.OUT_OF_RANGE, "min_score is NaN", "give a number");
    }
    return with(new Choice(minScore, choice.excludedId, choice.filter));
  }

  /** Leaves out the entry of this id, beside the one that the search starts from. */
  public SearchRequest without(String excludedId) {
    return with(new Choice(choice.minScore, excludedId, choice.filter));
  }

  /**
   * Looks among the entries that pass a filter only, of which it finds k or all. Where few pass,
   * each is scored; under {@link Compression#LOSSLESS} the answer is exact then. The first filter
   * on a field waits until the field is indexed: some tens of milliseconds for 100,000 entries.
   */
  public SearchRequest withFilter(Filter filter) {
    Objects.requireNonNull(filter, "the filter is null: leave withFilter out to look among all");
    return with(new Choice(choice.minScore, choice.excludedId, filter));
  }

  /**
   * What neighbors bring along: metadata and no vector, unless told otherwise. What is left out is
   * not read either.
   */
  public SearchRequest withInclude(Set<Include> include) {
    var copy = EnumSet.noneOf(Include.class);
    copy.addAll(include);
    return new SearchRequest(vector, likeId, k, effort, choice, Set.copyOf(copy));
  }

  private SearchRequest with(Effort other) {
    return new SearchRequest(vector, likeId, k, other, choice, include);
  }

  private SearchRequest with(Choice other) {
    return new SearchRequest(vector, likeId, k, effort, other, include);
  }

  /** A copy of the query vector; empty if the search starts from an entry. */
  public float[] vector() {
    return vector.clone();
  }

  /** Number of components of the query vector; 0 if the search starts from an entry. */
  public int dimension() {
    return vector.length;
  }

  /** The id of the entry that the search starts from, or null if it starts from a vector. */
  public @Nullable String likeId() {
    return likeId;
  }

  /** Number of neighbors wanted. */
  public int k() {
    return k;
  }

  /** Whether every entry is scored as well as it is known. */
  public boolean isExact() {
    return effort.exact;
  }

  /** Lists to scan, or 0 for the collection's default. */
  public int probes() {
    return effort.probes;
  }

  /** Candidates to keep of the first scan, or 0 for the default. */
  public int rerank() {
    return effort.rerank;
  }

  /** How long the search may take, or null for as long as it takes. */
  public @Nullable Duration deadline() {
    return effort.deadline;
  }

  /** The least score of a neighbor. */
  public float minScore() {
    return choice.minScore;
  }

  /** The id to leave out beside {@link #likeId}, or null. */
  public @Nullable String excludedId() {
    return choice.excludedId;
  }

  /** What entries must pass, or null. */
  public @Nullable Filter filter() {
    return choice.filter;
  }

  /** What neighbors bring along beside id and score. */
  public Set<Include> include() {
    return include;
  }
}

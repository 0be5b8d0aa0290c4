package io.memryx.server.http;

import io.memryx.Filter;
import io.memryx.Include;
import io.memryx.Limits;
import io.memryx.SearchRequest;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.service.SearchSubject;
import io.memryx.server.service.SearchTerms;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the body of a search. */
final class SearchDecoder {
  /** Queries in one request; beyond that, several requests share the workers better. */
  static final int MAX_QUERIES = Limits.MAX_BATCH_SEARCHES;

  /** Neighbors that one answer may have: it is in memory as a whole before it is sent. */
  private static final long MAX_NEIGHBORS = 100L * Limits.MAX_K;

  /** Components that one answer may have: those of the largest single search. */
  private static final long MAX_COMPONENTS = (long) Limits.MAX_K * Limits.MAX_DIMENSION;

  private final JsonReader json;
  private final VectorDecoder decoder = new VectorDecoder();
  private float @Nullable [] vector;
  private @Nullable List<float[]> vectors;
  private @Nullable String id;
  private int k = SearchTerms.DEFAULT_K;
  private boolean exact;
  private int probes;
  private int rerank;
  private float minScore = Float.NEGATIVE_INFINITY;
  private Set<SearchCall.Included> include = EnumSet.of(SearchCall.Included.METADATA);
  private boolean explain;
  private Optional<Filter> filter = Optional.empty();

  private SearchDecoder(JsonReader json) {
    this.json = json;
  }

  /**
   * The search.
   *
   * @param keys told the key in the body as soon as it is read
   */
  static SearchCall read(JsonReader json, Consumer<String> keys) {
    SearchDecoder decoder = new SearchDecoder(json);
    json.object(JsonField.OfSearch.class, field -> decoder.field(field, keys));
    return decoder.call();
  }

  private void field(JsonField.OfSearch field, Consumer<String> keys) {
    switch (field) {
      case API_KEY -> keys.accept(json.string());
      case VECTOR -> vector = decoder.read(json);
      case ID -> id = json.string();
      case VECTORS -> vectors = vectors();
      case K -> k = json.integer();
      case EXACT -> exact = json.bool();
      case PROBES -> probes = atLeastOne();
      case RERANK -> rerank = atLeastOne();
      case MIN_SCORE -> minScore = (float) json.number();
      case INCLUDE -> include = included();
      case EXPLAIN -> explain = json.bool();
      case FILTER -> filter = Optional.of(FilterDecoder.read(json));
    }
  }

  private List<float[]> vectors() {
    List<float[]> read = new ArrayList<>();
    json.array(
        "an array of vectors",
        () -> {
          if (read.size() == MAX_QUERIES) {
            throw json.problem(
                ProblemCode.BAD_BATCH,
                "the batch has more than %d queries".formatted(MAX_QUERIES),
                "send it in several requests");
          }
          read.add(decoder.read(json));
        });
    return read;
  }

  private int atLeastOne() {
    int value = json.integer();
    if (value < 1) {
      throw json.problem(
          ProblemCode.OUT_OF_RANGE,
          "%s is %d, expected at least 1".formatted(json.name(), value),
          "leave it out for the default");
    }
    return value;
  }

  private Set<SearchCall.Included> included() {
    Set<SearchCall.Included> read = EnumSet.noneOf(SearchCall.Included.class);
    json.array("an array of 'metadata' and 'values'", () -> read.add(oneIncluded()));
    return read;
  }

  private SearchCall.Included oneIncluded() {
    String name = json.string();
    for (SearchCall.Included known : SearchCall.Included.values()) {
      if (known.name().toLowerCase(Locale.ROOT).equals(name)) {
        return known;
      }
    }
    throw json.problem(
        ProblemCode.OUT_OF_RANGE,
        "'include' names something that there is not",
        "it takes 'metadata' and 'values'");
  }

  private SearchCall call() {
    Set<Include> brought = EnumSet.noneOf(Include.class);
    for (SearchCall.Included wanted : include) {
      brought.add(
          switch (wanted) {
            case METADATA -> Include.METADATA;
            case VALUES -> Include.VECTOR;
          });
    }
    var terms = new SearchTerms(k, exact, probes, rerank, minScore, filter, brought);
    return new SearchCall(subject(terms), include, explain);
  }

  private SearchSubject subject(SearchTerms terms) {
    int given = (vector != null ? 1 : 0) + (vectors != null ? 1 : 0) + (id != null ? 1 : 0);
    if (given > 1) {
      throw Problem.of(
              ProblemCode.OUT_OF_RANGE,
              "the search has %d of 'vector', 'vectors' and 'id'".formatted(given),
              "give exactly one of them")
          .toException();
    }
    if (vector != null) {
      return new SearchSubject.OneVector(terms.near(vector));
    }
    if (id != null) {
      return new SearchSubject.LikeEntry(id, terms.like(id));
    }
    if (vectors == null) {
      throw Problem.of(
              ProblemCode.MISSING_FIELD,
              "the search has none of 'vector', 'vectors' and 'id'",
              "send {\"vector\":[0.1, 0.2],\"k\":5}")
          .at("/vector")
          .toException();
    }
    return new SearchSubject.Batch(batch(terms, vectors));
  }

  private static List<SearchRequest> batch(SearchTerms terms, List<float[]> vectors) {
    if (vectors.isEmpty()) {
      throw Problem.of(
              ProblemCode.BAD_BATCH,
              "the list of queries is empty, expected 1 to " + MAX_QUERIES,
              "put at least one vector into \"vectors\"")
          .at("/vectors")
          .toException();
    }
    long neighbors = (long) vectors.size() * terms.k();
    boolean brings = terms.include().contains(Include.VECTOR);
    long components = brings ? neighbors * vectors.getFirst().length : 0;
    if (neighbors > MAX_NEIGHBORS || components > MAX_COMPONENTS) {
      throw Problem.of(
              ProblemCode.BAD_BATCH,
              "%d queries of k = %d%s could find more than one answer may have, %d neighbors or %d components of vectors"
                  .formatted(
                      vectors.size(),
                      terms.k(),
                      brings ? " with values" : "",
                      MAX_NEIGHBORS,
                      MAX_COMPONENTS),
              "send them in several requests, or ask for a smaller k or without values")
          .at("/vectors")
          .toException();
    }
    return vectors.stream().map(terms::near).toList();
  }
}

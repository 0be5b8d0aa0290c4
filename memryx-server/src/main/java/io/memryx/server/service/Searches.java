package io.memryx.server.service;

import io.memryx.Entry;
import io.memryx.Neighbor;
import io.memryx.SearchRequest;
import io.memryx.SearchResult;
import io.memryx.server.metrics.ServerMeters;
import io.memryx.server.tenant.TenantId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Searches tenants' collections, within their plans. Thread-safe. */
public final class Searches {
  private final TenantCollections collections;
  private final ServerMeters meters;
  private final LongSupplier nanoClock;

  /** Works on these collections. */
  public Searches(TenantCollections collections, ServerMeters meters, LongSupplier nanoClock) {
    this.collections = collections;
    this.meters = meters;
    this.nanoClock = nanoClock;
  }

  /** What to do where a collection is not there. */
  public enum Missing {
    /** Nothing is found in it. */
    IS_EMPTY,
    /** The call is refused. */
    IS_REFUSED
  }

  /**
   * Searches a collection.
   *
   * @param missing what to do where the collection is not there
   * @param withEntries whether the answers carry the entries with their vectors
   * @return one answer per query, in order
   */
  public List<SearchAnswer> search(
      TenantId tenant,
      String collection,
      SearchSubject subject,
      Missing missing,
      boolean withEntries) {
    Optional<OpenCollection> searched = collections.find(tenant, collection);
    if (searched.isEmpty()) {
      return nothing(collection, subject, missing);
    }
    OpenCollection open = searched.get();
    try (var _ = open.space().limits().admitSearches(subject.queries())) {
      long begin = nanoClock.getAsLong();
      List<SearchAnswer> answers = answers(open, subject, withEntries);
      meters.searched(subject.queries(), nanoClock.getAsLong() - begin);
      return answers;
    }
  }

  private static List<SearchAnswer> nothing(
      String collection, SearchSubject subject, Missing missing) {
    return switch (missing) {
      case IS_REFUSED -> throw TenantCollections.noSuchCollection(collection);
      case IS_EMPTY ->
          switch (subject) {
            case SearchSubject.LikeEntry like -> throw TenantCollections.noSuchVector(like.id());
            case SearchSubject.OneVector _ -> List.of(SearchAnswer.nothing());
            case SearchSubject.Batch batch ->
                batch.requests().stream().map(_ -> SearchAnswer.nothing()).toList();
          };
    };
  }

  private static List<SearchAnswer> answers(
      OpenCollection open, SearchSubject subject, boolean withEntries) {
    return switch (subject) {
      case SearchSubject.OneVector one ->
          List.of(answer(open, one.request(), withEntries, "/vector"));
      case SearchSubject.LikeEntry like -> {
        Entry entry =
            open.ask(collection -> collection.get(like.id()))
                .orElseThrow(() -> TenantCollections.noSuchVector(like.id()));
        SearchRequest request = like.terms().near(entry.vector()).without(like.id());
        yield List.of(answer(open, request, withEntries, "/id"));
      }
      case SearchSubject.Batch batch -> {
        List<SearchAnswer> answers = new ArrayList<>();
        for (SearchRequest request : batch.requests()) {
          answers.add(answer(open, request, withEntries, "/vectors/" + answers.size()));
        }
        yield answers;
      }
    };
  }

  private static SearchAnswer answer(
      OpenCollection open, SearchRequest request, boolean withEntries, String pointer) {
    SearchResult result = open.ask(collection -> collection.search(request), _ -> pointer);
    List<SearchAnswer.Found> found = new ArrayList<>(result.neighbors().size());
    for (Neighbor neighbor : result.neighbors()) {
      Optional<Entry> entry =
          withEntries ? open.ask(collection -> collection.get(neighbor.id())) : Optional.empty();
      found.add(new SearchAnswer.Found(neighbor, entry));
    }
    return new SearchAnswer(found, result.work());
  }
}

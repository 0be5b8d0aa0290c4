package io.memryx.server.service;

import io.memryx.RecallReport;
import io.memryx.RecallRequest;
import io.memryx.SearchResult;
import io.memryx.Violation;
import io.memryx.server.metrics.ServerMeters;
import io.memryx.server.tenant.TenantId;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** Searches tenants' collections, within their plans. Thread-safe. */
public final class Searches {
  private static final SearchResult NOTHING = new SearchResult(List.of(), SearchResult.Work.NONE);

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
   * Searches a collection, for all queries as of one moment.
   *
   * @param missing what to do where the collection is not there
   * @return one answer per query, in order
   */
  public List<SearchResult> search(
      TenantId tenant, String collection, SearchSubject subject, Missing missing) {
    Optional<OpenCollection> searched = collections.find(tenant, collection);
    if (searched.isEmpty()) {
      return nothing(collection, subject, missing);
    }
    OpenCollection open = searched.get();
    int queries = subject.requests().size();
    try (var _ = open.space().limits().admitSearches(queries)) {
      long begin = nanoClock.getAsLong();
      List<SearchResult> answers =
          open.ask(known -> known.searchAll(subject.requests()), pointers(subject));
      meters.searched(answers, nanoClock.getAsLong() - begin);
      return answers;
    }
  }

  private static List<SearchResult> nothing(
      String collection, SearchSubject subject, Missing missing) {
    return switch (missing) {
      case IS_REFUSED -> throw TenantCollections.noSuchCollection(collection);
      case IS_EMPTY ->
          switch (subject) {
            case SearchSubject.LikeEntry like -> throw TenantCollections.noSuchVector(like.id());
            case SearchSubject.OneVector _ -> List.of(NOTHING);
            case SearchSubject.Batch batch -> batch.requests().stream().map(_ -> NOTHING).toList();
          };
    };
  }

  private static Function<Violation, String> pointers(SearchSubject subject) {
    return switch (subject) {
      case SearchSubject.OneVector _ -> _ -> "/vector";
      case SearchSubject.LikeEntry _ -> _ -> "/id";
      case SearchSubject.Batch _ -> violation -> "/vectors/" + violation.index();
    };
  }

  /** Measures how much searches find of what exact searches find; counts as that many queries. */
  public RecallReport recall(TenantId tenant, String collection, RecallRequest request) {
    OpenCollection open = collections.require(tenant, collection);
    try (var _ = open.space().limits().admitSearches(request.sample())) {
      return open.ask(known -> known.recall(request));
    }
  }
}

package io.memryx.server.service;

import io.memryx.SearchRequest;
import java.util.List;

/** What is searched for. */
public sealed interface SearchSubject {

  /** Number of queries that this is. */
  int queries();

  /**
   * What is near to one vector.
   *
   * @param request vector and terms
   */
  record OneVector(SearchRequest request) implements SearchSubject {
    @Override
    public int queries() {
      return 1;
    }
  }

  /**
   * What is near to each of several vectors.
   *
   * @param requests answered in this order
   */
  record Batch(List<SearchRequest> requests) implements SearchSubject {
    /** Copies the list. */
    public Batch {
      requests = List.copyOf(requests);
    }

    @Override
    public int queries() {
      return requests.size();
    }
  }

  /**
   * What is near to an entry, but for the entry itself.
   *
   * @param id the entry
   * @param terms how to search
   */
  record LikeEntry(String id, SearchTerms terms) implements SearchSubject {
    @Override
    public int queries() {
      return 1;
    }
  }
}

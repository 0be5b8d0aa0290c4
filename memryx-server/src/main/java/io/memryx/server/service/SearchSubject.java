package io.memryx.server.service;

import io.memryx.SearchRequest;
import java.util.List;

/** What is searched for. */
public sealed interface SearchSubject {

  /** The queries that this is, at least one. */
  List<SearchRequest> requests();

  /**
   * What is near to one vector.
   *
   * @param request vector and terms
   */
  record OneVector(SearchRequest request) implements SearchSubject {
    @Override
    public List<SearchRequest> requests() {
      return List.of(request);
    }
  }

  /**
   * What is near to an entry, but for the entry itself.
   *
   * @param id the entry
   * @param request that starts from it
   */
  record LikeEntry(String id, SearchRequest request) implements SearchSubject {
    @Override
    public List<SearchRequest> requests() {
      return List.of(request);
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
  }
}

package io.memryx.server.service;

import io.memryx.Entry;
import io.memryx.Neighbor;
import io.memryx.SearchResult;
import java.util.List;
import java.util.Optional;

/**
 * The answer to one query.
 *
 * @param found best first
 * @param work what the search did
 */
public record SearchAnswer(List<Found> found, SearchResult.Work work) {
  /** Copies the list. */
  public SearchAnswer {
    found = List.copyOf(found);
  }

  /** The answer where there is nothing to find. */
  static SearchAnswer nothing() {
    return new SearchAnswer(List.of(), SearchResult.Work.NONE);
  }

  /**
   * A neighbor, with its entry if that was asked for.
   *
   * @param neighbor id, score and metadata
   * @param entry the entry with its vector, or empty
   */
  public record Found(Neighbor neighbor, Optional<Entry> entry) {}
}

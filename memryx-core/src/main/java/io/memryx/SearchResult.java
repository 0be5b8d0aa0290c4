package io.memryx;

import java.util.List;

/**
 * The answer to a search.
 *
 * @param neighbors best first; equal scores in order of id (by code point)
 * @param work what the search did to find them
 */
public record SearchResult(List<Neighbor> neighbors, Work work) {

  /** Copies the list. */
  public SearchResult {
    neighbors = List.copyOf(neighbors);
  }

  /**
   * What a search did.
   *
   * @param listsProbed inverted lists scanned
   * @param codesScanned quantised vectors scored by their sign bits, replaced ones among them; a
   *     vector that two of those lists hold counts twice
   * @param codesRanked quantised vectors scored by their whole code
   * @param vectorsScored full-precision vectors scored: hot buffer, rerank, or everything in an
   *     exact search
   * @param matched entries that pass the filter, all entries if there is none; -1 if the search did
   *     not come to know
   * @param micros wall time in microseconds
   */
  public record Work(
      int listsProbed,
      int codesScanned,
      int codesRanked,
      int vectorsScored,
      int matched,
      long micros) {}
}

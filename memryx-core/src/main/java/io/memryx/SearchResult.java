package io.memryx;

import java.util.List;

/**
 * The answer to a search. Immutable and thread-safe.
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
   * @param codesScanned quantised vectors scored by their sign bits, replaced ones among them and
   *     those that pass no filter, which are passed over by blocks; a vector that two of those
   *     lists hold counts twice
   * @param codesRanked quantised vectors scored by their whole code
   * @param vectorsScored full-precision vectors scored: hot buffer, rerank, or everything in an
   *     exact search
   * @param matched entries that pass the filter, or -1 if there is none or they were not counted:
   *     many of a collection with tombstones are not
   * @param time where the time went
   */
  public record Work(
      int listsProbed,
      int codesScanned,
      int codesRanked,
      int vectorsScored,
      int matched,
      Time time) {

    /** Nothing done. */
    public static final Work NONE = new Work(0, 0, 0, 0, -1, Time.NONE);

    /** Wall time in microseconds. */
    public long micros() {
      return time.total();
    }
  }

  /**
   * Wall time by phase, in microseconds. What a batch does for several requests at once is shared
   * out among them in equal parts.
   *
   * @param hotBuffer scoring the entries that are not yet built, exactly
   * @param routing preparing the query and scoring all centroids
   * @param scanning choosing the lists and scoring the sign bits in them
   * @param ranking scoring whole codes
   * @param reranking scoring vectors of the generation in full precision
   * @param rest all else: the filter, order, decoding what was found
   */
  public record Time(
      long hotBuffer, long routing, long scanning, long ranking, long reranking, long rest) {

    /** No time at all. */
    public static final Time NONE = new Time(0, 0, 0, 0, 0, 0);

    /** The whole search. */
    public long total() {
      return hotBuffer + routing + scanning + ranking + reranking + rest;
    }
  }
}

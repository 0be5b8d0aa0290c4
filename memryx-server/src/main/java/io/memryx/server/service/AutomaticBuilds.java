package io.memryx.server.service;

import io.memryx.CollectionStats;

/**
 * When a build begins by itself: once a hot buffer is so large that scanning it slows searches
 * down, and so large a part of the collection that a build is worth its work.
 *
 * @param hotVectors least size of the hot buffer, or 0 for never
 */
public record AutomaticBuilds(int hotVectors) {
  /** Of what is built, the hot buffer must have one in so many. */
  private static final int SHARE = 5;

  /** A build that failed is tried again once the hot buffer is so much larger. */
  private static final int GROWTH_AFTER_FAILURE = 2;

  /** Refuses a size below 0. */
  public AutomaticBuilds {
    if (hotVectors < 0) {
      throw new IllegalArgumentException("hotVectors is " + hotVectors + ", expected 0 or more");
    }
  }

  /**
   * Whether a build is due.
   *
   * @param failedHotBuffer size of the hot buffer when a build failed last, or 0
   */
  boolean isDue(CollectionStats stats, int failedHotBuffer) {
    int hot = stats.hotBuffer();
    int built = stats.vectors() - hot;
    return hotVectors > 0
        && hot >= hotVectors
        && hot >= built / SHARE
        && hot >= (long) GROWTH_AFTER_FAILURE * failedHotBuffer;
  }
}

package io.memryx.persistence.internal.wal;

import java.io.IOException;

/** How an opening of a store takes a collection's log over from the one before. */
@FunctionalInterface
public interface Claim {

  /** For logs that nobody else can have. */
  Claim NONE = segment -> {};

  /**
   * Makes it durable that there is a segment, the first one of this opening, before anything is
   * logged in it. Called on the log's thread: it must not wait for anybody who waits for the log.
   * After a failure it is called again before the next change.
   *
   * @throws IOException if that failed; nothing is logged then
   */
  void claim(long segment) throws IOException;
}

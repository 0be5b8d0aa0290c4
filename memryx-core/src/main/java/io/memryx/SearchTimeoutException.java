package io.memryx;

import java.time.Duration;

/**
 * A search passed its deadline; it gave no result, the collection is as it was. Thread-safe.
 *
 * @see SearchRequest#withDeadline
 */
public final class SearchTimeoutException extends MemryxException {
  private static final long serialVersionUID = 1L;

  /** Names the collection and the deadline. */
  public SearchTimeoutException(String collection, Duration deadline) {
    super(
        "searching collection '%s' took longer than its deadline of %s ms: allow more, or have less scanned by fewer probes, without exact, or after a build"
            .formatted(collection, deadline.toNanos() / 1e6),
        null);
  }
}

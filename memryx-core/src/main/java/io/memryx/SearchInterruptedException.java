package io.memryx;

/**
 * The thread that searched was interrupted, and still is; there is no result, the collection is as
 * it was. Thread-safe.
 */
public final class SearchInterruptedException extends MemryxException {
  private static final long serialVersionUID = 1L;

  /** Names the collection. */
  public SearchInterruptedException(String collection) {
    super(
        "searching collection '%s' ended because its thread was interrupted: expected it to run undisturbed; search again, where need be after Thread.interrupted()"
            .formatted(collection),
        null);
  }
}

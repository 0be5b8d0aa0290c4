package io.memryx;

/** A build would take more memory than it was allowed; nothing was begun, nothing has changed. */
public final class MemoryBudgetException extends MemryxException {
  private static final long serialVersionUID = 1L;

  /** Says what is needed and what was allowed, in bytes. */
  public MemoryBudgetException(String collection, long needed, long budget) {
    super(
        "building collection '%s' is estimated to take %,d bytes beside what it has, allowed are %,d: allow more, or build before so much is in the hot buffer"
            .formatted(collection, needed, budget),
        null);
  }
}

package io.memryx;

/** Something would take more memory than is allowed; nothing was begun, nothing has changed. */
public final class MemoryBudgetException extends MemryxException {
  private static final long serialVersionUID = 1L;

  private final long needed;
  private final long budget;

  private MemoryBudgetException(String message, long needed, long budget) {
    super(message, null);
    this.needed = needed;
    this.budget = budget;
  }

  /** A build would take more beside what the collection has than its request allows. */
  public static MemoryBudgetException ofBuild(String collection, long needed, long budget) {
    return new MemoryBudgetException(
        "building collection '%s' is estimated to take %,d bytes beside what it has, allowed are %,d: allow more, or build before so much is in the hot buffer"
            .formatted(collection, needed, budget),
        needed,
        budget);
  }

  /**
   * A store would take more than its budget.
   *
   * @param purpose what the memory is for, as in "adding 10 entries to collection 'docs'"
   * @param needed bytes that the store would have then
   * @param budget bytes that it may have
   */
  public static MemoryBudgetException ofStore(String purpose, long needed, long budget) {
    return new MemoryBudgetException(
        "%s would bring the store to %,d bytes, its memory budget is %,d (arrays that grow count with their old copy, builds with their working memory): give it more, or drop a collection"
            .formatted(purpose, needed, budget),
        needed,
        budget);
  }

  /** Bytes that would have been needed. */
  public long needed() {
    return needed;
  }

  /** Bytes that are allowed. */
  public long budget() {
    return budget;
  }
}

package io.memryx;

/**
 * What a store may take and what it does by itself. Immutable.
 *
 * {@snippet file="io/memryx/SnippetsTest.java" region="options"}
 *
 * @param memoryBudget most memory that the store's collections may take together, in bytes: their
 *     entries, hot buffers with the room they grow by, indexes, and what builds work with. What
 *     would exceed it is refused with {@link MemoryBudgetException} before it is allocated;
 *     searches and deletes are never refused, and what they hold for a moment does not count, nor
 *     does a batch on its way in
 * @param automaticBuild when collections are built without being asked to
 */
public record StoreOptions(long memoryBudget, AutomaticBuild automaticBuild) {
  /** No budget but the heap. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  /** Refuses what is out of range. */
  public StoreOptions {
    if (memoryBudget < 1) {
      throw new IllegalArgumentException(
          "memoryBudget is %d, expected at least 1: leave it out for no budget"
              .formatted(memoryBudget));
    }
  }

  /**
   * No budget, no automatic builds: a build takes processors and memory at a moment that nobody
   * chose, and in compressed collections {@link VectorCollection#get} gives approximations
   * afterwards; so it is to be asked for.
   */
  public static StoreOptions defaults() {
    return new StoreOptions(UNLIMITED, AutomaticBuild.never());
  }

  /** With a bound on the memory of all collections together. */
  public StoreOptions withMemoryBudget(long bytes) {
    return new StoreOptions(bytes, automaticBuild);
  }

  /** With automatic builds. */
  public StoreOptions withAutomaticBuild(AutomaticBuild automatic) {
    return new StoreOptions(memoryBudget, automatic);
  }
}

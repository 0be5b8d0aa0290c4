package io.memryx;

import java.util.List;
import java.util.Optional;

/** Named collections. Thread-safe. */
public interface VectorStore extends AutoCloseable {

  /**
   * The collection of this name, created if it is not there.
   *
   * @throws ValidationException if the name is not 1 to 63 of {@code a-z 0-9 _ -}, the first a
   *     letter or digit
   * @throws IllegalStateException if it is there with other options, or the store is closed
   * @throws MemoryBudgetException if it would be a new one and the store's budget is used up
   */
  VectorCollection collection(String name, CollectionOptions options);

  /** The collection of this name, or empty. */
  Optional<VectorCollection> find(String name);

  /** All collections, in order of name. */
  List<VectorCollection> collections();

  /**
   * Removes a collection and all its entries, for good: where the store is durable, this is when it
   * returns. A build under way is cancelled, and waited for. Whoever still has the collection is
   * told so by each of its methods ({@link IllegalStateException}); its memory is free. Another one
   * of that name can be made at once.
   *
   * @return whether there was a collection of this name
   * @throws ValidationException if that is no collection's name
   * @throws MemryxException if the removal could not be made durable: the collection is there as
   *     before, and there or gone, as a whole, after a restart
   */
  boolean drop(String name);

  /** Most memory that the collections may take together, in bytes. */
  long memoryBudget();

  /** Memory that the collections and builds under way take together, as the budget counts it. */
  long memoryUsed();

  /**
   * Cancels builds under way, waits for them, ends the store's thread and releases what the store
   * holds. Every later call to it or to one of its collections is refused with {@link
   * IllegalStateException}.
   */
  @Override
  void close();
}

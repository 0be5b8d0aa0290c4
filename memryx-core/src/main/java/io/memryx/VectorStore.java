package io.memryx;

import java.util.List;
import java.util.Optional;

/** Named collections. Thread-safe. */
public interface VectorStore extends AutoCloseable {

  /**
   * The collection of this name, created if it is not there.
   *
   * @throws ValidationException if the name is not 1 to 63 of {@code a-z 0-9 _ -}
   * @throws IllegalStateException if it is there with other options
   */
  VectorCollection collection(String name, CollectionOptions options);

  /** The collection of this name, or empty. */
  Optional<VectorCollection> find(String name);

  /** All collections, in order of name. */
  List<VectorCollection> collections();

  /** Releases what the store holds; collections must not be used afterwards. */
  @Override
  void close();
}

package io.memryx.server.service;

import io.memryx.CollectionOptions;
import io.memryx.CollectionStats;
import io.memryx.VectorCollection;
import java.util.Optional;

/**
 * A collection as its tenant sees it.
 *
 * @param name its name
 * @param options what was fixed at creation
 * @param stats counts and bytes
 */
public record CollectionView(String name, CollectionOptions options, CollectionStats stats) {

  /** A collection as of now, or empty if it was dropped after it was found. */
  static Optional<CollectionView> of(VectorCollection collection) {
    try {
      return Optional.of(
          new CollectionView(collection.name(), collection.options(), collection.stats()));
    } catch (IllegalStateException e) {
      // What it always says once it has ended, and nothing else: there is nothing to tell of it.
      return Optional.empty();
    }
  }
}

package io.memryx;

import java.util.Optional;

/**
 * An entry found by a search. Immutable and thread-safe.
 *
 * @param id the entry's id
 * @param score how near it is, higher is better (see {@link Metric})
 * @param metadata the entry's metadata; empty where the request does not {@link Include} it
 * @param entry the entry with its vector, as of the state that was searched; only where the request
 *     includes {@link Include#VECTOR}
 */
public record Neighbor(String id, float score, Metadata metadata, Optional<Entry> entry) {

  /** A neighbor without its vector. */
  public Neighbor(String id, float score, Metadata metadata) {
    this(id, score, metadata, Optional.empty());
  }
}

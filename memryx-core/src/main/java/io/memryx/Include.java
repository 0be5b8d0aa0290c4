package io.memryx;

/** What the neighbors of a search bring along beside id and score. Immutable and thread-safe. */
public enum Include {
  /** The entry's metadata. */
  METADATA,
  /**
   * The entry's vector, as {@link VectorCollection#get} gives it: as it was upserted, except in a
   * built index under {@link Compression#COMPACT} or {@link Compression#BALANCED}, where it is what
   * the code stands for.
   */
  VECTOR
}

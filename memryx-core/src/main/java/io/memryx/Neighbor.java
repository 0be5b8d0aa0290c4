package io.memryx;

/**
 * An entry found by a search.
 *
 * @param id the entry's id
 * @param score how near it is, higher is better (see {@link Metric})
 * @param metadata the entry's metadata
 */
public record Neighbor(String id, float score, Metadata metadata) {}

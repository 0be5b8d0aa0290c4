package io.memryx.server.service;

import io.memryx.CollectionOptions;
import io.memryx.CollectionStats;

/**
 * A collection as its tenant sees it.
 *
 * @param name its name
 * @param options what was fixed at creation
 * @param stats counts and bytes
 */
public record CollectionView(String name, CollectionOptions options, CollectionStats stats) {}

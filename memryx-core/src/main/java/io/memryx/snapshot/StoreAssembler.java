package io.memryx.snapshot;

import io.memryx.VectorStore;

/**
 * Puts a store together from the snapshots of its collections. Any number of threads may assemble
 * collections at the same time; {@link #finish} comes last, once.
 */
public interface StoreAssembler {

  /**
   * Begins a collection, which is part of the store once its assembler has finished.
   *
   * @param name a collection's name, each only once
   * @throws io.memryx.MemoryBudgetException if the store's budget has no room for it
   */
  SnapshotAssembler collection(String name, SnapshotMeta meta);

  /** The store. */
  VectorStore finish();
}

package io.memryx.internal.collection;

import io.memryx.snapshot.ChangeLog;
import io.memryx.snapshot.GenerationCommit;

/**
 * What a collection has from the store that it is in.
 *
 * @param log where its changes are logged before they are made
 * @param commit makes its generations durable
 * @param memory the budget that it shares
 * @param automatic when it is to be built, and who sees to it
 */
record Surroundings(
    ChangeLog log, GenerationCommit commit, MemoryAccount memory, BuildTrigger automatic) {

  /** Of a collection without a store. */
  static Surroundings none(GenerationCommit commit) {
    return new Surroundings(ChangeLog.NONE, commit, MemoryAccount.unlimited(), BuildTrigger.NEVER);
  }

  /** When a collection is to be built, and who sees to it. */
  interface BuildTrigger {
    /** Nobody does. */
    BuildTrigger NEVER =
        new BuildTrigger() {
          @Override
          public long dueAt(int builtEntries) {
            return Long.MAX_VALUE;
          }

          @Override
          public void due(ClusteredCollection collection) {}
        };

    /** Rows of the hot buffers at which a build is due. */
    long dueAt(int builtEntries);

    /** A build is due. Called without locks; returns soon and throws nothing. */
    void due(ClusteredCollection collection);
  }
}

package io.memryx.snapshot;

/** Makes a new generation durable, between the end of its build and the moment searches see it. */
@FunctionalInterface
public interface GenerationCommit {

  /** For collections that live in memory only. */
  GenerationCommit NONE = snapshot -> {};

  /**
   * Called on the building thread. Returning means that the snapshot is durable.
   *
   * @throws io.memryx.MemryxException if it could not be made so; the build fails and the old
   *     generation serves on
   */
  void commit(Snapshot snapshot);
}

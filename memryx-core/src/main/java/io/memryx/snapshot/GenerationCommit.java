package io.memryx.snapshot;

import java.util.Optional;

/** Makes a new generation durable, between the end of its build and the moment searches see it. */
@FunctionalInterface
public interface GenerationCommit {

  /** For collections that live in memory only. */
  GenerationCommit NONE = snapshot -> Optional.empty();

  /**
   * Called on the building thread. Returning means that the snapshot is durable. Not cancelled: an
   * interrupt that comes meanwhile must neither end it nor be lost.
   *
   * @return the vectors of section {@link SectionType#ORIGINALS} where they are stored now, if the
   *     snapshot has that section, lists, and a place to read it from: the collection reads them
   *     there from then on and gives up its own
   * @throws io.memryx.MemryxException if it could not be made so; the build fails and the old
   *     generation serves on
   */
  Optional<StoredVectors> commit(Snapshot snapshot);
}

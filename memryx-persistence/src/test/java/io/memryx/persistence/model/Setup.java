package io.memryx.persistence.model;

import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Metric;

/**
 * What a sequence begins with.
 *
 * @param seed of the vectors
 * @param base what is there at first
 * @param keeping where the collection lives
 */
record Setup(long seed, CollectionOptions options, Base base, Keeping keeping) {

  /** What a collection holds at first. */
  enum Base {
    /** Nothing; entries stay few, so that vectors are kept as they are. */
    EMPTY(60),
    /** Enough entries for inverted lists and codes. */
    CLUSTERED(4_300);

    private final int ids;

    Base(int ids) {
      this.ids = ids;
    }

    /** Ids that operations choose from: numbers below this. */
    int ids() {
      return ids;
    }
  }

  /** Where a collection lives. */
  enum Keeping {
    /** Nowhere: a restart leaves what was built last. */
    MEMORY,
    /** In a store that keeps snapshots only: a restart leaves what was built last. */
    SNAPSHOTS,
    /** In files, with a log: whatever happens, nothing is lost. */
    LOG
  }

  Metric metric() {
    return options.metric();
  }

  /** Whether vectors that are in lists are known by their codes only. */
  boolean isLossy() {
    return options.compression() != Compression.LOSSLESS;
  }

  /** The vectors that operations name by number. */
  VectorPool vectors() {
    return new VectorPool(
        seed,
        options.dimension(),
        switch (base) {
          case EMPTY -> VectorPool.Kind.GRID;
          case CLUSTERED -> VectorPool.Kind.CLOUD;
        });
  }
}

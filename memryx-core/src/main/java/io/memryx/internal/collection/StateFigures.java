package io.memryx.internal.collection;

import io.memryx.CollectionOptions;
import io.memryx.CollectionStats;
import io.memryx.Compression;
import io.memryx.internal.build.BuildMemory;
import io.memryx.internal.ivf.ClusterIndex;
import io.memryx.internal.ivf.VectorRows;
import io.memryx.snapshot.GenerationCommit;

/**
 * The figures of a state: how many entries and bytes it has, and what a build of it takes. Counted
 * without a lock.
 *
 * @param commit makes the collection's generations durable, or not
 */
record StateFigures(CollectionState state, GenerationCommit commit) {

  /**
   * All of them.
   *
   * @param hotBytes memory of the hot buffers
   */
  CollectionStats stats(long hotBytes) {
    return new CollectionStats(
        state.liveSize(),
        state.hotLiveSize(),
        state.tombstones(),
        index(),
        bytes(hotBytes),
        buildBytes());
  }

  private CollectionStats.Index index() {
    ClusterIndex index = state.generation().index();
    return index == null
        ? CollectionStats.Index.NONE
        : new CollectionStats.Index(
            index.lists().count(),
            index.training().defaultProbes(),
            index.training().routingRecall(),
            index.training().trainedVectors(),
            index.codeBytes());
  }

  private CollectionStats.Bytes bytes(long hotBytes) {
    Generation generation = state.generation();
    ClusterIndex index = generation.index();
    return new CollectionStats.Bytes(
        index == null ? 0 : index.ownCodeBytes(),
        generation.routingBytes(),
        generation.originalBytes(),
        generation.idBytes(),
        generation.metadata().bytes(),
        generation.metadataIndex().bytes(),
        hotBytes,
        state.tombstoneBytes());
  }

  /** What the next generation takes beside what is there: texts, the index, and working memory. */
  long buildBytes() {
    Generation generation = state.generation();
    CollectionOptions options = generation.options();
    long texts = generation.idBytes() + generation.metadata().bytes();
    for (HotBuffer.View view : state.hot()) {
      // Ends in the packed texts and, in the id table, up to three slots an entry.
      texts += 5L * Integer.BYTES * view.liveSize() + view.textBytes();
    }
    int vectors = state.liveSize();
    boolean indexed = vectors >= GenerationBuilder.TRAINING_MINIMUM;
    return texts
        + (indexed ? BuildMemory.peakBytes(options, vectors) : 0)
        + (!indexed || copiesOriginals() ? CollectionSizing.keptBytes(options, vectors) : 0);
  }

  /** Whether the next generation, once it has an index, holds vectors in memory. */
  private boolean copiesOriginals() {
    Generation generation = state.generation();
    boolean keptBefore = generation.index() != null && generation.originals() instanceof VectorRows;
    return generation.options().compression() == Compression.LOSSLESS
        && (commit.equals(GenerationCommit.NONE) || keptBefore);
  }
}

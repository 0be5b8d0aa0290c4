package io.memryx;

import io.memryx.internal.collection.ClusteredCollection;
import io.memryx.internal.collection.GenerationAssembler;
import io.memryx.internal.collection.InMemoryVectorStore;
import io.memryx.internal.kernel.VectorKernels;
import io.memryx.snapshot.GenerationCommit;
import io.memryx.snapshot.SnapshotAssembler;
import io.memryx.snapshot.SnapshotMeta;

/** The entry point: stores, single collections, and what the engine runs on. */
public final class Memryx {
  private Memryx() {}

  /** A store whose collections live in memory only. */
  public static VectorStore inMemory() {
    return new InMemoryVectorStore();
  }

  /** An empty collection, for stores that keep collections durable. */
  public static VectorCollection collection(
      String name, CollectionOptions options, GenerationCommit commit) {
    return new ClusteredCollection(Limits.requireCollectionName(name), options, commit);
  }

  /**
   * Begins to put a collection together from a snapshot, for stores that keep collections durable.
   */
  public static SnapshotAssembler assemble(
      String name, SnapshotMeta meta, GenerationCommit commit) {
    return new GenerationAssembler(Limits.requireCollectionName(name), meta, commit);
  }

  /** The kernels in use and why, in one line: "SIMD, 512 bits (…)" or "scalar (…)". */
  public static String kernels() {
    return VectorKernels.selected().description();
  }
}

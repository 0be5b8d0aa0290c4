package io.memryx;

import io.memryx.internal.collection.ClusteredCollection;
import io.memryx.internal.collection.CollectionSizing;
import io.memryx.internal.collection.CollectionStore;
import io.memryx.internal.collection.EntryValidator;
import io.memryx.internal.collection.GenerationAssembler;
import io.memryx.internal.kernel.VectorKernels;
import io.memryx.snapshot.GenerationCommit;
import io.memryx.snapshot.GenerationKeeper;
import io.memryx.snapshot.SnapshotAssembler;
import io.memryx.snapshot.SnapshotMeta;
import io.memryx.snapshot.StoreAssembler;
import java.util.List;

/** The entry point: stores, single collections, and what the engine runs on. Thread-safe. */
public final class Memryx {
  private Memryx() {}

  /** A store whose collections live in memory only, with {@link StoreOptions#defaults()}. */
  public static VectorStore inMemory() {
    return inMemory(StoreOptions.defaults());
  }

  /** A store whose collections live in memory only. */
  public static VectorStore inMemory(StoreOptions options) {
    return assembleStore(options, GenerationKeeper.NONE).finish();
  }

  /** Begins to put a store together, for those that keep collections durable. */
  public static StoreAssembler assembleStore(StoreOptions options, GenerationKeeper keeper) {
    return new CollectionStore(options, keeper).assembler();
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

  /**
   * What so many entries of those options would take.
   *
   * @param vectors number of entries, 0 to {@link Limits#MAX_ENTRIES}
   * @param idBytes mean size of an id
   * @param metadataBytes mean size of an entry's metadata, encoded
   */
  public static Estimate estimate(
      CollectionOptions options, int vectors, int idBytes, int metadataBytes) {
    if (vectors < 0 || vectors > Limits.MAX_ENTRIES || idBytes < 1 || metadataBytes < 0) {
      throw new ValidationException(
          Violation.Code.OUT_OF_RANGE,
          "%d entries with ids of %d bytes and metadata of %d"
              .formatted(vectors, idBytes, metadataBytes),
          "give 0 to %d entries, ids of at least 1 byte".formatted(Limits.MAX_ENTRIES));
    }
    return CollectionSizing.estimate(options, vectors, idBytes, metadataBytes);
  }

  /** What so many entries of those options would take, with ids of 16 bytes and no metadata. */
  public static Estimate estimate(CollectionOptions options, int vectors) {
    return estimate(options, vectors, 16, 0);
  }

  /**
   * What an upsert of these entries would be refused for, by a collection of this name and options:
   * nothing if it would be taken. For those who gather a large batch and want to know its faults as
   * it comes in.
   *
   * @param entries looked at until a hundred are at fault
   * @return in order of position
   */
  public static List<Violation> violations(
      String name, CollectionOptions options, List<Entry> entries) {
    return new EntryValidator(name, options).violations(entries);
  }

  /** The kernels in use and why, in one line: "SIMD, 512 bits (…)" or "scalar (…)". */
  public static String kernels() {
    return VectorKernels.selected().description();
  }
}

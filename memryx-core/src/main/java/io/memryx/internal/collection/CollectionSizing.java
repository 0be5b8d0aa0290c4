package io.memryx.internal.collection;

import io.memryx.CollectionOptions;
import io.memryx.CollectionStats;
import io.memryx.Compression;
import io.memryx.Estimate;
import io.memryx.internal.build.BuildMemory;

/** What a collection would take, from its options and the number of its entries alone. */
public final class CollectionSizing {
  /** Two references and two array headers an entry of the hot buffer, rounded up. */
  private static final int HOT_ENTRY_BYTES = 48;

  private CollectionSizing() {}

  /** The estimate; its arguments are in range. */
  public static Estimate estimate(
      CollectionOptions options, int vectors, int idBytes, int metadataBytes) {
    boolean indexed = vectors >= GenerationBuilder.TRAINING_MINIMUM;
    long floats = (long) vectors * options.dimension() * Float.BYTES;
    long idTable = vectors == 0 ? 0 : IdTable.bytesFor(vectors);
    var bytes =
        new CollectionStats.Bytes(
            indexed ? BuildMemory.codeBytes(options, vectors) : 0,
            indexed ? BuildMemory.routingBytes(options, vectors) : 0,
            indexed ? 0 : keptBytes(options, vectors),
            vectors * (idBytes + (long) Integer.BYTES) + idTable,
            vectors * (metadataBytes + (long) Integer.BYTES),
            0,
            0,
            0);
    boolean storesOriginals = !indexed || options.compression() == Compression.LOSSLESS;
    long disk =
        bytes.codes()
            + (indexed ? BuildMemory.routingFileBytes(options, vectors) : 0)
            + (storesOriginals ? floats : 0)
            // A size in one or two bytes each.
            + vectors * (idBytes + metadataBytes + 3L);
    long load =
        floats
            + (long) vectors * (idBytes + metadataBytes + HOT_ENTRY_BYTES + Float.BYTES)
            + idTable;
    long build =
        bytes.ids()
            + bytes.metadata()
            + (indexed ? BuildMemory.peakBytes(options, vectors) : keptBytes(options, vectors));
    return new Estimate(vectors, bytes, disk, load, build);
  }

  /**
   * Memory of so few vectors that they are kept as they are: a build shares those that fill a chunk
   * and copies the others.
   */
  static long keptBytes(CollectionOptions options, int vectors) {
    return (long) vectors * (options.dimension() + 1) * Float.BYTES;
  }
}

package io.memryx.internal.collection;

import static java.util.Objects.requireNonNull;

import io.memryx.CollectionOptions;
import io.memryx.internal.ivf.ClusterIndex;
import io.memryx.internal.ivf.OrdinalPositions;
import io.memryx.internal.ivf.VectorRows;
import io.memryx.internal.ivf.VectorRowsBuilder;
import io.memryx.internal.ivf.Vectors;
import io.memryx.internal.metadata.EncodedRows;
import io.memryx.internal.metadata.MetadataIndex;
import io.memryx.internal.metadata.ReorderedRows;
import org.jspecify.annotations.Nullable;

/**
 * One built, immutable state of a collection: the cluster index and, by ordinal, ids and metadata
 * and, where they are kept, the vectors as they were given. At least one of index and originals is
 * there.
 */
final class Generation implements EntryRows {
  /** What the metadata index may take for an entry: one field of distinct values, or two. */
  private static final int BITMAP_BYTES = 12;

  /** What it may take for however few. */
  private static final int FREE_BITMAP_BYTES = 64 << 10;

  private final CollectionOptions options;
  private final @Nullable ClusterIndex index;
  private final @Nullable Vectors originals;
  private final PackedBytes ids;
  private final PackedBytes metadata;
  private final IdTable ordinalsById;
  private final MetadataIndex metadataIndex;

  /** Leads to the codes of entries; there if vectors are known by them only. */
  private final @Nullable OrdinalPositions positions;

  private Generation(
      CollectionOptions options,
      @Nullable ClusterIndex index,
      @Nullable Vectors originals,
      PackedBytes ids,
      PackedBytes metadata,
      IdTable ordinalsById,
      MetadataIndex metadataIndex,
      @Nullable OrdinalPositions positions) {
    this.options = options;
    this.index = index;
    this.originals = originals;
    this.ids = ids;
    this.metadata = metadata;
    this.ordinalsById = ordinalsById;
    this.metadataIndex = metadataIndex;
    this.positions = positions;
  }

  /**
   * Takes everything over.
   *
   * @param index null if the entries are kept as they are
   * @param originals null if they are known by their codes only
   */
  static Generation of(
      CollectionOptions options,
      @Nullable ClusterIndex index,
      @Nullable Vectors originals,
      PackedBytes ids,
      PackedBytes metadata) {
    return new Generation(
        options,
        index,
        originals,
        ids,
        metadata,
        ordinalsById(ids),
        metadataIndex(index, metadata),
        originals == null ? new OrdinalPositions(requireNonNull(index).lists()) : null);
  }

  /** The same with its originals, which it has, elsewhere. */
  Generation withOriginals(Vectors elsewhere) {
    return new Generation(
        options, index, elsewhere, ids, metadata, ordinalsById, metadataIndex, positions);
  }

  /** The state before the first build. */
  static Generation empty(CollectionOptions options) {
    return of(
        options,
        null,
        new VectorRowsBuilder(options.metric(), options.dimension()).view(),
        PackedBytes.empty(),
        PackedBytes.empty());
  }

  private static IdTable ordinalsById(PackedBytes ids) {
    var table =
        new IdTable(
            new IdTable.IdSource() {
              @Override
              public boolean isIdOf(int row, byte[] id) {
                return ids.rowEquals(row, id);
              }

              @Override
              public long hashOf(int row) {
                return ids.hashOf(row);
              }
            });
    table.reserve(ids.size());
    for (int ordinal = 0; ordinal < ids.size(); ordinal++) {
      table.put(ids.copyOf(ordinal), ordinal);
    }
    return table;
  }

  private static MetadataIndex metadataIndex(@Nullable ClusterIndex index, PackedBytes metadata) {
    EncodedRows rows =
        index == null ? metadata : new ReorderedRows(metadata, index.lists().ordinals());
    return new MetadataIndex(rows, FREE_BITMAP_BYTES + (long) BITMAP_BYTES * rows.size());
  }

  CollectionOptions options() {
    return options;
  }

  int size() {
    return ids.size();
  }

  /** The cluster index, or null if entries are kept as they are. */
  @Nullable ClusterIndex index() {
    return index;
  }

  /** The vectors as they were given, or null if they are known by their codes only. */
  @Nullable Vectors originals() {
    return originals;
  }

  @Override
  public byte[] id(int ordinal) {
    return ids.copyOf(ordinal);
  }

  @Override
  public byte[] encodedMetadata(int ordinal) {
    return metadata.copyOf(ordinal);
  }

  @Override
  public float[] vector(int ordinal) {
    if (originals != null) {
      return originals.copyOf(ordinal);
    }
    return requireNonNull(index).decode(requireNonNull(positions).positionOf(ordinal));
  }

  @Override
  public boolean isApproximate() {
    return originals == null;
  }

  /** The same entries by their positions in the lists; only where there are lists. */
  EntryRows inListOrder() {
    return new InListOrder(this, requireNonNull(index));
  }

  /** The position in the lists of every entry, a fresh array; only where there are lists. */
  int[] positions() {
    return requireNonNull(index).lists().positions();
  }

  /** The entries of a generation by position: their codes are found at once. */
  private record InListOrder(Generation generation, ClusterIndex index) implements EntryRows {
    @Override
    public byte[] id(int position) {
      return generation.id(index.lists().ordinal(position));
    }

    @Override
    public byte[] encodedMetadata(int position) {
      return generation.encodedMetadata(index.lists().ordinal(position));
    }

    @Override
    public float[] vector(int position) {
      Vectors originals = generation.originals();
      return originals == null
          ? index.decode(position)
          : originals.copyOf(index.lists().ordinal(position));
    }

    @Override
    public boolean isApproximate() {
      return generation.isApproximate();
    }
  }

  /** Memory of what leads to the codes: lists and what the index knows beside them. */
  long routingBytes() {
    return (index == null ? 0 : index.routingBytes()) + (positions == null ? 0 : positions.bytes());
  }

  /** Memory of the originals: none for those that are left where they are stored. */
  long originalBytes() {
    return originals instanceof VectorRows inMemory ? inMemory.bytes() : 0;
  }

  PackedBytes ids() {
    return ids;
  }

  PackedBytes metadata() {
    return metadata;
  }

  /**
   * Which entries have which metadata: by position where there is a cluster index, so that a filter
   * masks whole blocks of codes; by ordinal where there is none.
   */
  MetadataIndex metadataIndex() {
    return metadataIndex;
  }

  /** The ordinal of a row of the metadata index. */
  int ordinal(int place) {
    return index == null ? place : index.lists().ordinal(place);
  }

  /** Number of distinct ids: less than {@link #size} only if something is wrong. */
  int distinctIds() {
    return ordinalsById.size();
  }

  /** The ordinal of an id, or -1. */
  int find(byte[] id) {
    return ordinalsById.find(id);
  }

  long idBytes() {
    return ids.bytes() + ordinalsById.bytes();
  }

  /** All that is in memory. */
  long bytes() {
    return (index == null ? 0 : index.ownCodeBytes())
        + routingBytes()
        + originalBytes()
        + idBytes()
        + metadata.bytes()
        + metadataIndex.bytes();
  }
}

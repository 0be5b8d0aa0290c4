package io.memryx.internal.collection;

import io.memryx.CollectionOptions;
import io.memryx.internal.ivf.ClusterIndex;
import io.memryx.internal.ivf.VectorRows;
import io.memryx.internal.ivf.VectorRowsBuilder;
import org.jspecify.annotations.Nullable;

/**
 * One built, immutable state of a collection: the cluster index and, by ordinal, originals, ids and
 * metadata.
 */
final class Generation {
  private final CollectionOptions options;
  private final @Nullable ClusterIndex index;
  private final VectorRows originals;
  private final PackedBytes ids;
  private final PackedBytes metadata;
  private final IdTable ordinalsById;

  /** Takes everything over; {@code index} is null if and only if there are no entries. */
  Generation(
      CollectionOptions options,
      @Nullable ClusterIndex index,
      VectorRows originals,
      PackedBytes ids,
      PackedBytes metadata) {
    this.options = options;
    this.index = index;
    this.originals = originals;
    this.ids = ids;
    this.metadata = metadata;
    this.ordinalsById = ordinalsById(ids);
  }

  /** The state before the first build. */
  static Generation empty(CollectionOptions options) {
    return new Generation(
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

  CollectionOptions options() {
    return options;
  }

  int size() {
    return originals.size();
  }

  /** The cluster index, or null if there are no entries. */
  @Nullable ClusterIndex index() {
    return index;
  }

  VectorRows originals() {
    return originals;
  }

  PackedBytes ids() {
    return ids;
  }

  PackedBytes metadata() {
    return metadata;
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
}

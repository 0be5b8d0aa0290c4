package io.memryx.internal.collection;

import io.memryx.CollectionOptions;
import io.memryx.internal.ivf.RowSet;
import io.memryx.internal.ivf.VectorRows;
import io.memryx.internal.ivf.VectorRowsBuilder;
import io.memryx.internal.metadata.EncodedRows;
import io.memryx.snapshot.LoggedEntry;
import java.util.Arrays;
import java.util.Collection;

/**
 * Entries not yet in a built index, appended by one writer at a time, scanned exactly by readers
 * through {@link View}s. A replaced entry stays as a dead row; its id leads to the newer one.
 */
final class HotBuffer {
  /** Fewer dead rows are not worth a copy of the live ones. */
  private static final int COMPACTED_FROM = 1_024;

  private static final int REFERENCE_BYTES = 4;

  /** Two array headers and padding. */
  private static final int ENTRY_BYTES = 40;

  private final VectorRowsBuilder vectors;
  private final IdTable rowsById;
  private byte[][] ids = new byte[8][];
  private byte[][] metadata = new byte[8][];
  private int size;
  private long textBytes;

  HotBuffer(CollectionOptions options) {
    this.vectors = new VectorRowsBuilder(options.metric(), options.dimension());
    this.rowsById =
        new IdTable(
            new IdTable.IdSource() {
              @Override
              public boolean isIdOf(int row, byte[] id) {
                return Arrays.equals(ids[row], id);
              }

              @Override
              public long hashOf(int row) {
                return IdTable.hash(ids[row], 0, ids[row].length);
              }
            });
  }

  /**
   * Makes room, so that appending so many entries allocates nothing: after this, an upsert can't
   * fail half-way.
   */
  void reserve(int entries) {
    vectors.reserve(entries);
    rowsById.reserve(entries);
    int needed = Math.addExact(size, entries);
    if (needed > ids.length) {
      int capacity = (int) Math.max(needed, Math.min(2L * ids.length, Integer.MAX_VALUE - 8));
      ids = Arrays.copyOf(ids, capacity);
      metadata = Arrays.copyOf(metadata, capacity);
    }
  }

  /**
   * Appends entries of distinct ids; needs {@link #reserve}. Nobody sees them before a view that
   * covers them.
   */
  void append(Collection<? extends LoggedEntry> entries) {
    for (LoggedEntry entry : entries) {
      vectors.append(entry);
      ids[size] = entry.id();
      metadata[size] = entry.metadata();
      textBytes += entry.id().length + entry.metadata().length;
      rowsById.put(entry.id(), size++);
    }
  }

  /**
   * Appends the live rows of another buffer; needs {@link #reserve}. Nobody sees them before a view
   * that covers them.
   */
  void appendLive(View source) {
    for (int row = 0; row < source.size(); row++) {
      if (!source.dead().contains(row)) {
        vectors.append(source.vectors(), row);
        ids[size] = source.ids()[row];
        metadata[size] = source.metadata()[row];
        textBytes += ids[size].length + metadata[size].length;
        rowsById.put(ids[size], size++);
      }
    }
  }

  /** The latest row of an id, dead or not, or -1. */
  int find(byte[] id) {
    return rowsById.find(id);
  }

  int size() {
    return size;
  }

  /**
   * An upper bound of what {@link #heapBytes} grows by when entries are appended, arrays that are
   * replaced by larger ones still there.
   */
  long growthBytes(int entries, long entryTextBytes) {
    long rows = (long) size + entries;
    long slots = rows > ids.length ? 2 * REFERENCE_BYTES * Math.max(rows, 2L * ids.length) : 0;
    return vectors.growthBytes(entries)
        + rowsById.growthBytes(entries)
        + slots
        + RowSet.mostBytes((int) Math.min(rows, Integer.MAX_VALUE))
        + (long) ENTRY_BYTES * entries
        + entryTextBytes;
  }

  /** What readers see once {@code rows} rows are appended. */
  View view(int rows, RowSet dead) {
    return new View(vectors.view(rows), ids, metadata, dead);
  }

  /** Memory of everything, without object headers. */
  long bytes() {
    return vectors.bytes() + rowsById.bytes() + textBytes + 2L * REFERENCE_BYTES * ids.length;
  }

  /** The same with headers, and with room to mark every row as dead. */
  long heapBytes() {
    return bytes() + (long) ENTRY_BYTES * size + RowSet.mostBytes(size);
  }

  /**
   * An immutable view.
   *
   * @param vectors the rows covered
   * @param ids by row, maybe longer than the view; not to be changed
   * @param metadata by row, encoded, maybe longer than the view; not to be changed
   * @param dead rows that were replaced
   */
  // A record of arrays on purpose: internal, shared with the buffer, never changed below the view's
  // size.
  @SuppressWarnings("ArrayRecordComponent")
  record View(VectorRows vectors, byte[][] ids, byte[][] metadata, RowSet dead)
      implements EncodedRows, EntryRows {

    @Override
    public byte[] id(int row) {
      return ids[row];
    }

    @Override
    public byte[] encodedMetadata(int row) {
      return metadata[row];
    }

    @Override
    public float[] vector(int row) {
      return vectors.copyOf(row);
    }

    @Override
    public boolean isApproximate() {
      return false;
    }

    @Override
    public byte[] array(int row) {
      return metadata[row];
    }

    @Override
    public int start(int row) {
      return 0;
    }

    @Override
    public int end(int row) {
      return metadata[row].length;
    }

    @Override
    public int size() {
      return vectors.size();
    }

    int liveSize() {
      return size() - dead.size();
    }

    /** Whether a copy of the live rows takes less than half and is worth making. */
    boolean isMostlyDead() {
      return dead.size() >= COMPACTED_FROM && dead.size() > liveSize();
    }

    /** Size of ids and metadata of the live rows. */
    long textBytes() {
      long bytes = 0;
      for (int row = 0; row < size(); row++) {
        bytes += dead.contains(row) ? 0 : ids[row].length + metadata[row].length;
      }
      return bytes;
    }

    View withDead(int... rows) {
      return new View(vectors, ids, metadata, dead.with(rows));
    }
  }
}

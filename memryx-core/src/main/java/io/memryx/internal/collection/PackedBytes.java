package io.memryx.internal.collection;

import io.memryx.internal.metadata.EncodedRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Byte strings of various lengths by row, back to back in chunks of {@link #CHUNK_ROWS}: 4 bytes a
 * row beside the bytes themselves, and no limit at 2 GiB. Filled once through a {@link Builder},
 * then immutable.
 */
final class PackedBytes implements EncodedRows {
  /** A chunk of the largest metadata still fits an array by far. */
  static final int CHUNK_ROWS = 4_096;

  private final List<Chunk> chunks;
  private final int size;

  private PackedBytes(List<Chunk> chunks, int size) {
    this.chunks = chunks;
    this.size = size;
  }

  // A record of arrays on purpose: private to this class, never changed.
  @SuppressWarnings("ArrayRecordComponent")
  private record Chunk(byte[] bytes, int[] ends) {
    int start(int index) {
      return index == 0 ? 0 : ends[index - 1];
    }
  }

  static PackedBytes empty() {
    return new Builder().build();
  }

  /**
   * Zeroed rows of these lengths, to be filled through {@link #bytesByChunk} before anyone reads
   * them.
   */
  static PackedBytes allocate(int[] lengths) {
    List<Chunk> chunks = new ArrayList<>();
    for (int from = 0; from < lengths.length; from += CHUNK_ROWS) {
      int[] ends = Arrays.copyOfRange(lengths, from, Math.min(lengths.length, from + CHUNK_ROWS));
      for (int i = 1; i < ends.length; i++) {
        ends[i] = Math.addExact(ends[i - 1], ends[i]);
      }
      chunks.add(new Chunk(new byte[ends[ends.length - 1]], ends));
    }
    return new PackedBytes(List.copyOf(chunks), lengths.length);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public byte[] array(int row) {
    return chunk(row).bytes;
  }

  @Override
  public int start(int row) {
    return chunk(row).start(row % CHUNK_ROWS);
  }

  @Override
  public int end(int row) {
    return chunk(row).ends[row % CHUNK_ROWS];
  }

  byte[] copyOf(int row) {
    Chunk chunk = chunk(row);
    int index = row % CHUNK_ROWS;
    return Arrays.copyOfRange(chunk.bytes, chunk.start(index), chunk.ends[index]);
  }

  /** Whether a row has no bytes. */
  boolean isEmpty(int row) {
    Chunk chunk = chunk(row);
    int index = row % CHUNK_ROWS;
    return chunk.start(index) == chunk.ends[index];
  }

  /** Whether all bytes of all rows are ASCII. */
  boolean isAscii() {
    for (Chunk chunk : chunks) {
      int bits = 0;
      for (byte part : chunk.bytes) {
        bits |= part;
      }
      if (bits < 0) {
        return false;
      }
    }
    return true;
  }

  boolean rowEquals(int row, byte[] other) {
    Chunk chunk = chunk(row);
    int index = row % CHUNK_ROWS;
    return Arrays.equals(
        chunk.bytes, chunk.start(index), chunk.ends[index], other, 0, other.length);
  }

  long hashOf(int row) {
    Chunk chunk = chunk(row);
    int index = row % CHUNK_ROWS;
    return IdTable.hash(chunk.bytes, chunk.start(index), chunk.ends[index]);
  }

  /** Orders two rows by their bytes, unsigned: for UTF-8 the order of code points. */
  int compare(int row, int otherRow) {
    Chunk a = chunk(row);
    Chunk b = chunk(otherRow);
    int i = row % CHUNK_ROWS;
    int j = otherRow % CHUNK_ROWS;
    return Arrays.compareUnsigned(a.bytes, a.start(i), a.ends[i], b.bytes, b.start(j), b.ends[j]);
  }

  /** Orders a row and other bytes in the same way. */
  int compare(int row, byte[] other) {
    Chunk chunk = chunk(row);
    int index = row % CHUNK_ROWS;
    return Arrays.compareUnsigned(
        chunk.bytes, chunk.start(index), chunk.ends[index], other, 0, other.length);
  }

  /** The size of every row as LEB128 numbers, chunk by chunk. */
  List<byte[]> sizes() {
    return chunks.stream().map(PackedBytes::sizes).toList();
  }

  private static byte[] sizes(Chunk chunk) {
    // A size below 2^21 takes at most three bytes.
    byte[] encoded = new byte[3 * chunk.ends.length];
    int at = 0;
    for (int i = 0; i < chunk.ends.length; i++) {
      int rest = chunk.ends[i] - chunk.start(i);
      while (rest >= 1 << 7) {
        encoded[at++] = (byte) (rest | 1 << 7);
        rest >>>= 7;
      }
      encoded[at++] = (byte) rest;
    }
    return Arrays.copyOf(encoded, at);
  }

  /**
   * The way back of {@link #sizes}.
   *
   * @return {@code count} sizes
   * @throws IllegalArgumentException if there are more or fewer than that, or one is out of range
   */
  static int[] decodeSizes(byte[] encoded, int count, int min, int max) {
    int[] sizes = new int[count];
    int at = 0;
    for (int i = 0; i < count; i++) {
      int shift = 0;
      byte part;
      do {
        if (at == encoded.length || shift > 14) {
          throw new IllegalArgumentException("number %d is cut off".formatted(i));
        }
        part = encoded[at++];
        sizes[i] |= (part & 0x7F) << shift;
        shift += 7;
      } while (part < 0);
      if (sizes[i] < min || sizes[i] > max) {
        throw new IllegalArgumentException(
            "number %d is %d, expected %d..%d".formatted(i, sizes[i], min, max));
      }
    }
    if (at != encoded.length) {
      throw new IllegalArgumentException(
          "%d bytes follow the last of %d numbers".formatted(encoded.length - at, count));
    }
    return sizes;
  }

  /** The bytes of all rows, chunk by chunk. */
  List<byte[]> bytesByChunk() {
    return chunks.stream().map(Chunk::bytes).toList();
  }

  long bytes() {
    return chunks.stream().mapToLong(chunk -> chunk.bytes.length + 4L * chunk.ends.length).sum();
  }

  private Chunk chunk(int row) {
    return chunks.get(row / CHUNK_ROWS);
  }

  /** Collects rows in order. */
  static final class Builder {
    private final List<Chunk> chunks = new ArrayList<>();
    private final int[] ends = new int[CHUNK_ROWS];
    private byte[] bytes = new byte[256];
    private int rowsInChunk;
    private int size;

    void append(byte[] row) {
      int start = rowsInChunk == 0 ? 0 : ends[rowsInChunk - 1];
      int end = Math.addExact(start, row.length);
      if (end > bytes.length) {
        bytes =
            Arrays.copyOf(
                bytes, Math.max(end, (int) Math.min(2L * bytes.length, Integer.MAX_VALUE - 8)));
      }
      System.arraycopy(row, 0, bytes, start, row.length);
      ends[rowsInChunk++] = end;
      size++;
      if (rowsInChunk == CHUNK_ROWS) {
        closeChunk();
      }
    }

    PackedBytes build() {
      if (rowsInChunk > 0) {
        closeChunk();
      }
      return new PackedBytes(List.copyOf(chunks), size);
    }

    private void closeChunk() {
      int end = ends[rowsInChunk - 1];
      chunks.add(new Chunk(Arrays.copyOf(bytes, end), Arrays.copyOf(ends, rowsInChunk)));
      rowsInChunk = 0;
    }
  }
}

package io.memryx.internal.quantization;

import java.util.Arrays;
import java.util.List;

/**
 * The codes of an index in list order, row by row, without their signs (see {@link SignBlocks}).
 * The sole owner of their offsets. Filled once, then read only.
 *
 * <p>The row code of position {@code p} lies at {@code p × rowBytes}, cut into chunks of a power of
 * two of rows, because one array ends at 2 GiB.
 */
public final class CodeRows {
  private static final int CACHE_LINE = 64;

  private final int size;
  private final int rowBytes;
  private final int shift;
  private final byte[][] rows;

  private CodeRows(int size, int rowBytes) {
    this.size = size;
    this.rowBytes = rowBytes;
    this.shift = SignBlocks.floorLog2(Math.max(1, SignBlocks.CHUNK_BYTES / rowBytes));
    this.rows = new byte[SignBlocks.chunks(size, shift)][];
    Arrays.setAll(rows, c -> new byte[Math.min(1 << shift, size - (c << shift)) * rowBytes]);
  }

  /** Zeroed codes for so many rows. */
  public static CodeRows allocate(int size, int rowBytes) {
    return new CodeRows(size, rowBytes);
  }

  /** Number of rows. */
  public int size() {
    return size;
  }

  /** The array with a position's code. */
  public byte[] rowOf(int position) {
    return rows[position >> shift];
  }

  /** Where in its array a position's code begins. */
  public int rowOffset(int position) {
    return (position & ((1 << shift) - 1)) * rowBytes;
  }

  /** Sets a row to what the encoder made of a row of its tile. */
  public void put(int position, ResidualEncoder encoder, int tileRow) {
    encoder.copyRowCode(tileRow, rowOf(position), rowOffset(position));
  }

  /** Sets a row to a row of other codes of the same shape. */
  public void put(int position, CodeRows source, int sourcePosition) {
    System.arraycopy(
        source.rowOf(sourcePosition),
        source.rowOffset(sourcePosition),
        rowOf(position),
        rowOffset(position),
        rowBytes);
  }

  /**
   * Reads a byte of every cache line of a row's code, for nothing but to have them there soon:
   * called for many rows before the first of them is scored, because memory serves many requests in
   * little more time than one.
   */
  public int touch(int position) {
    byte[] row = rowOf(position);
    int offset = rowOffset(position);
    int touched = row[offset + rowBytes - 1];
    for (int i = 0; i < rowBytes; i += CACHE_LINE) {
      touched += row[offset + i];
    }
    return touched;
  }

  /** All codes in order. */
  public List<byte[]> rows() {
    return List.of(rows);
  }

  /** Memory of everything. */
  public long bytes() {
    return Arrays.stream(rows).mapToLong(array -> array.length).sum();
  }
}

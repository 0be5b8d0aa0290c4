package io.memryx.internal.quantization;

import java.util.List;

/**
 * The codes of a generation: {@code size × codeBytes} bytes, in chunks of a power of two of rows,
 * because one array ends at 2 GiB. The sole owner of code offsets. Filled once, then read only.
 */
public final class CodeRows {
  /**
   * Large enough that chunks don't matter to a scan; less than half of G1's smallest region (1
   * MiB), because a larger array gets regions of its own and loses a part of them to rounding.
   */
  private static final int CHUNK_BYTES = 384 << 10;

  private final int codeBytes;
  private final int shift;
  private final byte[][] chunks;

  private CodeRows(int codeBytes, int shift, byte[][] chunks) {
    this.codeBytes = codeBytes;
    this.shift = shift;
    this.chunks = chunks;
  }

  /** Zeroed codes for so many rows. */
  public static CodeRows allocate(int size, int codeBytes) {
    int shift = 31 - Integer.numberOfLeadingZeros(Math.max(1, CHUNK_BYTES / codeBytes));
    int rowsPerChunk = 1 << shift;
    byte[][] chunks = new byte[(int) (((long) size + rowsPerChunk - 1) >> shift)][];
    for (int c = 0; c < chunks.length; c++) {
      chunks[c] = new byte[Math.min(rowsPerChunk, size - (c << shift)) * codeBytes];
    }
    return new CodeRows(codeBytes, shift, chunks);
  }

  /** The array that holds a row's code. */
  public byte[] chunkOf(int row) {
    return chunks[row >> shift];
  }

  /** Where in its array a row's code begins. */
  public int offsetOf(int row) {
    return (row & ((1 << shift) - 1)) * codeBytes;
  }

  /** The first row that lies in another array than this row. */
  public int endOfChunk(int row) {
    return ((row >> shift) + 1) << shift;
  }

  /** Size of one code. */
  public int codeBytes() {
    return codeBytes;
  }

  /** All arrays in order. */
  public List<byte[]> chunks() {
    return List.of(chunks);
  }

  /** Memory of the codes. */
  public long bytes() {
    long bytes = 0;
    for (byte[] chunk : chunks) {
      bytes += chunk.length;
    }
    return bytes;
  }
}

package io.memryx.internal.quantization;

import io.memryx.internal.kernel.VectorKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The codes of an index in list order, each in two parts: what the first scan reads, in blocks, and
 * the rest, row by row. The sole owner of code offsets. Filled once, then read only.
 *
 * <p>Layout, for {@code B} = {@link VectorKernels#BLOCK_ROWS} rows a block and {@code C} sign bytes
 * a row: byte {@code c} of position {@code p} lies at {@code (p / B) × C × B + c × B + p % B}; its
 * sign factor (and addend) at {@code p}; the rest of its code at {@code p × rowBytes}. Everything
 * is cut into chunks of a power of two of rows, because one array ends at 2 GiB.
 */
public final class CodeBlocks {
  private static final int BLOCK_ROWS = VectorKernels.BLOCK_ROWS;

  /** From one sign byte of a row to its next. */
  public static final int SIGNS_STRIDE = BLOCK_ROWS;

  /**
   * Large enough that chunks don't matter to a scan; less than half of G1's smallest region (1
   * MiB), because a larger array gets regions of its own and loses a part of them to rounding.
   */
  private static final int CHUNK_BYTES = 384 << 10;

  private static final int CACHE_LINE = 64;

  private final int size;
  private final int columns;
  private final int rowBytes;
  private final int blockShift;
  private final int rowShift;
  private final byte[][] signs;
  private final byte[][] factors;
  private final float[][] addends;
  private final byte[][] rows;

  /** Whether every row has a number that is added to its score. */
  public enum Addends {
    /** Under l2: what turns inner products into distances. */
    KEPT,
    /** Where scores are inner products. */
    NONE
  }

  private CodeBlocks(int size, int columns, int rowBytes, Addends kept) {
    this.size = size;
    this.columns = columns;
    this.rowBytes = rowBytes;
    this.blockShift = Math.max(5, floorLog2(CHUNK_BYTES / Math.max(1, columns)));
    this.rowShift = floorLog2(Math.max(1, CHUNK_BYTES / rowBytes));
    int blockChunks = chunks(size, blockShift);
    this.signs = new byte[blockChunks][];
    this.factors = new byte[blockChunks][];
    this.addends = new float[kept == Addends.KEPT ? blockChunks : 0][];
    for (int c = 0; c < blockChunks; c++) {
      int padded = Math.ceilDiv(rowsIn(c, blockShift), BLOCK_ROWS) * BLOCK_ROWS;
      signs[c] = new byte[padded * columns];
      factors[c] = new byte[padded];
      if (kept == Addends.KEPT) {
        addends[c] = new float[padded];
      }
    }
    this.rows = new byte[chunks(size, rowShift)][];
    Arrays.setAll(rows, c -> new byte[rowsIn(c, rowShift) * rowBytes]);
  }

  /** Zeroed codes for so many rows. */
  public static CodeBlocks allocate(int size, int columns, int rowBytes, Addends kept) {
    return new CodeBlocks(size, columns, rowBytes, kept);
  }

  private static int chunks(int size, int shift) {
    return (int) (((long) size + (1L << shift) - 1) >> shift);
  }

  private int rowsIn(int chunk, int shift) {
    return Math.min(1 << shift, size - (chunk << shift));
  }

  private static int floorLog2(int value) {
    return 31 - Integer.numberOfLeadingZeros(value);
  }

  /** Number of rows. */
  public int size() {
    return size;
  }

  /** Sign bytes of a row. */
  public int columns() {
    return columns;
  }

  /** Bytes of the rest of a row's code. */
  public int rowBytes() {
    return rowBytes;
  }

  /** The array with the sign bytes of a position's block. */
  public byte[] signsOf(int position) {
    return signs[position >> blockShift];
  }

  /**
   * Where in its array a position's first sign byte is; the others follow every {@code B} bytes.
   */
  public int signsOffset(int position) {
    int inChunk = position & ((1 << blockShift) - 1);
    return (inChunk / BLOCK_ROWS) * BLOCK_ROWS * columns + inChunk % BLOCK_ROWS;
  }

  /** The array with a position's sign factor, at {@link #indexInChunk}. */
  public byte[] factorsOf(int position) {
    return factors[position >> blockShift];
  }

  /** Whether every row has an addend. */
  public boolean hasAddends() {
    return addends.length > 0;
  }

  /** The array with a position's addend, at {@link #indexInChunk}; only where kept. */
  public float[] addendsOf(int position) {
    return addends[position >> blockShift];
  }

  /** Where in the arrays of one number a row this position is. */
  public int indexInChunk(int position) {
    return position & ((1 << blockShift) - 1);
  }

  /** The array with the rest of a position's code. */
  public byte[] rowOf(int position) {
    return rows[position >> rowShift];
  }

  /** Where in its array the rest of a position's code begins. */
  public int rowOffset(int position) {
    return (position & ((1 << rowShift) - 1)) * rowBytes;
  }

  /** Sets a row to what the encoder made of a row of its tile. */
  public void put(int position, ResidualEncoder encoder, int tileRow) {
    encoder.copySigns(tileRow, signsOf(position), signsOffset(position), BLOCK_ROWS);
    factorsOf(position)[indexInChunk(position)] = encoder.signFactor(tileRow);
    encoder.copyRowCode(tileRow, rowOf(position), rowOffset(position));
  }

  /** Sets a row to a row of other codes of the same shape. */
  public void put(int position, CodeBlocks source, int sourcePosition) {
    byte[] target = signsOf(position);
    int offset = signsOffset(position);
    byte[] from = source.signsOf(sourcePosition);
    int fromOffset = source.signsOffset(sourcePosition);
    for (int column = 0; column < columns * BLOCK_ROWS; column += BLOCK_ROWS) {
      target[offset + column] = from[fromOffset + column];
    }
    factorsOf(position)[indexInChunk(position)] =
        source.factorsOf(sourcePosition)[source.indexInChunk(sourcePosition)];
    if (addends.length > 0) {
      addendsOf(position)[indexInChunk(position)] =
          source.addendsOf(sourcePosition)[source.indexInChunk(sourcePosition)];
    }
    System.arraycopy(
        source.rowOf(sourcePosition),
        source.rowOffset(sourcePosition),
        rowOf(position),
        rowOffset(position),
        rowBytes);
  }

  /**
   * Reads a byte of every cache line of a row's code but its signs, for nothing but to have them
   * there soon: called for many rows before the first of them is scored, because memory serves many
   * requests in little more time than one.
   */
  public int touchRow(int position) {
    byte[] row = rowOf(position);
    int offset = rowOffset(position);
    int touched = row[offset + rowBytes - 1];
    for (int i = 0; i < rowBytes; i += CACHE_LINE) {
      touched += row[offset + i];
    }
    return touched;
  }

  /** All sign bytes in order, padded to whole blocks. */
  public List<byte[]> signs() {
    return List.of(signs);
  }

  /** All sign factors in order, padded to whole blocks. */
  public List<byte[]> factors() {
    return List.of(factors);
  }

  /** All addends in order, padded to whole blocks; none where they are not kept. */
  public List<float[]> addends() {
    return List.of(addends);
  }

  /** The rest of all codes in order. */
  public List<byte[]> rows() {
    return List.of(rows);
  }

  /** Memory of everything. */
  public long bytes() {
    var arrays = new ArrayList<byte[]>(signs());
    arrays.addAll(factors());
    arrays.addAll(rows());
    return arrays.stream().mapToLong(array -> array.length).sum()
        + addends().stream().mapToLong(array -> 4L * array.length).sum();
  }
}

package io.memryx.internal.quantization;

import io.memryx.internal.kernel.VectorKernels;
import java.util.Arrays;
import java.util.List;

/**
 * What the first scan reads of codes: sign bytes in blocks, a sign factor a row, and where scores
 * need one an addend. The sole owner of their offsets. Filled once, then read only.
 *
 * <p>Layout, for {@code B} = {@link VectorKernels#BLOCK_ROWS} rows a block and {@code C} sign bytes
 * a row: byte {@code c} of position {@code p} lies at {@code (p / B) × C × B + c × B + lane} with
 * {@code lane} = {@link VectorKernels#laneOf laneOf(p % B)}; its sign factor (and addend) at {@code
 * s}. Everything is cut into chunks of a power of two of rows, because one array ends at 2 GiB.
 */
public final class SignBlocks {
  private static final int BLOCK_ROWS = VectorKernels.BLOCK_ROWS;

  /** From one sign byte of a row to its next. */
  public static final int STRIDE = BLOCK_ROWS;

  /**
   * Large enough that chunks don't matter to a scan; less than half of G1's smallest region (1
   * MiB), because a larger array gets regions of its own and loses a part of them to rounding.
   */
  static final int CHUNK_BYTES = 384 << 10;

  private final int size;
  private final int columns;
  private final int shift;
  private final byte[][] signs;
  private final byte[][] factors;
  private final float[][] addends;

  /** Whether every row has a number that is added to its score. */
  public enum Addends {
    /**
     * Under l2: {@code -|c|² - |r|² - 2 <c,r̂>}, what turns inner products into distances (see the
     * build's {@code DistanceAddends}).
     */
    KEPT,
    /** Where scores are inner products. */
    NONE
  }

  private SignBlocks(int size, int columns, Addends kept) {
    this.size = size;
    this.columns = columns;
    this.shift = Math.max(5, floorLog2(CHUNK_BYTES / Math.max(1, columns)));
    int chunks = chunks(size, shift);
    this.signs = new byte[chunks][];
    this.factors = new byte[chunks][];
    this.addends = new float[kept == Addends.KEPT ? chunks : 0][];
    for (int c = 0; c < chunks; c++) {
      int rows = Math.min(1 << shift, size - (c << shift));
      int padded = Math.ceilDiv(rows, BLOCK_ROWS) * BLOCK_ROWS;
      signs[c] = new byte[padded * columns];
      factors[c] = new byte[padded];
      if (kept == Addends.KEPT) {
        addends[c] = new float[padded];
      }
    }
  }

  /** Zeroed signs for so many rows. */
  public static SignBlocks allocate(int size, int columns, Addends kept) {
    return new SignBlocks(size, columns, kept);
  }

  static int chunks(int size, int shift) {
    return (int) (((long) size + (1L << shift) - 1) >> shift);
  }

  static int floorLog2(int value) {
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

  /** The array with the sign bytes of a position's block. */
  public byte[] signsOf(int position) {
    return signs[position >> shift];
  }

  /** Where in its array a position's first sign byte is; the others follow every {@code B}. */
  public int signsOffset(int position) {
    int inChunk = indexInChunk(position);
    return (inChunk / BLOCK_ROWS) * BLOCK_ROWS * columns
        + VectorKernels.laneOf(inChunk % BLOCK_ROWS);
  }

  /** The array with a position's sign factor, at {@link #indexInChunk}. */
  public byte[] factorsOf(int position) {
    return factors[position >> shift];
  }

  /** Whether every row has an addend. */
  public boolean hasAddends() {
    return addends.length > 0;
  }

  /** The array with a position's addend, at {@link #indexInChunk}; only where kept. */
  public float[] addendsOf(int position) {
    return addends[position >> shift];
  }

  /** What is added to the score of a position; 0 where nothing is. */
  public float addend(int position) {
    return hasAddends() ? addendsOf(position)[indexInChunk(position)] : 0;
  }

  /** The first position whose signs lie in another array, or the end of all. */
  public int endOfChunk(int position) {
    return (int) Math.min(size, ((long) (position >> shift) + 1) << shift);
  }

  /** Where in the arrays of one number a row this position is. */
  public int indexInChunk(int position) {
    return position & ((1 << shift) - 1);
  }

  /** Sets a row to what the encoder made of a row of its tile. */
  public void put(int position, ResidualEncoder encoder, int tileRow, float addend) {
    encoder.copySigns(tileRow, signsOf(position), signsOffset(position), STRIDE);
    factorsOf(position)[indexInChunk(position)] = encoder.signFactor(tileRow);
    if (hasAddends()) {
      addendsOf(position)[indexInChunk(position)] = addend;
    }
  }

  /** Sets a row to a row of other signs of the same shape. */
  public void put(int position, SignBlocks source, int sourcePosition) {
    byte[] target = signsOf(position);
    int offset = signsOffset(position);
    byte[] from = source.signsOf(sourcePosition);
    int fromOffset = source.signsOffset(sourcePosition);
    for (int column = 0; column < columns * STRIDE; column += STRIDE) {
      target[offset + column] = from[fromOffset + column];
    }
    factorsOf(position)[indexInChunk(position)] =
        source.factorsOf(sourcePosition)[source.indexInChunk(sourcePosition)];
    if (hasAddends()) {
      addendsOf(position)[indexInChunk(position)] = source.addend(sourcePosition);
    }
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

  /** Memory of everything. */
  public long bytes() {
    return Arrays.stream(signs).mapToLong(array -> array.length).sum()
        + Arrays.stream(factors).mapToLong(array -> array.length).sum()
        + Arrays.stream(addends).mapToLong(array -> (long) Float.BYTES * array.length).sum();
  }
}

package io.memryx.internal.kernel;

import org.jspecify.annotations.Nullable;

/**
 * One query's tables for the first tier: what each half of a sign byte adds to a row's sum.
 *
 * <p>A row has one sign byte a column, and each sign bit adds its weight, positive where it is set
 * and negative where it is clear. Each half of a byte selects one of 16 unsigned bytes:
 *
 * <pre>
 *   units(i) = round(2 |weight i| / step)
 *   entry(column, half, pattern) = Σ units of those of the half's four bits that agree with the
 *     sign of their weight
 *   Σ over all bits of ±weight ≈ bias + step × Σ entries,   bias = -Σ |weight|
 * </pre>
 *
 * <p>One step serves all columns. The two entries of a byte add up to at most {@value
 * #MAX_COLUMN_SUM}, so that vector code adds them as bytes, and those of a row to at most {@value
 * #MAX_ROW_SUM}, so that their sum fits 16 bits. The layout is that of André et al., "Cache
 * locality is not enough: high-performance nearest neighbor search with product quantization fast
 * scan" (VLDB 2015), with signs in place of product codes.
 *
 * <p>Made for one query; not thread-safe.
 */
public final class LookupTables {
  static final int MAX_COLUMN_SUM = 255;
  static final int MAX_ROW_SUM = 65_535;

  /** Bytes of a column's two tables. */
  static final int COLUMN_BYTES = 32;

  private static final int HALF_BITS = 4;
  private static final int HALF_PATTERNS = 1 << HALF_BITS;

  /** What rounding may add to a column's sum: half a unit for each of its bits. */
  private static final int COLUMN_ROUNDING = 4;

  private final int columns;
  private final float bias;
  private final float step;
  private final float leastFactor;

  /**
   * Entries of all columns, 32 a column: the 16 of the low half (dimensions 0 to 3), then the 16 of
   * the high half. If columns are odd in number, one of zeros comes after the first, so that pairs
   * of columns can be scanned: the first pair then adds column 0 alone, the next columns 1 and 2.
   */
  final byte[] entries;

  /** Made when scalar code first asks. */
  private @Nullable BitUnits bitUnits;

  private LookupTables(float[] weights, int columns, float leastFactor, double bias, double step) {
    this.columns = columns;
    this.bias = (float) bias;
    this.step = (float) step;
    this.leastFactor = leastFactor;
    this.entries = entries(weights, columns, step);
  }

  /**
   * The tables of a query.
   *
   * @param weights {@code columns × 8}: what a set sign bit adds and a clear one subtracts; bit
   *     {@code i} of column {@code c} has weight {@code 8 c + i}
   * @param columns sign bytes of a row
   * @param leastFactor what a sign factor of 0 stands for (see {@link SignFactors})
   */
  public static LookupTables of(float[] weights, int columns, float leastFactor) {
    double total = 0;
    double widest = 0;
    for (int column = 0; column < columns; column++) {
      double sum = 0;
      for (int i = column * 8; i < column * 8 + 8; i++) {
        sum += Math.abs(weights[i]);
      }
      total += sum;
      widest = Math.max(widest, sum);
    }
    double step =
        Math.max(
            2 * widest / (MAX_COLUMN_SUM - COLUMN_ROUNDING),
            2 * total / (MAX_ROW_SUM - COLUMN_ROUNDING * columns));
    return new LookupTables(weights, columns, leastFactor, 0 - total, step);
  }

  private static byte[] entries(float[] weights, int columns, double step) {
    byte[] entries = new byte[(columns + (columns & 1)) * COLUMN_BYTES];
    // Weights all but zero: no entry would differ from 0, and their inverse would be infinite.
    if (step < Float.MIN_NORMAL) {
      return entries;
    }
    double scale = 2 / step;
    for (int column = 0; column < columns; column++) {
      int offset = entriesOffset(column, columns);
      fillHalf(weights, column * 8, scale, entries, offset);
      fillHalf(weights, column * 8 + HALF_BITS, scale, entries, offset + HALF_PATTERNS);
    }
    return entries;
  }

  private static int entriesOffset(int column, int columns) {
    return (column == 0 ? 0 : column + (columns & 1)) * COLUMN_BYTES;
  }

  private static void fillHalf(
      float[] weights, int first, double scale, byte[] entries, int offset) {
    int bit0 = units(weights[first], scale);
    int bit1 = units(weights[first + 1], scale);
    int bit2 = units(weights[first + 2], scale);
    int bit3 = units(weights[first + 3], scale);
    int negative =
        (weights[first] < 0 ? 1 : 0)
            | (weights[first + 1] < 0 ? 2 : 0)
            | (weights[first + 2] < 0 ? 4 : 0)
            | (weights[first + 3] < 0 ? 8 : 0);
    for (int high = 0; high < 4; high++) {
      int sum = (high & 1) * bit2 + (high >> 1) * bit3;
      int pattern = high << 2;
      entries[offset + (pattern ^ negative)] = (byte) sum;
      entries[offset + ((pattern | 1) ^ negative)] = (byte) (sum + bit0);
      entries[offset + ((pattern | 2) ^ negative)] = (byte) (sum + bit1);
      entries[offset + ((pattern | 3) ^ negative)] = (byte) (sum + bit0 + bit1);
    }
  }

  private static int units(float weight, double scale) {
    return (int) (Math.abs(weight) * scale + 0.5);
  }

  /** What a pattern of four sign bits adds; half 0 is the low one. */
  int entry(int column, int half, int pattern) {
    return entries[entriesOffset(column, columns) + half * HALF_PATTERNS + pattern] & 0xff;
  }

  /** The same without tables, for code that adds up bit by bit. */
  BitUnits bitUnits() {
    BitUnits known = bitUnits;
    if (known == null) {
      known = new BitUnits(this);
      bitUnits = known;
    }
    return known;
  }

  /** Sign bytes of a row. */
  public int columns() {
    return columns;
  }

  /** What a row whose entries are all 0 has: the least possible sum of weights. */
  public float bias() {
    return bias;
  }

  /** What a unit of an entry stands for. */
  public float step() {
    return step;
  }

  /** What a sign factor of 0 stands for. */
  public float leastFactor() {
    return leastFactor;
  }
}

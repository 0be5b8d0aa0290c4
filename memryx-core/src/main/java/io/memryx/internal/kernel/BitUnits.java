package io.memryx.internal.kernel;

import java.util.Arrays;

/**
 * A query's {@link LookupTables} as code without byte shuffles needs them: the units that each sign
 * bit adds, for eight rows at once. A row has its byte of a long, and no sum of a column exceeds a
 * byte. Scratch included; for one query, not thread-safe.
 */
final class BitUnits {
  /** Longs of a column of a block. */
  static final int COLUMN_LONGS = VectorKernels.BLOCK_ROWS / Long.BYTES;

  /** A one in every byte. */
  static final long ONES = 0x0101_0101_0101_0101L;

  /** {@code columns × COLUMN_LONGS}: set where a clear bit adds, because its weight is negative. */
  final long[] flips;

  /** By bit, {@code columns × COLUMN_LONGS}: the units of that bit in every byte. */
  final long[][] units;

  /** Where the sums of a block's bytes go, {@code columns × COLUMN_LONGS}. */
  final long[] byteSums;

  BitUnits(LookupTables tables) {
    int longs = tables.columns() * COLUMN_LONGS;
    flips = new long[longs];
    units = new long[CodeShape.GROUP][longs];
    byteSums = new long[longs];
    for (int column = 0; column < tables.columns(); column++) {
      long flip = 0;
      for (int bit = 0; bit < CodeShape.GROUP; bit++) {
        int half = bit / 4;
        int more = tables.entry(column, half, 1 << bit % 4) - tables.entry(column, half, 0);
        flip |= more < 0 ? ONES << bit : 0;
        fill(units[bit], column, Math.abs(more) * ONES);
      }
      fill(flips, column, flip);
    }
  }

  private static void fill(long[] longs, int column, long value) {
    Arrays.fill(longs, column * COLUMN_LONGS, (column + 1) * COLUMN_LONGS, value);
  }
}

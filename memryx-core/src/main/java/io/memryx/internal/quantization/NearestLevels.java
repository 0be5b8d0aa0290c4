package io.memryx.internal.quantization;

import io.memryx.internal.kernel.CodeShape;

/**
 * A table that finds the nearest level of one number of bits: values fall into cells so narrow that
 * each holds at most one border between levels, which one comparison settles.
 */
final class NearestLevels {
  /** Narrower than the levels of 8 bits lie apart, 0.019. */
  private static final int CELLS_PER_UNIT = 64;

  /** No level lies beyond. */
  private static final int LIMIT = 5;

  private static final int CELLS = CELLS_PER_UNIT * LIMIT;

  private static final NearestLevels[] BY_BITS = new NearestLevels[CodeShape.MAX_BITS + 1];

  static {
    for (int bits = 1; bits <= CodeShape.MAX_BITS; bits++) {
      BY_BITS[bits] = new NearestLevels(bits);
    }
  }

  /** Magnitude at the beginning of each cell. */
  private final byte[] first = new byte[CELLS];

  /** Upper border of each magnitude. */
  private final float[] borders;

  private NearestLevels(int bits) {
    int count = 1 << (bits - 1);
    borders = new float[count];
    for (int m = 0; m < count - 1; m++) {
      borders[m] = (GaussianLevels.level(bits, m) + GaussianLevels.level(bits, m + 1)) / 2;
    }
    borders[count - 1] = Float.POSITIVE_INFINITY;
    int magnitude = 0;
    for (int cell = 0; cell < CELLS; cell++) {
      while ((float) cell / CELLS_PER_UNIT > borders[magnitude]) {
        magnitude++;
      }
      first[cell] = (byte) magnitude;
    }
  }

  /** The levels of this number of bits, at least one. */
  static NearestLevels of(int bits) {
    return BY_BITS[bits];
  }

  /** The magnitude whose level is nearest to a value that is not negative. */
  int magnitude(float value) {
    int magnitude = first[(int) Math.min(value * CELLS_PER_UNIT, CELLS - 1)];
    return value > borders[magnitude] ? magnitude + 1 : magnitude;
  }
}

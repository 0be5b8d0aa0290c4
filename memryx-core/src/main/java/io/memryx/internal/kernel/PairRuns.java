package io.memryx.internal.kernel;

/**
 * A shape as vector code needs it that decodes two groups at once, 16 lanes of 32 bits: what to do
 * with each lane, for every run of pairs whose groups have the same numbers of bits.
 *
 * <p>A magnitude lies within two neighbouring bytes of its pair. Put into the upper half of a lane
 * and shifted right, it comes to lie from bit {@value #MAGNITUDE_BIT} on; with the bits below
 * cleared and {@link #EXPONENT} set, the lane is the float {@code 128 + magnitude}.
 *
 * <p>One array holds all, {@code runs × STRIDE} ints; floats as their bits.
 */
final class PairRuns {
  /** Lanes of a pair. */
  static final int LANES = 2 * CodeShape.GROUP;

  /** Lowest bit of a magnitude in its lane. */
  static final int MAGNITUDE_BIT = 16;

  /** The bits of 128f: its lowest bits stand for fractions, bit 16 for 1. */
  static final int EXPONENT = 0x43000000;

  /** What {@code 128 + magnitude} exceeds {@code magnitude + 1/2} by. */
  static final float EXCESS = 127.5f;

  /**
   * Positions of the bytes that a lane takes, four a lane: its magnitude's two in the upper half.
   */
  static final int SPREAD = 0;

  /** Shifts to the right, one a lane. */
  static final int SHIFTS = LANES;

  /** Masks of the magnitudes, one a lane. */
  static final int MASKS = 2 * LANES;

  /** Coefficients of the levels, one a lane; 0 for a group without bits. */
  static final int ALPHAS = 3 * LANES;

  static final int BETAS = 4 * LANES;
  static final int GAMMAS = 5 * LANES;

  /** Bytes of one pair's magnitudes. */
  static final int BYTES = 6 * LANES;

  /** The first pair after the run. */
  static final int END = BYTES + 1;

  /** Ints of a run. */
  static final int STRIDE = END + 1;

  private PairRuns() {}

  /** The runs of a shape; an odd last group has one without bits as its second. */
  static int[] of(CodeShape shape) {
    int pairs = (shape.columns() + 1) / 2;
    int[] starts = new int[pairs];
    int runs = 0;
    for (int pair = 0; pair < pairs; pair++) {
      if (pair == 0
          || firstBits(shape, pair) != firstBits(shape, pair - 1)
          || secondBits(shape, pair) != secondBits(shape, pair - 1)) {
        starts[runs++] = pair;
      }
    }
    int[] tables = new int[runs * STRIDE];
    for (int run = 0; run < runs; run++) {
      int pair = starts[run];
      fill(tables, run * STRIDE, shape, firstBits(shape, pair), secondBits(shape, pair));
      tables[run * STRIDE + END] = run + 1 < runs ? starts[run + 1] : pairs;
    }
    return tables;
  }

  private static int firstBits(CodeShape shape, int pair) {
    return shape.bits(2 * pair);
  }

  private static int secondBits(CodeShape shape, int pair) {
    return 2 * pair + 1 < shape.columns() ? shape.bits(2 * pair + 1) : 0;
  }

  private static void fill(int[] tables, int offset, CodeShape shape, int first, int second) {
    int firstBytes = first - 1;
    int secondBytes = Math.max(second - 1, 0);
    for (int i = 0; i < CodeShape.GROUP; i++) {
      fillLane(tables, offset + i, shape, first, i * firstBytes);
      int secondBit = CodeShape.GROUP * firstBytes + i * secondBytes;
      fillLane(tables, offset + CodeShape.GROUP + i, shape, second, secondBit);
    }
    tables[offset + BYTES] = firstBytes + secondBytes;
  }

  /** One lane, whose magnitude begins {@code bit} bits up in the pair's bytes. */
  private static void fillLane(int[] tables, int lane, CodeShape shape, int bits, int bit) {
    int low = bit / 8;
    tables[lane + SPREAD] = low << 16 | (low + 1) << 24;
    tables[lane + SHIFTS] = bit % 8;
    tables[lane + MASKS] = ((1 << Math.max(bits - 1, 0)) - 1) << MAGNITUDE_BIT;
    tables[lane + ALPHAS] = Float.floatToRawIntBits(shape.alphas[bits]);
    tables[lane + BETAS] = Float.floatToRawIntBits(shape.betas[bits]);
    tables[lane + GAMMAS] = Float.floatToRawIntBits(shape.gammas[bits]);
  }
}

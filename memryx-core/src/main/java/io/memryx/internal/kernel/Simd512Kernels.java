package io.memryx.internal.kernel;

import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The kernels on codes with 512-bit vectors: two columns, or two groups, at once. */
final class Simd512Kernels extends SimdKernels {
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_512;
  private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_512;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_512;
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_512;

  /** As many shorts as there are int lanes. */
  private static final VectorSpecies<Short> HALF = ShortVector.SPECIES_256;

  /** As many bytes as there are int lanes. */
  private static final VectorSpecies<Byte> QUARTER = ByteVector.SPECIES_128;

  /** Bytes that a load of magnitudes may reach beyond its row. */
  private static final int MARGIN = 16;

  /** Where the tables of the lanes begin: lanes 0 to 31 are one column, 32 to 63 the next. */
  private static final ByteVector LOW_TABLES = tables(0);

  private static final ByteVector HIGH_TABLES = tables(16);

  private static final VectorShuffle<Short> OTHER_HALF =
      VectorShuffle.fromOp(SHORTS, lane -> (lane + 16) % 32);

  private static final VectorMask<Short> UPPER_HALF = VectorMask.fromLong(SHORTS, 0xffff0000L);

  /** Brings bit {@code lane} up to the sign bit. */
  private static final IntVector TO_SIGN_BIT = IntVector.zero(INTS).addIndex(-1).add(31);

  private static final VectorShuffle<Float> DOWN_BY_8 = downBy(8);
  private static final VectorShuffle<Float> DOWN_BY_4 = downBy(4);
  private static final VectorShuffle<Float> DOWN_BY_2 = downBy(2);
  private static final VectorShuffle<Float> DOWN_BY_1 = downBy(1);

  private static ByteVector tables(int offset) {
    byte[] starts = new byte[BYTES.length()];
    for (int lane = 0; lane < starts.length; lane++) {
      starts[lane] = (byte) (offset + (lane < BLOCK_ROWS ? 0 : LookupTables.COLUMN_BYTES));
    }
    return ByteVector.fromArray(BYTES, starts, 0);
  }

  private static VectorShuffle<Float> downBy(int lanes) {
    return VectorShuffle.fromOp(FLOATS, lane -> (lane + lanes) % 16);
  }

  @Override
  int codeBits() {
    return BYTES.vectorBitSize();
  }

  @Override
  void sumBlocks(
      LookupTables tables, int blocks, byte[] codes, int codesOffset, short[] blockSums) {
    if (tables.columns() == 1) {
      // Too few bytes for a load of two columns.
      ScalarKernels.INSTANCE.sumBlocks(tables, blocks, codes, codesOffset, blockSums);
      return;
    }
    for (int block = 0; block < blocks; block++) {
      int offset = codesOffset + block * tables.columns() * BLOCK_ROWS;
      sumBlock(tables.entries, tables.columns(), codes, offset, blockSums, block * BLOCK_ROWS);
    }
  }

  private static void sumBlock(
      byte[] entries, int columns, byte[] codes, int offset, short[] blockSums, int sumsOffset) {
    ShortVector sums = entriesOfTwoColumns(entries, 0, codes, offset);
    ShortVector odd = sums.lanewise(VectorOperators.LSHR, 8);
    // Where columns are odd in number, the first pair was column 0 alone.
    int code = offset - (columns & 1) * BLOCK_ROWS;
    for (int i = 2 * BLOCK_ROWS; i < entries.length; i += 2 * BLOCK_ROWS) {
      ShortVector pairs = entriesOfTwoColumns(entries, i, codes, code + i);
      sums = sums.add(pairs);
      odd = odd.add(pairs.lanewise(VectorOperators.LSHR, 8));
    }
    // The lower halves are sums of the first columns of all pairs, the upper ones of the second.
    ShortVector even = sums.sub(odd.lanewise(VectorOperators.LSHL, 8));
    ShortVector first = even.blend(odd.rearrange(OTHER_HALF), UPPER_HALF);
    ShortVector second = even.rearrange(OTHER_HALF).blend(odd, UPPER_HALF);
    first.add(second).intoArray(blockSums, sumsOffset);
  }

  private static ShortVector entriesOfTwoColumns(
      byte[] entries, int entriesOffset, byte[] codes, int codesOffset) {
    ByteVector nibbles = ByteVector.fromArray(BYTES, codes, codesOffset);
    ByteVector table = ByteVector.fromArray(BYTES, entries, entriesOffset);
    return nibbles
        .reinterpretAsShorts()
        .lanewise(VectorOperators.LSHR, 4)
        .reinterpretAsBytes()
        .and((byte) 15)
        .or(HIGH_TABLES)
        .selectFrom(table)
        .add(nibbles.and((byte) 15).or(LOW_TABLES).selectFrom(table))
        .reinterpretAsShorts();
  }

  @Override
  void estimateBlocks(
      LookupTables tables,
      int blocks,
      byte[] factors,
      int factorsOffset,
      float base,
      float[] addends,
      int addendsOffset,
      float threshold,
      BlockScores scores) {
    float step = tables.step();
    float bias = tables.bias();
    int leastFactor = Float.floatToRawIntBits(tables.leastFactor());
    int above = 0;
    for (int r = 0; r < blocks * BLOCK_ROWS; r += FLOATS.length()) {
      FloatVector sum =
          (FloatVector)
              ShortVector.fromArray(HALF, scores.sums, r)
                  .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0)
                  .convert(VectorOperators.I2F, 0);
      FloatVector factor =
          ((IntVector)
                  ByteVector.fromArray(QUARTER, factors, factorsOffset + r)
                      .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0))
              .lanewise(VectorOperators.LSHL, SignFactors.SHIFT)
              .add(leastFactor)
              .reinterpretAsFloats();
      FloatVector estimate =
          sum.mul(step)
              .add(bias)
              .mul(factor)
              .add(base)
              .add(FloatVector.fromArray(FLOATS, addends, addendsOffset + r));
      estimate.intoArray(scores.estimates, r);
      // The rows of a block come in at the top and move down: all are there after the last ones.
      int marks = (int) estimate.compare(VectorOperators.GT, threshold).toLong();
      above = above >>> FLOATS.length() | marks << (BLOCK_ROWS - FLOATS.length());
      scores.above[r / BLOCK_ROWS] = above;
    }
  }

  @Override
  public float dotLevels(
      CodeShape shape,
      float[] weights,
      byte[] signs,
      int signsOffset,
      int signsStride,
      byte[] row,
      int rowOffset) {
    if (endsWithin(MARGIN, shape, row, rowOffset)) {
      byte[] copy = Arrays.copyOfRange(row, rowOffset, rowOffset + shape.rowBytes() + MARGIN);
      return dot(shape, weights, signs, signsOffset, signsStride, copy, 0);
    }
    return dot(shape, weights, signs, signsOffset, signsStride, row, rowOffset);
  }

  private static float dot(
      CodeShape shape,
      float[] weights,
      byte[] signs,
      int signsOffset,
      int signsStride,
      byte[] row,
      int rowOffset) {
    int[] runs = shape.pairRuns;
    int pairs = (shape.columns() + 1) / 2;
    int wholePairs = shape.columns() / 2;
    FloatVector sum = FloatVector.zero(FLOATS);
    ByteVector spread = ByteVector.zero(BYTES);
    IntVector shifts = IntVector.zero(INTS);
    IntVector masks = shifts;
    FloatVector alpha = sum;
    FloatVector beta = sum;
    FloatVector gamma = sum;
    int bytes = 0;
    int run = 0;
    int runEnd = 0;
    int sign = signsOffset;
    int offset = rowOffset;
    // One loop over all runs: a loop of a few rounds for each would spend its time on beginnings
    // and ends.
    for (int pair = 0; pair < pairs; pair++) {
      if (pair == runEnd) {
        spread = IntVector.fromArray(INTS, runs, run + PairRuns.SPREAD).reinterpretAsBytes();
        shifts = IntVector.fromArray(INTS, runs, run + PairRuns.SHIFTS);
        masks = IntVector.fromArray(INTS, runs, run + PairRuns.MASKS);
        alpha = IntVector.fromArray(INTS, runs, run + PairRuns.ALPHAS).reinterpretAsFloats();
        beta = IntVector.fromArray(INTS, runs, run + PairRuns.BETAS).reinterpretAsFloats();
        gamma = IntVector.fromArray(INTS, runs, run + PairRuns.GAMMAS).reinterpretAsFloats();
        bytes = runs[run + PairRuns.BYTES];
        runEnd = runs[run + PairRuns.END];
        run += PairRuns.STRIDE;
      }
      FloatVector u =
          spread
              .selectFrom(
                  (ByteVector)
                      ByteVector.fromArray(QUARTER, row, offset).reinterpretShape(BYTES, 0))
              .reinterpretAsInts()
              .lanewise(VectorOperators.LSHR, shifts)
              .and(masks)
              .or(PairRuns.EXPONENT)
              .reinterpretAsFloats()
              .sub(PairRuns.EXCESS);
      FloatVector square = u.mul(u);
      FloatVector level = gamma.fma(square, beta).fma(square, alpha).mul(u);
      int secondSigns = pair < wholePairs ? signs[sign + signsStride] << CodeShape.GROUP : 0;
      FloatVector w = FloatVector.fromArray(FLOATS, weights, pair * PairRuns.LANES);
      sum = level.fma(withSigns(w, (signs[sign] & 0xff) | secondSigns), sum);
      sign += 2 * signsStride;
      offset += bytes;
    }
    return sumOfLanes(sum);
  }

  /** Negates the lanes whose bit is clear. */
  private static FloatVector withSigns(FloatVector magnitudes, int bits) {
    return IntVector.broadcast(INTS, ~bits)
        .lanewise(VectorOperators.LSHL, TO_SIGN_BIT)
        .and(Integer.MIN_VALUE)
        .lanewise(VectorOperators.XOR, magnitudes.reinterpretAsInts())
        .reinterpretAsFloats();
  }

  /** The order of additions is that of all widths: halves are added until one lane has it all. */
  private static float sumOfLanes(FloatVector sums) {
    FloatVector rest = sums.add(sums.rearrange(DOWN_BY_8));
    rest = rest.add(rest.rearrange(DOWN_BY_4));
    rest = rest.add(rest.rearrange(DOWN_BY_2));
    return rest.add(rest.rearrange(DOWN_BY_1)).lane(0);
  }
}

package io.memryx.internal.kernel;

import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels on codes with 128-bit vectors: half the rows of a column, or half a group, at a time.
 */
final class Simd128Kernels extends SimdKernels {
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_128;
  private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_128;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_128;
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_128;

  /** As many shorts as there are int lanes. */
  private static final VectorSpecies<Short> HALF = ShortVector.SPECIES_64;

  private static final int LANES = FLOATS.length();
  private static final IntVector BYTE_SHIFTS = IntVector.zero(INTS).addIndex(8);

  /** Bytes that a load of magnitudes may reach beyond its row. */
  private static final int MARGIN = Long.BYTES;

  /** By magnitude bits: how far the magnitude of each lane lies above bit 0 of its number. */
  private static final int[][] SHIFTS = new int[CodeShape.MAX_BITS][4];

  /** Brings bit {@code lane} up to the sign bit. */
  private static final IntVector TO_SIGN_BIT = IntVector.zero(INTS).addIndex(-1).add(31);

  private static final VectorShuffle<Float> DOWN_BY_2 = downBy(2);
  private static final VectorShuffle<Float> DOWN_BY_1 = downBy(1);

  static {
    for (int bits = 1; bits < CodeShape.MAX_BITS; bits++) {
      for (int lane = 0; lane < INTS.length(); lane++) {
        SHIFTS[bits][lane] = bits * (lane % 4);
      }
    }
  }

  private static VectorShuffle<Float> downBy(int lanes) {
    return VectorShuffle.fromOp(FLOATS, lane -> (lane + lanes) % 4);
  }

  @Override
  int codeBits() {
    return BYTES.vectorBitSize();
  }

  @Override
  void sumBlocks(
      LookupTables tables, int blocks, byte[] codes, int codesOffset, short[] blockSums) {
    for (int half = 0; half < 2 * blocks; half++) {
      int offset = codesOffset + (half >> 1) * tables.columns() * BLOCK_ROWS;
      int first = (half & 1) * BYTES.length();
      int sumsOffset = (half >> 1) * BLOCK_ROWS + (half & 1) * SHORTS.length();
      sumHalf(tables.entries, tables.columns(), codes, offset + first, blockSums, sumsOffset);
    }
  }

  private static void sumHalf(
      byte[] entries, int columns, byte[] codes, int offset, short[] blockSums, int sumsOffset) {
    ShortVector sums = entriesOfColumn(entries, 0, codes, offset);
    ShortVector odd = sums.lanewise(VectorOperators.LSHR, 8);
    // Where columns are odd in number, a column of zeros comes after the first.
    int zeros = (columns & 1) * BLOCK_ROWS;
    for (int i = BLOCK_ROWS + zeros; i < entries.length; i += BLOCK_ROWS) {
      ShortVector pairs = entriesOfColumn(entries, i, codes, offset - zeros + i);
      sums = sums.add(pairs);
      odd = odd.add(pairs.lanewise(VectorOperators.LSHR, 8));
    }
    sums.sub(odd.lanewise(VectorOperators.LSHL, 8)).intoArray(blockSums, sumsOffset);
    odd.intoArray(blockSums, sumsOffset + BLOCK_ROWS / 2);
  }

  private static ShortVector entriesOfColumn(
      byte[] entries, int entriesOffset, byte[] codes, int codesOffset) {
    ByteVector nibbles = ByteVector.fromArray(BYTES, codes, codesOffset);
    ByteVector lowTable = ByteVector.fromArray(BYTES, entries, entriesOffset);
    ByteVector highTable = ByteVector.fromArray(BYTES, entries, entriesOffset + BYTES.length());
    return nibbles
        .reinterpretAsShorts()
        .lanewise(VectorOperators.LSHR, 4)
        .reinterpretAsBytes()
        .and((byte) 15)
        .selectFrom(highTable)
        .add(nibbles.and((byte) 15).selectFrom(lowTable))
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
          IntVector.broadcast(INTS, littleEndianInt(factors, factorsOffset + r))
              .lanewise(VectorOperators.LSHR, BYTE_SHIFTS)
              .and(0xff)
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
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    int weight = 0;
    int sign = signsOffset;
    int offset = rowOffset;
    for (int bits = CodeShape.MAX_BITS; bits > 0; bits--) {
      int bytes = bits - 1;
      IntVector shifts = IntVector.fromArray(INTS, SHIFTS[bytes], 0);
      FloatVector alpha = FloatVector.broadcast(FLOATS, shape.alphas[bits]);
      FloatVector beta = FloatVector.broadcast(FLOATS, shape.betas[bits]);
      FloatVector gamma = FloatVector.broadcast(FLOATS, shape.gammas[bits]);
      for (int half = 0; half < 2 * shape.groupsOf[bits]; half++) {
        int upper = half & 1;
        int number = (int) (littleEndian(row, offset) >>> (upper * LANES * bytes));
        FloatVector u =
            (FloatVector)
                IntVector.broadcast(INTS, number)
                    .lanewise(VectorOperators.LSHR, shifts)
                    .and((1 << bytes) - 1)
                    .convert(VectorOperators.I2F, 0);
        u = u.add(0.5f);
        FloatVector square = u.mul(u);
        FloatVector level = gamma.fma(square, beta).fma(square, alpha).mul(u);
        FloatVector w = FloatVector.fromArray(FLOATS, weights, weight);
        FloatVector nextSum = level.fma(withSigns(w, signs[sign] >> (upper * LANES)), sum0);
        // Lower and upper halves of even and of odd groups take turns.
        sum0 = sum1;
        sum1 = sum2;
        sum2 = sum3;
        sum3 = nextSum;
        weight += LANES;
        sign += upper * signsStride;
        offset += upper * bytes;
      }
    }
    // Two turns apart: the same half of even and of odd groups.
    FloatVector lanes = sum0.add(sum2).add(sum1.add(sum3));
    lanes = lanes.add(lanes.rearrange(DOWN_BY_2));
    return lanes.add(lanes.rearrange(DOWN_BY_1)).lane(0);
  }

  /** Negates the lanes whose bit is clear. */
  private static FloatVector withSigns(FloatVector magnitudes, int bits) {
    return IntVector.broadcast(INTS, ~bits)
        .lanewise(VectorOperators.LSHL, TO_SIGN_BIT)
        .and(Integer.MIN_VALUE)
        .lanewise(VectorOperators.XOR, magnitudes.reinterpretAsInts())
        .reinterpretAsFloats();
  }
}

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

/** The kernels on codes with 256-bit vectors: one column, or one group, at a time. */
final class Simd256Kernels extends SimdKernels {
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_256;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;

  /** As many shorts as there are int lanes. */
  private static final VectorSpecies<Short> HALF = ShortVector.SPECIES_128;

  /** As many bytes as there are int lanes. */
  private static final VectorSpecies<Byte> QUARTER = ByteVector.SPECIES_64;

  /** Bytes that a load of magnitudes may reach beyond its row. */
  private static final int MARGIN = Long.BYTES;

  /** By magnitude bits: how far the magnitude of each lane lies above bit 0 of its number. */
  private static final int[][] SHIFTS = new int[CodeShape.MAX_BITS][8];

  private static final VectorMask<Integer> UPPER_HALF = VectorMask.fromLong(INTS, 0xf0);

  /** Brings bit {@code lane} up to the sign bit. */
  private static final IntVector TO_SIGN_BIT = IntVector.zero(INTS).addIndex(-1).add(31);

  private static final VectorShuffle<Float> DOWN_BY_4 = downBy(4);
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
    return VectorShuffle.fromOp(FLOATS, lane -> (lane + lanes) % 8);
  }

  @Override
  int codeBits() {
    return BYTES.vectorBitSize();
  }

  @Override
  void sumBlocks(
      LookupTables tables, int blocks, byte[] codes, int codesOffset, short[] blockSums) {
    for (int block = 0; block < blocks; block++) {
      int offset = codesOffset + block * tables.columns() * BLOCK_ROWS;
      sumBlock(tables.entries, tables.columns(), codes, offset, blockSums, block * BLOCK_ROWS);
    }
  }

  private static void sumBlock(
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
    ByteVector table = ByteVector.fromArray(BYTES, entries, entriesOffset);
    return nibbles
        .reinterpretAsShorts()
        .lanewise(VectorOperators.LSHR, 4)
        .reinterpretAsBytes()
        .and((byte) 15)
        .or((byte) 16)
        .selectFrom(table)
        .add(nibbles.and((byte) 15).selectFrom(table))
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
    FloatVector sum = FloatVector.zero(FLOATS);
    FloatVector otherSum = sum;
    int weight = 0;
    int sign = signsOffset;
    int offset = rowOffset;
    for (int bits = CodeShape.MAX_BITS; bits > 0; bits--) {
      int bytes = bits - 1;
      IntVector shifts = IntVector.fromArray(INTS, SHIFTS[bytes], 0);
      FloatVector alpha = FloatVector.broadcast(FLOATS, shape.alphas[bits]);
      FloatVector beta = FloatVector.broadcast(FLOATS, shape.betas[bits]);
      FloatVector gamma = FloatVector.broadcast(FLOATS, shape.gammas[bits]);
      for (int group = shape.groupsOf[bits]; group > 0; group--) {
        long number = littleEndian(row, offset);
        FloatVector u =
            (FloatVector)
                IntVector.broadcast(INTS, (int) number)
                    .blend((int) (number >>> (4 * bytes)), UPPER_HALF)
                    .lanewise(VectorOperators.LSHR, shifts)
                    .and((1 << bytes) - 1)
                    .convert(VectorOperators.I2F, 0);
        u = u.add(0.5f);
        FloatVector square = u.mul(u);
        FloatVector level = gamma.fma(square, beta).fma(square, alpha).mul(u);
        FloatVector w = FloatVector.fromArray(FLOATS, weights, weight);
        FloatVector nextSum = level.fma(withSigns(w, signs[sign]), sum);
        // Even and odd groups take turns.
        sum = otherSum;
        otherSum = nextSum;
        weight += CodeShape.GROUP;
        sign += signsStride;
        offset += bytes;
      }
    }
    return sumOfLanes(sum.add(otherSum));
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
    FloatVector rest = sums.add(sums.rearrange(DOWN_BY_4));
    rest = rest.add(rest.rearrange(DOWN_BY_2));
    return rest.add(rest.rearrange(DOWN_BY_1)).lane(0);
  }
}

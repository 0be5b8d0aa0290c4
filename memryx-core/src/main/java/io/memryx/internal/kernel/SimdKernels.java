package io.memryx.internal.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels on the Vector API: those whose width is the machine's. The kernels on codes come in
 * one subclass a width, because C2 wants every species constant, and {@link KernelSelection} takes
 * the width that is really fast. Only these classes and {@link VectorWidth} touch the incubator
 * module; they are loaded by name, and only where they will run well. Methods stay small: C2 must
 * inline every vector operation, or vectors are boxed.
 */
abstract sealed class SimdKernels extends VectorKernels
    permits Simd128Kernels, Simd256Kernels, Simd512Kernels {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = FLOATS.length();

  /** As many bytes as there are float lanes; below 64 bits there is no such species. */
  private static final VectorSpecies<Byte> CODES = codeSpecies();

  private static final VectorShuffle<Float> DOWN_BY_8 = downBy(8);
  private static final VectorShuffle<Float> DOWN_BY_4 = downBy(4);
  private static final VectorShuffle<Float> DOWN_BY_2 = downBy(2);
  private static final VectorShuffle<Float> DOWN_BY_1 = downBy(1);

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static VectorShuffle<Float> downBy(int lanes) {
    return VectorShuffle.fromOp(FLOATS, lane -> (lane + lanes) % LANES);
  }

  private static VectorSpecies<Byte> codeSpecies() {
    return switch (LANES) {
      case 16 -> ByteVector.SPECIES_128;
      default -> ByteVector.SPECIES_64;
    };
  }

  SimdKernels() {}

  @Override
  public String description() {
    return codeBits() == machineBits()
        ? "SIMD, " + codeBits() + " bits"
        : "SIMD, " + codeBits() + " of " + machineBits() + " bits";
  }

  /** Width of the machine's vectors. */
  static int machineBits() {
    return FLOATS.vectorBitSize();
  }

  /** Width of the vectors that the kernels on codes use. */
  abstract int codeBits();

  /**
   * Whether vector loads may reach beyond the array that holds a row code: they take up to so many
   * bytes more than the row has. Only the last rows of an array are so near its end.
   */
  static boolean endsWithin(int bytes, CodeShape shape, byte[] row, int rowOffset) {
    Objects.checkFromIndexSize(rowOffset, shape.rowBytes(), row.length);
    return row.length - rowOffset - shape.rowBytes() < bytes;
  }

  @Override
  public final void scanBlocks(
      LookupTables tables,
      int blocks,
      byte[] codes,
      int codesOffset,
      byte[] factors,
      int factorsOffset,
      float base,
      float[] addends,
      int addendsOffset,
      float threshold,
      BlockScores scores) {
    sumBlocks(tables, blocks, codes, codesOffset, scores.sums);
    estimateBlocks(
        tables, blocks, factors, factorsOffset, base, addends, addendsOffset, threshold, scores);
  }

  /** Sums the entries of each row: {@code blocks × BLOCK_ROWS} unsigned numbers. */
  abstract void sumBlocks(
      LookupTables tables, int blocks, byte[] codes, int codesOffset, short[] blockSums);

  /** Makes estimates of the sums. A method of its own: one that did both was not inlined whole. */
  abstract void estimateBlocks(
      LookupTables tables,
      int blocks,
      byte[] factors,
      int factorsOffset,
      float base,
      float[] addends,
      int addendsOffset,
      float threshold,
      BlockScores scores);

  static int littleEndianInt(byte[] bytes, int offset) {
    return (int) INT.get(bytes, offset);
  }

  static long littleEndian(byte[] bytes, int offset) {
    return (long) LONG.get(bytes, offset);
  }

  @Override
  public float dot(float[] a, int aOffset, float[] b, int bOffset, int length) {
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    int i = 0;
    for (int bound = length - 4 * LANES; i <= bound; i += 4 * LANES) {
      sum0 = load(a, aOffset + i).fma(load(b, bOffset + i), sum0);
      sum1 = load(a, aOffset + i + LANES).fma(load(b, bOffset + i + LANES), sum1);
      sum2 = load(a, aOffset + i + 2 * LANES).fma(load(b, bOffset + i + 2 * LANES), sum2);
      sum3 = load(a, aOffset + i + 3 * LANES).fma(load(b, bOffset + i + 3 * LANES), sum3);
    }
    for (int bound = length - LANES; i <= bound; i += LANES) {
      sum0 = load(a, aOffset + i).fma(load(b, bOffset + i), sum0);
    }
    float sum = sumOfLanes(sum0.add(sum1).add(sum2.add(sum3)));
    for (; i < length; i++) {
      sum += a[aOffset + i] * b[bOffset + i];
    }
    return sum;
  }

  @Override
  public float squaredL2(float[] a, int aOffset, float[] b, int bOffset, int length) {
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = sum0;
    int i = 0;
    for (int bound = length - 2 * LANES; i <= bound; i += 2 * LANES) {
      FloatVector difference0 = load(a, aOffset + i).sub(load(b, bOffset + i));
      FloatVector difference1 = load(a, aOffset + i + LANES).sub(load(b, bOffset + i + LANES));
      sum0 = difference0.fma(difference0, sum0);
      sum1 = difference1.fma(difference1, sum1);
    }
    for (int bound = length - LANES; i <= bound; i += LANES) {
      FloatVector difference = load(a, aOffset + i).sub(load(b, bOffset + i));
      sum0 = difference.fma(difference, sum0);
    }
    float sum = sumOfLanes(sum0.add(sum1));
    for (; i < length; i++) {
      float difference = a[aOffset + i] - b[bOffset + i];
      sum += difference * difference;
    }
    return sum;
  }

  @Override
  public float dotCodes(float[] weights, byte[] codes, int codesOffset, int length) {
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = sum0;
    int i = 0;
    // A 64-bit byte vector is wider than four floats: the guard keeps its last load inside the
    // range.
    int margin = CODES.length();
    for (int bound = length - LANES - margin; i <= bound; i += 2 * LANES) {
      sum0 = loadCodes(codes, codesOffset + i).fma(load(weights, i), sum0);
      sum1 = loadCodes(codes, codesOffset + i + LANES).fma(load(weights, i + LANES), sum1);
    }
    for (int bound = length - margin; i <= bound; i += LANES) {
      sum0 = loadCodes(codes, codesOffset + i).fma(load(weights, i), sum0);
    }
    float sum = sumOfLanes(sum0.add(sum1));
    for (; i < length; i++) {
      sum += weights[i] * codes[codesOffset + i];
    }
    return sum;
  }

  @Override
  public void dotCodeRows(
      float[] weights, byte[] codes, int codesOffset, int rowCount, int length, float[] out) {
    int r = 0;
    for (; r < rowCount - 3; r += 4) {
      dotFourCodeRows(weights, codes, codesOffset + r * length, length, out, r);
    }
    for (; r < rowCount; r++) {
      out[r] = dotCodes(weights, codes, codesOffset + r * length, length);
    }
  }

  /** Four rows that share each load of weights. */
  private static void dotFourCodeRows(
      float[] weights, byte[] codes, int offset0, int length, float[] out, int outOffset) {
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    int offset1 = offset0 + length;
    int offset2 = offset1 + length;
    int offset3 = offset2 + length;
    int i = 0;
    for (int bound = length - CODES.length(); i <= bound; i += LANES) {
      FloatVector w = load(weights, i);
      sum0 = loadCodes(codes, offset0 + i).fma(w, sum0);
      sum1 = loadCodes(codes, offset1 + i).fma(w, sum1);
      sum2 = loadCodes(codes, offset2 + i).fma(w, sum2);
      sum3 = loadCodes(codes, offset3 + i).fma(w, sum3);
    }
    out[outOffset] = sumOfLanes(sum0) + dotTail(weights, i, codes, offset0, length);
    out[outOffset + 1] = sumOfLanes(sum1) + dotTail(weights, i, codes, offset1, length);
    out[outOffset + 2] = sumOfLanes(sum2) + dotTail(weights, i, codes, offset2, length);
    out[outOffset + 3] = sumOfLanes(sum3) + dotTail(weights, i, codes, offset3, length);
  }

  private static float dotTail(float[] weights, int from, byte[] codes, int offset, int length) {
    float sum = 0;
    for (int i = from; i < length; i++) {
      sum += weights[i] * codes[offset + i];
    }
    return sum;
  }

  @Override
  public void multiplyPanel(
      float[] rows,
      int rowsOffset,
      int rowCount,
      int dimension,
      float[] panel,
      int panelOffset,
      float[] out) {
    Objects.checkFromIndexSize(rowsOffset, rowCount * dimension, rows.length);
    for (int column = 0; column < PANEL_WIDTH; column += 2 * LANES) {
      int r = 0;
      for (; LANES == 16 && r < rowCount - 7; r += 8) {
        multiplyEightRows(
            rows,
            rowsOffset + r * dimension,
            dimension,
            panel,
            panelOffset + column,
            out,
            r * PANEL_WIDTH + column);
      }
      for (; r < rowCount - 3; r += 4) {
        multiplyFourRows(
            rows,
            rowsOffset + r * dimension,
            dimension,
            panel,
            panelOffset + column,
            out,
            r * PANEL_WIDTH + column);
      }
      for (; r < rowCount; r++) {
        multiplyOneRow(
            rows,
            rowsOffset + r * dimension,
            dimension,
            panel,
            panelOffset + column,
            out,
            r * PANEL_WIDTH + column);
      }
    }
  }

  /**
   * Four rows times two vectors of columns: eight sums in registers, each loaded column used four
   * times.
   */
  private static void multiplyFourRows(
      float[] rows,
      int offset0,
      int dimension,
      float[] panel,
      int panelOffset,
      float[] out,
      int outOffset) {
    FloatVector sum00 = FloatVector.zero(FLOATS);
    FloatVector sum01 = sum00;
    FloatVector sum10 = sum00;
    FloatVector sum11 = sum00;
    FloatVector sum20 = sum00;
    FloatVector sum21 = sum00;
    FloatVector sum30 = sum00;
    FloatVector sum31 = sum00;
    int offset1 = offset0 + dimension;
    int offset2 = offset1 + dimension;
    int offset3 = offset2 + dimension;
    for (int d = 0; d < dimension; d++) {
      FloatVector columns0 = load(panel, panelOffset + d * PANEL_WIDTH);
      FloatVector columns1 = load(panel, panelOffset + d * PANEL_WIDTH + LANES);
      FloatVector factor0 = FloatVector.broadcast(FLOATS, rows[offset0 + d]);
      sum00 = columns0.fma(factor0, sum00);
      sum01 = columns1.fma(factor0, sum01);
      FloatVector factor1 = FloatVector.broadcast(FLOATS, rows[offset1 + d]);
      sum10 = columns0.fma(factor1, sum10);
      sum11 = columns1.fma(factor1, sum11);
      FloatVector factor2 = FloatVector.broadcast(FLOATS, rows[offset2 + d]);
      sum20 = columns0.fma(factor2, sum20);
      sum21 = columns1.fma(factor2, sum21);
      FloatVector factor3 = FloatVector.broadcast(FLOATS, rows[offset3 + d]);
      sum30 = columns0.fma(factor3, sum30);
      sum31 = columns1.fma(factor3, sum31);
    }
    store(sum00, sum01, out, outOffset);
    store(sum10, sum11, out, outOffset + PANEL_WIDTH);
    store(sum20, sum21, out, outOffset + 2 * PANEL_WIDTH);
    store(sum30, sum31, out, outOffset + 3 * PANEL_WIDTH);
  }

  /**
   * Eight rows times two vectors of columns, for machines with 32 registers: sixteen sums in
   * registers, each loaded column used eight times.
   */
  private static void multiplyEightRows(
      float[] rows,
      int offset0,
      int dimension,
      float[] panel,
      int panelOffset,
      float[] out,
      int outOffset) {
    FloatVector sum00 = FloatVector.zero(FLOATS);
    FloatVector sum01 = sum00;
    FloatVector sum10 = sum00;
    FloatVector sum11 = sum00;
    FloatVector sum20 = sum00;
    FloatVector sum21 = sum00;
    FloatVector sum30 = sum00;
    FloatVector sum31 = sum00;
    FloatVector sum40 = sum00;
    FloatVector sum41 = sum00;
    FloatVector sum50 = sum00;
    FloatVector sum51 = sum00;
    FloatVector sum60 = sum00;
    FloatVector sum61 = sum00;
    FloatVector sum70 = sum00;
    FloatVector sum71 = sum00;
    int offset1 = offset0 + dimension;
    int offset2 = offset1 + dimension;
    int offset3 = offset2 + dimension;
    int offset4 = offset3 + dimension;
    int offset5 = offset4 + dimension;
    int offset6 = offset5 + dimension;
    int offset7 = offset6 + dimension;
    for (int d = 0; d < dimension; d++) {
      FloatVector columns0 = load(panel, panelOffset + d * PANEL_WIDTH);
      FloatVector columns1 = load(panel, panelOffset + d * PANEL_WIDTH + LANES);
      FloatVector factor0 = FloatVector.broadcast(FLOATS, rows[offset0 + d]);
      sum00 = columns0.fma(factor0, sum00);
      sum01 = columns1.fma(factor0, sum01);
      FloatVector factor1 = FloatVector.broadcast(FLOATS, rows[offset1 + d]);
      sum10 = columns0.fma(factor1, sum10);
      sum11 = columns1.fma(factor1, sum11);
      FloatVector factor2 = FloatVector.broadcast(FLOATS, rows[offset2 + d]);
      sum20 = columns0.fma(factor2, sum20);
      sum21 = columns1.fma(factor2, sum21);
      FloatVector factor3 = FloatVector.broadcast(FLOATS, rows[offset3 + d]);
      sum30 = columns0.fma(factor3, sum30);
      sum31 = columns1.fma(factor3, sum31);
      FloatVector factor4 = FloatVector.broadcast(FLOATS, rows[offset4 + d]);
      sum40 = columns0.fma(factor4, sum40);
      sum41 = columns1.fma(factor4, sum41);
      FloatVector factor5 = FloatVector.broadcast(FLOATS, rows[offset5 + d]);
      sum50 = columns0.fma(factor5, sum50);
      sum51 = columns1.fma(factor5, sum51);
      FloatVector factor6 = FloatVector.broadcast(FLOATS, rows[offset6 + d]);
      sum60 = columns0.fma(factor6, sum60);
      sum61 = columns1.fma(factor6, sum61);
      FloatVector factor7 = FloatVector.broadcast(FLOATS, rows[offset7 + d]);
      sum70 = columns0.fma(factor7, sum70);
      sum71 = columns1.fma(factor7, sum71);
    }
    store(sum00, sum01, out, outOffset);
    store(sum10, sum11, out, outOffset + PANEL_WIDTH);
    store(sum20, sum21, out, outOffset + 2 * PANEL_WIDTH);
    store(sum30, sum31, out, outOffset + 3 * PANEL_WIDTH);
    store(sum40, sum41, out, outOffset + 4 * PANEL_WIDTH);
    store(sum50, sum51, out, outOffset + 5 * PANEL_WIDTH);
    store(sum60, sum61, out, outOffset + 6 * PANEL_WIDTH);
    store(sum70, sum71, out, outOffset + 7 * PANEL_WIDTH);
  }

  private static void multiplyOneRow(
      float[] rows,
      int rowOffset,
      int dimension,
      float[] panel,
      int panelOffset,
      float[] out,
      int outOffset) {
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = sum0;
    for (int d = 0; d < dimension; d++) {
      FloatVector factor = FloatVector.broadcast(FLOATS, rows[rowOffset + d]);
      sum0 = load(panel, panelOffset + d * PANEL_WIDTH).fma(factor, sum0);
      sum1 = load(panel, panelOffset + d * PANEL_WIDTH + LANES).fma(factor, sum1);
    }
    store(sum0, sum1, out, outOffset);
  }

  /**
   * The sum of all lanes, always in the same order: halves are added until one lane has it all. The
   * API's own reduction leaves its order open, and compiled code takes another one than interpreted
   * code: scores would change in their last digit from one run to the next.
   */
  private static float sumOfLanes(FloatVector sums) {
    FloatVector rest = sums;
    if (LANES > 8) {
      rest = rest.add(rest.rearrange(DOWN_BY_8));
    }
    if (LANES > 4) {
      rest = rest.add(rest.rearrange(DOWN_BY_4));
    }
    rest = rest.add(rest.rearrange(DOWN_BY_2));
    return rest.add(rest.rearrange(DOWN_BY_1)).lane(0);
  }

  private static FloatVector load(float[] array, int offset) {
    return FloatVector.fromArray(FLOATS, array, offset);
  }

  private static FloatVector loadCodes(byte[] codes, int offset) {
    return (FloatVector) ByteVector.fromArray(CODES, codes, offset).castShape(FLOATS, 0);
  }

  private static void store(FloatVector columns0, FloatVector columns1, float[] out, int offset) {
    columns0.intoArray(out, offset);
    columns1.intoArray(out, offset + LANES);
  }
}

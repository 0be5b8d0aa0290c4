package io.memryx.internal.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The kernels in plain Java: the specification, and what runs where SIMD can't. */
final class ScalarKernels extends VectorKernels {
  static final ScalarKernels INSTANCE = new ScalarKernels("scalar");

  private final String description;

  /** The bytes of the first half of a block's rows. */
  private static final long EVEN_BYTES = 0x00ff_00ff_00ff_00ffL;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private ScalarKernels(String description) {
    this.description = description;
  }

  /** The same kernels, telling why they were chosen. */
  static ScalarKernels because(String reason) {
    return new ScalarKernels("scalar (" + reason + ")");
  }

  @Override
  public String description() {
    return description;
  }

  // Four independent sums each: the additions of one sum would wait for one another.

  @Override
  public float dot(float[] a, int aOffset, float[] b, int bOffset, int length) {
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    int i = 0;
    for (; i < length - 3; i += 4) {
      sum0 += a[aOffset + i] * b[bOffset + i];
      sum1 += a[aOffset + i + 1] * b[bOffset + i + 1];
      sum2 += a[aOffset + i + 2] * b[bOffset + i + 2];
      sum3 += a[aOffset + i + 3] * b[bOffset + i + 3];
    }
    for (; i < length; i++) {
      sum0 += a[aOffset + i] * b[bOffset + i];
    }
    return (sum0 + sum1) + (sum2 + sum3);
  }

  @Override
  public float squaredL2(float[] a, int aOffset, float[] b, int bOffset, int length) {
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    int i = 0;
    for (; i < length - 3; i += 4) {
      float difference0 = a[aOffset + i] - b[bOffset + i];
      float difference1 = a[aOffset + i + 1] - b[bOffset + i + 1];
      float difference2 = a[aOffset + i + 2] - b[bOffset + i + 2];
      float difference3 = a[aOffset + i + 3] - b[bOffset + i + 3];
      sum0 += difference0 * difference0;
      sum1 += difference1 * difference1;
      sum2 += difference2 * difference2;
      sum3 += difference3 * difference3;
    }
    for (; i < length; i++) {
      float difference = a[aOffset + i] - b[bOffset + i];
      sum0 += difference * difference;
    }
    return (sum0 + sum1) + (sum2 + sum3);
  }

  @Override
  public float dotCodes(float[] weights, byte[] codes, int codesOffset, int length) {
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    int i = 0;
    for (; i < length - 3; i += 4) {
      sum0 += weights[i] * codes[codesOffset + i];
      sum1 += weights[i + 1] * codes[codesOffset + i + 1];
      sum2 += weights[i + 2] * codes[codesOffset + i + 2];
      sum3 += weights[i + 3] * codes[codesOffset + i + 3];
    }
    for (; i < length; i++) {
      sum0 += weights[i] * codes[codesOffset + i];
    }
    return (sum0 + sum1) + (sum2 + sum3);
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
    int r = 0;
    for (; r < rowCount - 3; r += 4) {
      for (int j = 0; j < PANEL_WIDTH; j += 4) {
        multiplyTile(
            rows,
            rowsOffset + r * dimension,
            dimension,
            panel,
            panelOffset + j,
            out,
            r * PANEL_WIDTH + j);
      }
    }
    for (; r < rowCount; r++) {
      for (int j = 0; j < PANEL_WIDTH; j += 8) {
        multiplyStrip(
            rows,
            rowsOffset + r * dimension,
            dimension,
            panel,
            panelOffset + j,
            out,
            r * PANEL_WIDTH + j);
      }
    }
  }

  /** One row times eight columns: eight sums in registers, their columns side by side in memory. */
  private static void multiplyStrip(
      float[] rows,
      int row,
      int dimension,
      float[] panel,
      int panelOffset,
      float[] out,
      int outOffset) {
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    float sum4 = 0;
    float sum5 = 0;
    float sum6 = 0;
    float sum7 = 0;
    for (int d = 0; d < dimension; d++) {
      int columns = panelOffset + d * PANEL_WIDTH;
      float factor = rows[row + d];
      sum0 += factor * panel[columns];
      sum1 += factor * panel[columns + 1];
      sum2 += factor * panel[columns + 2];
      sum3 += factor * panel[columns + 3];
      sum4 += factor * panel[columns + 4];
      sum5 += factor * panel[columns + 5];
      sum6 += factor * panel[columns + 6];
      sum7 += factor * panel[columns + 7];
    }
    store(out, outOffset, sum0, sum1, sum2, sum3);
    store(out, outOffset + 4, sum4, sum5, sum6, sum7);
  }

  /**
   * Four rows times four columns: sixteen sums in registers, each loaded number used four times.
   * Three to four times as fast as a loop over columns, which is too short for the compiler to
   * vectorise.
   */
  private static void multiplyTile(
      float[] rows,
      int row0,
      int dimension,
      float[] panel,
      int panelOffset,
      float[] out,
      int outOffset) {
    float sum00 = 0;
    float sum01 = 0;
    float sum02 = 0;
    float sum03 = 0;
    float sum10 = 0;
    float sum11 = 0;
    float sum12 = 0;
    float sum13 = 0;
    float sum20 = 0;
    float sum21 = 0;
    float sum22 = 0;
    float sum23 = 0;
    float sum30 = 0;
    float sum31 = 0;
    float sum32 = 0;
    float sum33 = 0;
    int row1 = row0 + dimension;
    int row2 = row1 + dimension;
    int row3 = row2 + dimension;
    for (int d = 0; d < dimension; d++) {
      int columns = panelOffset + d * PANEL_WIDTH;
      float column0 = panel[columns];
      float column1 = panel[columns + 1];
      float column2 = panel[columns + 2];
      float column3 = panel[columns + 3];
      float factor = rows[row0 + d];
      sum00 += factor * column0;
      sum01 += factor * column1;
      sum02 += factor * column2;
      sum03 += factor * column3;
      factor = rows[row1 + d];
      sum10 += factor * column0;
      sum11 += factor * column1;
      sum12 += factor * column2;
      sum13 += factor * column3;
      factor = rows[row2 + d];
      sum20 += factor * column0;
      sum21 += factor * column1;
      sum22 += factor * column2;
      sum23 += factor * column3;
      factor = rows[row3 + d];
      sum30 += factor * column0;
      sum31 += factor * column1;
      sum32 += factor * column2;
      sum33 += factor * column3;
    }
    store(out, outOffset, sum00, sum01, sum02, sum03);
    store(out, outOffset + PANEL_WIDTH, sum10, sum11, sum12, sum13);
    store(out, outOffset + 2 * PANEL_WIDTH, sum20, sum21, sum22, sum23);
    store(out, outOffset + 3 * PANEL_WIDTH, sum30, sum31, sum32, sum33);
  }

  private static void store(float[] out, int offset, float a, float b, float c, float d) {
    out[offset] = a;
    out[offset + 1] = b;
    out[offset + 2] = c;
    out[offset + 3] = d;
  }

  @Override
  public void dotCodeRows(
      float[] weights, byte[] codes, int codesOffset, int rowCount, int length, float[] out) {
    float[] products = new float[length];
    for (int r = 0; r < rowCount; r++) {
      multiply(weights, codes, codesOffset + r * length, products);
      out[r] = sum(products);
    }
  }

  /**
   * The products of a row, apart from their sum: the compiler makes vectors of a loop that stores,
   * but not of one that adds everything to one number.
   */
  private static void multiply(float[] weights, byte[] codes, int row, float[] products) {
    for (int i = 0; i < products.length; i++) {
      products[i] = weights[i] * codes[row + i];
    }
  }

  private static float sum(float[] terms) {
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    float sum4 = 0;
    float sum5 = 0;
    float sum6 = 0;
    float sum7 = 0;
    int i = 0;
    for (; i < terms.length - 7; i += 8) {
      sum0 += terms[i];
      sum1 += terms[i + 1];
      sum2 += terms[i + 2];
      sum3 += terms[i + 3];
      sum4 += terms[i + 4];
      sum5 += terms[i + 5];
      sum6 += terms[i + 6];
      sum7 += terms[i + 7];
    }
    for (; i < terms.length; i++) {
      sum0 += terms[i];
    }
    return ((sum0 + sum4) + (sum1 + sum5)) + ((sum2 + sum6) + (sum3 + sum7));
  }

  @Override
  public void scanBlocks(
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
    float[] estimates = scores.estimates;
    for (int r = 0; r < blocks * BLOCK_ROWS; r++) {
      float factor = SignFactors.decode(factors[factorsOffset + r], tables.leastFactor());
      int sum = Short.toUnsignedInt(scores.sums[r]);
      float product = (tables.bias() + tables.step() * sum) * factor;
      estimates[r] = base + product + addends[addendsOffset + r];
    }
    for (int block = 0; block < blocks; block++) {
      int above = 0;
      for (int r = 0; r < BLOCK_ROWS; r++) {
        above |= (estimates[block * BLOCK_ROWS + r] > threshold ? 1 : 0) << r;
      }
      scores.above[block] = above;
    }
  }

  void sumBlocks(LookupTables tables, int blocks, byte[] codes, int codesOffset, short[] sums) {
    BitUnits bits = tables.bitUnits();
    int blockBytes = tables.columns() * BLOCK_ROWS;
    for (int block = 0; block < blocks; block++) {
      int offset = codesOffset + block * blockBytes;
      Arrays.fill(bits.byteSums, 0);
      // Two bits a loop: the compiler makes vectors of that, but not of four or eight.
      for (int bit = 0; bit < CodeShape.GROUP; bit += 2) {
        addTwoBits(bits.units[bit], bits.units[bit + 1], bit, bits, codes, offset);
      }
      sumColumns(bits.byteSums, sums, block * BLOCK_ROWS);
    }
  }

  private static void addTwoBits(
      long[] units, long[] nextUnits, int bit, BitUnits bits, byte[] codes, int offset) {
    long[] flips = bits.flips;
    long[] byteSums = bits.byteSums;
    for (int i = 0; i < byteSums.length; i++) {
      long signs = ((long) LONG.get(codes, offset + i * Long.BYTES) ^ flips[i]) >>> bit;
      byteSums[i] += unitsOf(signs, units[i]) + unitsOf(signs >>> 1, nextUnits[i]);
    }
  }

  /** The units of every byte whose lowest bit is set. */
  private static long unitsOf(long signs, long units) {
    long ones = signs & BitUnits.ONES;
    return ((ones << 8) - ones) & units;
  }

  /** Adds up the columns of a block: of each long's bytes the odd ones, and all as one number. */
  private static void sumColumns(long[] byteSums, short[] sums, int first) {
    long all0 = 0;
    long all1 = 0;
    long all2 = 0;
    long all3 = 0;
    long odd0 = 0;
    long odd1 = 0;
    long odd2 = 0;
    long odd3 = 0;
    for (int i = 0; i < byteSums.length; i += BitUnits.COLUMN_LONGS) {
      all0 += byteSums[i];
      all1 += byteSums[i + 1];
      all2 += byteSums[i + 2];
      all3 += byteSums[i + 3];
      odd0 += byteSums[i] >>> 8 & EVEN_BYTES;
      odd1 += byteSums[i + 1] >>> 8 & EVEN_BYTES;
      odd2 += byteSums[i + 2] >>> 8 & EVEN_BYTES;
      odd3 += byteSums[i + 3] >>> 8 & EVEN_BYTES;
    }
    storeSums(all0, odd0, sums, first);
    storeSums(all1, odd1, sums, first + 4);
    storeSums(all2, odd2, sums, first + 8);
    storeSums(all3, odd3, sums, first + 12);
  }

  /** Four rows of the block's first half, and those half a block further. */
  private static void storeSums(long all, long odd, short[] sums, int first) {
    long even = all - (odd << 8);
    for (int i = 0; i < 4; i++) {
      sums[first + i] = (short) (even >>> (16 * i));
      sums[first + BLOCK_ROWS / 2 + i] = (short) (odd >>> (16 * i));
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
    float sum = 0;
    int group = 0;
    int offset = rowOffset;
    for (int bits = CodeShape.MAX_BITS; bits > 0; bits--) {
      float[] levels = shape.signedLevels[bits];
      for (int end = group + shape.groupsOf[bits]; group < end; group++) {
        int sign = signs[signsOffset + group * signsStride];
        long magnitudes = CodeShape.magnitudes(row, offset, bits - 1);
        sum += dotGroup(weights, group * CodeShape.GROUP, levels, bits - 1, sign, magnitudes);
        offset += bits - 1;
      }
    }
    return sum;
  }

  private static float dotGroup(
      float[] weights, int first, float[] levels, int magnitudeBits, int sign, long magnitudes) {
    int mask = (1 << magnitudeBits) - 1;
    float even = 0;
    float odd = 0;
    for (int i = 0; i < CodeShape.GROUP; i += 2) {
      int magnitude = (int) (magnitudes >>> (i * magnitudeBits));
      int code = (magnitude & mask) | (((sign >> i) & 1) << magnitudeBits);
      int nextCode =
          ((magnitude >>> magnitudeBits) & mask) | (((sign >> (i + 1)) & 1) << magnitudeBits);
      even += weights[first + i] * levels[code];
      odd += weights[first + i + 1] * levels[nextCode];
    }
    return even + odd;
  }
}

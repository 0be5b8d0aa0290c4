package io.memryx.internal.kernel;

/** The kernels in plain Java: the specification, and what runs where SIMD can't. */
final class ScalarKernels extends VectorKernels {
  static final ScalarKernels INSTANCE = new ScalarKernels("scalar");

  private final String description;

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
      for (int j = 0; j < PANEL_WIDTH; j++) {
        float sum = 0;
        for (int d = 0; d < dimension; d++) {
          sum += rows[rowsOffset + r * dimension + d] * panel[panelOffset + j + d * PANEL_WIDTH];
        }
        out[r * PANEL_WIDTH + j] = sum;
      }
    }
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
    for (int r = 0; r < rowCount; r++) {
      out[r] = dotCodes(weights, codes, codesOffset + r * length, length);
    }
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
    byte[] byteSums = tables.byteSums();
    for (int block = 0; block < blocks; block++) {
      int offset = codesOffset + block * tables.columns() * BLOCK_ROWS;
      int first = block * BLOCK_ROWS;
      for (int lane = 0; lane < BLOCK_ROWS; lane += 4) {
        sumFourRows(byteSums, tables.columns(), codes, offset + lane, sums, first + lane / 2);
      }
    }
  }

  /** Rows {@code r}, {@code r + 1}, and those half a block further: four lanes of each column. */
  private static void sumFourRows(
      byte[] byteSums, int columns, byte[] codes, int offset, short[] sums, int r) {
    int sum0 = 0;
    int sum1 = 0;
    int sum2 = 0;
    int sum3 = 0;
    for (int column = 0; column < columns; column++) {
      int code = offset + column * BLOCK_ROWS;
      int table = column * 256;
      sum0 += byteSums[table + (codes[code] & 0xff)] & 0xff;
      sum1 += byteSums[table + (codes[code + 1] & 0xff)] & 0xff;
      sum2 += byteSums[table + (codes[code + 2] & 0xff)] & 0xff;
      sum3 += byteSums[table + (codes[code + 3] & 0xff)] & 0xff;
    }
    sums[r] = (short) sum0;
    sums[r + 1] = (short) sum2;
    sums[r + BLOCK_ROWS / 2] = (short) sum1;
    sums[r + BLOCK_ROWS / 2 + 1] = (short) sum3;
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
        long magnitudes = littleEndian(row, offset, bits - 1);
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

  static long littleEndian(byte[] row, int offset, int bytes) {
    long number = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      number = number << 8 | (row[offset + i] & 0xff);
    }
    return number;
  }
}

package io.memryx.internal.kernel;

import java.util.Arrays;

/**
 * What the SIMD kernels compute, bit for bit, in plain Java: the same additions in the same order,
 * lane by lane. Vector code is a thousand times slower before C2 has compiled it than after; these
 * kernels stand in until then, and nobody can tell from a result which ones it is of.
 */
final class LanewiseKernels extends VectorKernels {
  private final String description;

  /** Floats in a vector. */
  private final int lanes;

  /** Bytes in the vector that codes are loaded to: as many as floats, but at least eight. */
  private final int codeLanes;

  /**
   * Stand-ins for the kernels on vectors of so many bits.
   *
   * @param bits 128, 256 or 512
   */
  LanewiseKernels(int bits, String description) {
    this.lanes = bits / Float.SIZE;
    this.codeLanes = Math.max(lanes, Long.BYTES);
    this.description = description;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public float dot(float[] a, int aOffset, float[] b, int bOffset, int length) {
    float[] sums = new float[4 * lanes];
    int i = 0;
    for (int bound = length - sums.length; i <= bound; i += sums.length) {
      addProducts(a, aOffset + i, b, bOffset + i, sums, sums.length);
    }
    for (int bound = length - lanes; i <= bound; i += lanes) {
      addProducts(a, aOffset + i, b, bOffset + i, sums, lanes);
    }
    for (int lane = 0; lane < lanes; lane++) {
      sums[lane] =
          (sums[lane] + sums[lane + lanes]) + (sums[lane + 2 * lanes] + sums[lane + 3 * lanes]);
    }
    float sum = sumOfLanes(sums, lanes);
    for (; i < length; i++) {
      sum += a[aOffset + i] * b[bOffset + i];
    }
    return sum;
  }

  private static void addProducts(
      float[] a, int aOffset, float[] b, int bOffset, float[] sums, int count) {
    for (int lane = 0; lane < count; lane++) {
      sums[lane] = Math.fma(a[aOffset + lane], b[bOffset + lane], sums[lane]);
    }
  }

  @Override
  public float squaredL2(float[] a, int aOffset, float[] b, int bOffset, int length) {
    float[] sums = new float[2 * lanes];
    int i = 0;
    for (int bound = length - sums.length; i <= bound; i += sums.length) {
      addSquares(a, aOffset + i, b, bOffset + i, sums, sums.length);
    }
    for (int bound = length - lanes; i <= bound; i += lanes) {
      addSquares(a, aOffset + i, b, bOffset + i, sums, lanes);
    }
    for (int lane = 0; lane < lanes; lane++) {
      sums[lane] += sums[lane + lanes];
    }
    float sum = sumOfLanes(sums, lanes);
    for (; i < length; i++) {
      float difference = a[aOffset + i] - b[bOffset + i];
      sum += difference * difference;
    }
    return sum;
  }

  private static void addSquares(
      float[] a, int aOffset, float[] b, int bOffset, float[] sums, int count) {
    for (int lane = 0; lane < count; lane++) {
      float difference = a[aOffset + lane] - b[bOffset + lane];
      sums[lane] = Math.fma(difference, difference, sums[lane]);
    }
  }

  @Override
  public float dotCodes(float[] weights, byte[] codes, int codesOffset, int length) {
    float[] sums = new float[2 * lanes];
    int i = 0;
    for (int bound = length - lanes - codeLanes; i <= bound; i += sums.length) {
      addCodes(weights, i, codes, codesOffset, sums, sums.length);
    }
    for (int bound = length - codeLanes; i <= bound; i += lanes) {
      addCodes(weights, i, codes, codesOffset, sums, lanes);
    }
    for (int lane = 0; lane < lanes; lane++) {
      sums[lane] += sums[lane + lanes];
    }
    float sum = sumOfLanes(sums, lanes);
    for (; i < length; i++) {
      sum += weights[i] * codes[codesOffset + i];
    }
    return sum;
  }

  private static void addCodes(
      float[] weights, int first, byte[] codes, int codesOffset, float[] sums, int count) {
    for (int lane = 0; lane < count; lane++) {
      sums[lane] = Math.fma(codes[codesOffset + first + lane], weights[first + lane], sums[lane]);
    }
  }

  @Override
  public void dotCodeRows(
      float[] weights, byte[] codes, int codesOffset, int rowCount, int length, float[] out) {
    int inFours = rowCount - rowCount % 4;
    float[] sums = new float[lanes];
    for (int r = 0; r < inFours; r++) {
      out[r] = dotOneOfFour(weights, codes, codesOffset + r * length, length, sums);
    }
    for (int r = inFours; r < rowCount; r++) {
      out[r] = dotCodes(weights, codes, codesOffset + r * length, length);
    }
  }

  /** Of rows that come in fours, each has but one sum a lane. */
  private float dotOneOfFour(
      float[] weights, byte[] codes, int codesOffset, int length, float[] sums) {
    Arrays.fill(sums, 0);
    int i = 0;
    for (int bound = length - codeLanes; i <= bound; i += lanes) {
      addCodes(weights, i, codes, codesOffset, sums, lanes);
    }
    float tail = 0;
    for (; i < length; i++) {
      tail += weights[i] * codes[codesOffset + i];
    }
    return sumOfLanes(sums, lanes) + tail;
  }

  /** The first {@code count} sums, added up as vector code does it: halves. */
  private static float sumOfLanes(float[] sums, int count) {
    for (int half = count / 2; half > 0; half /= 2) {
      for (int lane = 0; lane < half; lane++) {
        sums[lane] += sums[lane + half];
      }
    }
    return sums[0];
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
    float[] sums = new float[PANEL_WIDTH];
    for (int r = 0; r < rowCount; r++) {
      Arrays.fill(sums, 0);
      for (int d = 0; d < dimension; d++) {
        addScaled(rows[rowsOffset + r * dimension + d], panel, panelOffset + d * PANEL_WIDTH, sums);
      }
      System.arraycopy(sums, 0, out, r * PANEL_WIDTH, PANEL_WIDTH);
    }
  }

  private static void addScaled(float factor, float[] panel, int offset, float[] sums) {
    for (int j = 0; j < PANEL_WIDTH; j++) {
      sums[j] = Math.fma(panel[offset + j], factor, sums[j]);
    }
  }

  /** The scan of all kernels gives the same bits. */
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
    ScalarKernels.INSTANCE.scanBlocks(
        tables,
        blocks,
        codes,
        codesOffset,
        factors,
        factorsOffset,
        base,
        addends,
        addendsOffset,
        threshold,
        scores);
  }

  /** Whatever the width, there is one sum for each dimension of a pair of groups. */
  @Override
  public float dotLevels(
      CodeShape shape,
      float[] weights,
      byte[] signs,
      int signsOffset,
      int signsStride,
      byte[] row,
      int rowOffset) {
    float[] sums = new float[PairRuns.LANES];
    int offset = rowOffset;
    for (int group = 0; group < shape.columns(); group++) {
      int magnitudeBits = shape.bits(group) - 1;
      float[] levels = shape.signedLevels[magnitudeBits + 1];
      long magnitudes = CodeShape.magnitudes(row, offset, magnitudeBits);
      int sign = signs[signsOffset + group * signsStride];
      int mask = (1 << magnitudeBits) - 1;
      int firstSum = (group & 1) * CodeShape.GROUP;
      for (int i = 0; i < CodeShape.GROUP; i++) {
        int magnitude = (int) (magnitudes >>> (i * magnitudeBits)) & mask;
        float level = levels[magnitude | (((sign >> i) & 1) << magnitudeBits)];
        sums[firstSum + i] =
            Math.fma(level, weights[group * CodeShape.GROUP + i], sums[firstSum + i]);
      }
      offset += magnitudeBits;
    }
    return sumOfLanes(sums, sums.length);
  }
}

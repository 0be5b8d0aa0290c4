package io.memryx.internal.kernel;

import java.util.Arrays;

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
    Arrays.fill(out, 0, rowCount * PANEL_WIDTH, 0f);
    for (int r = 0; r < rowCount; r++) {
      for (int d = 0; d < dimension; d++) {
        // The loop over columns has no sum of its own, so the compiler can vectorise it.
        addScaled(
            rows[rowsOffset + r * dimension + d],
            panel,
            panelOffset + d * PANEL_WIDTH,
            out,
            r * PANEL_WIDTH);
      }
    }
  }

  private static void addScaled(
      float factor, float[] panel, int panelOffset, float[] out, int outOffset) {
    for (int j = 0; j < PANEL_WIDTH; j++) {
      out[outOffset + j] += factor * panel[panelOffset + j];
    }
  }
}

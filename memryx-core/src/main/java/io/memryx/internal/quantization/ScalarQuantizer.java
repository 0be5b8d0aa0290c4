package io.memryx.internal.quantization;

import io.memryx.internal.kernel.VectorKernels;
import java.util.Arrays;

/**
 * One signed byte per dimension: the range that a dimension takes in the data, cut into 255 equal
 * steps.
 *
 * <p>Stored → formula: {@code x_d ≈ base_d + step_d × code_d} with {@code step_d = (max_d - min_d)
 * / 255} and {@code base_d = min_d + 128 × step_d}. So {@code <q,x> ≈ Σ q_d base_d + Σ (q_d step_d)
 * code_d}: one constant and one table of weights serve every list. For distances the center is
 * {@code base}: {@code <q',x'> ≈ Σ (q_d - base_d) step_d code_d} and {@code |x'|² ≈ Σ (step_d
 * code_d)²}. The error per dimension is at most {@code step_d / 2}.
 *
 * <p>Parameters in a snapshot: {@code dimension} bases, then {@code dimension} steps.
 */
public final class ScalarQuantizer implements Quantizer {
  /** The name that snapshots record. */
  public static final String NAME = "sq8";

  private static final int STEPS = 255;

  private final float[] base;
  private final float[] step;

  private ScalarQuantizer(float[] base, float[] step) {
    this.base = base;
    this.step = step;
  }

  /** The quantiser for data whose dimensions lie within these bounds. */
  public static ScalarQuantizer of(float[] min, float[] max) {
    float[] base = new float[min.length];
    float[] step = new float[min.length];
    for (int d = 0; d < min.length; d++) {
      step[d] = (float) (((double) max[d] - min[d]) / STEPS);
      base[d] = (float) (min[d] + 128.0 * step[d]);
    }
    return new ScalarQuantizer(base, step);
  }

  /** The quantiser that {@link #parameters} described. */
  public static ScalarQuantizer ofParameters(float[] parameters) {
    int dimension = parameters.length / 2;
    return new ScalarQuantizer(
        Arrays.copyOf(parameters, dimension),
        Arrays.copyOfRange(parameters, dimension, 2 * dimension));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int codeBytes() {
    return base.length;
  }

  @Override
  public float[] parameters() {
    float[] parameters = Arrays.copyOf(base, 2 * base.length);
    System.arraycopy(step, 0, parameters, base.length, step.length);
    return parameters;
  }

  @Override
  public void encode(float[] vector, int offset, float scale, byte[] codes, int codesOffset) {
    for (int d = 0; d < base.length; d++) {
      float position = step[d] == 0 ? 0 : (vector[offset + d] * scale - base[d]) / step[d];
      codes[codesOffset + d] = (byte) Math.clamp(Math.round(position), -128, 127);
    }
  }

  @Override
  public float squaredNorm(byte[] codes, int codesOffset) {
    double sum = 0;
    for (int d = 0; d < base.length; d++) {
      double value = (double) step[d] * codes[codesOffset + d];
      sum += value * value;
    }
    return (float) sum;
  }

  @Override
  public CodeEstimator estimator(float[] query) {
    float[] weights = new float[query.length];
    for (int d = 0; d < weights.length; d++) {
      weights[d] = query[d] * step[d];
    }
    return new CodeEstimator(VectorKernels.selected().dot(query, 0, base, 0, base.length), weights);
  }

  @Override
  public CodeEstimator distanceEstimator(float[] query) {
    float[] weights = new float[query.length];
    for (int d = 0; d < weights.length; d++) {
      weights[d] = (query[d] - base[d]) * step[d];
    }
    return new CodeEstimator(0, weights);
  }
}

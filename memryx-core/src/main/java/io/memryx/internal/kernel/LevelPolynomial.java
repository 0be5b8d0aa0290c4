package io.memryx.internal.kernel;

/**
 * The level of a code's magnitude as an odd polynomial: {@code u (alpha + beta u² + gamma u⁴)} with
 * {@code u = magnitude + 1/2}, in units of the dimension's standard deviation. A polynomial, so
 * that vector code needs no table.
 *
 * @param alpha the slope at zero
 * @param beta the cubic term
 * @param gamma the quintic term
 */
public record LevelPolynomial(float alpha, float beta, float gamma) {

  /** Refuses what would make scores NaN. */
  public LevelPolynomial {
    if (!Float.isFinite(alpha) || !Float.isFinite(beta) || !Float.isFinite(gamma)) {
      throw new IllegalArgumentException(
          "coefficients " + alpha + ", " + beta + ", " + gamma + " are not all finite");
    }
  }

  /** The polynomial of a code that is only a sign: its one level is {@code level}. */
  public static LevelPolynomial ofSign(float level) {
    return new LevelPolynomial(2 * level, 0, 0);
  }

  /** The level of a magnitude, as the kernels compute it. */
  public float level(int magnitude) {
    float u = magnitude + 0.5f;
    float square = u * u;
    return u * Math.fma(square, Math.fma(square, gamma, beta), alpha);
  }
}

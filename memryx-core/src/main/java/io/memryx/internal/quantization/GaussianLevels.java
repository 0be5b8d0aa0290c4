package io.memryx.internal.quantization;

import io.memryx.internal.kernel.CodeShape;
import io.memryx.internal.kernel.LevelPolynomial;
import java.util.List;

/**
 * The levels that a dimension's code stands for, in units of its deviation: near those that lose
 * least of a unit Gaussian (Lloyd and Max), but a polynomial of the code, so that a kernel needs no
 * table.
 *
 * <p>A code of b bits is a sign and a magnitude m; as a half-integer {@code v = ±(m + 1/2)} its
 * level is {@code v (α_b + β_b v² + γ_b v⁴)}. The coefficients minimise the mean squared error
 * itself: exact up to 3 bits, then 0.2 %, 1.2 %, 3.2 %, 6.0 % and 9.1 % above the best possible
 * table of 4 to 8 bits.
 */
public final class GaussianLevels {
  /** By number of bits, from 1. */
  private static final List<LevelPolynomial> POLYNOMIALS =
      List.of(
          new LevelPolynomial(1.5957692f, 0f, 0f),
          new LevelPolynomial(0.89288694f, 0.05069249f, 0f),
          new LevelPolynomial(0.49066126f, 0.004788703f, 4.3654523e-4f),
          new LevelPolynomial(0.262655f, 1.2916647e-4f, 2.9582423e-5f),
          new LevelPolynomial(0.13820343f, -5.7135036e-5f, 1.4421762e-6f),
          new LevelPolynomial(0.07186193f, -1.5362335e-5f, 5.976001e-8f),
          new LevelPolynomial(0.037094384f, -2.8044306e-6f, 2.2881055e-9f),
          new LevelPolynomial(0.019052561f, -4.4665808e-7f, 8.377966e-11f));

  /** Mean squared error of a unit Gaussian by number of bits, from 0. */
  private static final double[] DISTORTIONS = {
    1, 0.36338, 0.117482, 0.0345481, 9.51746e-3, 2.5339e-3, 6.64933e-4, 1.73284e-4, 4.49515e-5
  };

  private GaussianLevels() {}

  /** The levels by number of bits: entry {@code b - 1} for {@code b} bits. */
  public static List<LevelPolynomial> polynomials() {
    return POLYNOMIALS;
  }

  /** The level of a magnitude of so many bits, at least 1. */
  static float level(int bits, int magnitude) {
    return POLYNOMIALS.get(bits - 1).level(magnitude);
  }

  /** The greatest magnitude of so many bits, at least 1. */
  static int greatest(int bits) {
    return (1 << (bits - 1)) - 1;
  }

  /** The share of a Gaussian's variance that so many bits lose, 0 to {@link CodeShape#MAX_BITS}. */
  static double distortion(int bits) {
    return DISTORTIONS[bits];
  }
}

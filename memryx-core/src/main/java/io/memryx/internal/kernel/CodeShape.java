package io.memryx.internal.kernel;

import java.util.Arrays;
import java.util.List;

/**
 * The layout of a coded vector: how many bits the dimensions of each group have, and the levels of
 * these bits. Immutable.
 *
 * <p>Dimensions come in groups of {@link #GROUP}; all dimensions of a group have the same number of
 * bits, 0 to {@link #MAX_BITS}, falling along the groups. The first of the bits is the sign, held
 * apart (one byte a group, bit {@code i} set where dimension {@code i} is positive); the others are
 * the magnitude. A row code holds, for each group of two or more bits, in order, {@code bits - 1}
 * bytes: a little-endian number of eight magnitudes, dimension 0 lowest. The last {@link
 * #SCALE_BYTES} bytes of a row code belong to its scale.
 */
public final class CodeShape {
  /** Dimensions of a group: as many as a sign byte has bits. */
  public static final int GROUP = 8;

  /** Most bits of a dimension. */
  public static final int MAX_BITS = 8;

  /** Bytes of the scale at the end of a row code. */
  public static final int SCALE_BYTES = 2;

  private final byte[] bits;
  private final List<LevelPolynomial> polynomials;
  private final int columns;
  private final int rowBytes;

  /** How many groups have so many bits: {@code groupsOf[b]} for {@code b} 0 to MAX_BITS. */
  final int[] groupsOf = new int[MAX_BITS + 1];

  /** The shape for vector code that decodes two groups at once: {@link PairRuns}. */
  final int[] pairRuns;

  /** Coefficients of the polynomials, by number of bits. */
  final float[] alphas = new float[MAX_BITS + 1];

  final float[] betas = new float[MAX_BITS + 1];
  final float[] gammas = new float[MAX_BITS + 1];

  /**
   * Levels with their signs, by number of bits: {@code signedLevels[b][m]} is minus, {@code
   * signedLevels[b][2^(b-1) + m]} plus the level of magnitude {@code m}.
   */
  final float[][] signedLevels = new float[MAX_BITS + 1][];

  /**
   * The magnitudes of a group, dimension 0 in the lowest bits.
   *
   * @param row the row code; the group's bytes lie from {@code offset} on
   * @param bytes bits of a magnitude, and so bytes of the group
   */
  public static long magnitudes(byte[] row, int offset, int bytes) {
    long number = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      number = number << 8 | (row[offset + i] & 0xff);
    }
    return number;
  }

  /**
   * A shape; the array is copied.
   *
   * @param groupBits bits of each group, 0 to {@link #MAX_BITS}, falling
   * @param polynomials levels by number of bits: entry {@code b - 1} for {@code b} bits, {@link
   *     #MAX_BITS} entries
   */
  public CodeShape(byte[] groupBits, List<LevelPolynomial> polynomials) {
    if (polynomials.size() != MAX_BITS) {
      throw new IllegalArgumentException(
          polynomials.size() + " polynomials, expected one for each of 1 to " + MAX_BITS + " bits");
    }
    this.bits = groupBits.clone();
    this.polynomials = List.copyOf(polynomials);
    int magnitudeBytes = 0;
    for (int group = 0; group < bits.length; group++) {
      requireFalling(bits, group);
      groupsOf[bits[group]]++;
      magnitudeBytes += Math.max(bits[group] - 1, 0);
    }
    columns = bits.length - groupsOf[0];
    rowBytes = magnitudeBytes + SCALE_BYTES;
    for (int b = 1; b <= MAX_BITS; b++) {
      tabulate(b);
    }
    pairRuns = PairRuns.of(this);
  }

  private static void requireFalling(byte[] bits, int group) {
    int most = group == 0 ? MAX_BITS : bits[group - 1];
    if (bits[group] < 0 || bits[group] > most) {
      throw new IllegalArgumentException(
          "group "
              + group
              + " has "
              + bits[group]
              + " bits, expected 0 to "
              + most
              + ": bits fall along the groups");
    }
  }

  private void tabulate(int b) {
    LevelPolynomial polynomial = polynomial(b);
    alphas[b] = polynomial.alpha();
    betas[b] = polynomial.beta();
    gammas[b] = polynomial.gamma();
    int magnitudes = 1 << (b - 1);
    signedLevels[b] = new float[2 * magnitudes];
    for (int m = 0; m < magnitudes; m++) {
      signedLevels[b][magnitudes + m] = polynomial.level(m);
      signedLevels[b][m] = -polynomial.level(m);
    }
  }

  /** Number of groups, those without bits included. */
  public int groups() {
    return bits.length;
  }

  /** Bits of each dimension of a group. */
  public int bits(int group) {
    return bits[group];
  }

  /** Number of groups with at least one bit: the sign bytes of a row. */
  public int columns() {
    return columns;
  }

  /** Bytes of a row code: magnitudes and scale, without the sign bytes. */
  public int rowBytes() {
    return rowBytes;
  }

  /** Levels of a dimension of {@code bits} bits, 1 to {@link #MAX_BITS}. */
  public LevelPolynomial polynomial(int bits) {
    return polynomials.get(bits - 1);
  }

  /**
   * How many weights a row takes: one a dimension with bits, and zeros up to a whole number of
   * pairs of groups.
   */
  public int weightsLength() {
    return (columns + 1) / 2 * 2 * GROUP;
  }

  /** {@code rowBytes}, bits of the groups and levels. */
  @Override
  public String toString() {
    return "CodeShape[rowBytes="
        + rowBytes
        + ", bits="
        + Arrays.toString(bits)
        + ", "
        + polynomials
        + "]";
  }
}

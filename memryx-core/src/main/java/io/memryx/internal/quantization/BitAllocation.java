package io.memryx.internal.quantization;

import io.memryx.internal.kernel.CodeShape;

/**
 * The number of bits of each group of dimensions: reverse water-filling. Byte by byte goes to the
 * group that loses most without it. Groups of {@link CodeShape#GROUP} dimensions, so that a group
 * of b bits takes b bytes.
 */
public final class BitAllocation {
  private BitAllocation() {}

  /** Number of groups of so many dimensions; the last one is filled up with zeros. */
  public static int groups(int dimension) {
    return Math.ceilDiv(dimension, CodeShape.GROUP);
  }

  /**
   * Spends a budget; less than all of it only where no variance is left.
   *
   * @param variances of the dimensions, falling, not negative
   * @param codeBytes bytes to spend, at least 1
   * @param maxBits most bits of a dimension, 1 to {@link CodeShape#MAX_BITS}
   * @return bits of each group, falling; the first group has at least one
   */
  public static byte[] bits(double[] variances, int codeBytes, int maxBits) {
    byte[] bits = new byte[groups(variances.length)];
    double[] variance = new double[bits.length];
    for (int d = 0; d < variances.length; d++) {
      variance[d / CodeShape.GROUP] += variances[d];
    }
    bits[0] = 1;
    for (int spent = 1; spent < codeBytes; spent++) {
      int neediest = neediest(variance, bits, maxBits);
      if (neediest < 0) {
        break;
      }
      bits[neediest]++;
    }
    return bits;
  }

  /** The group that gains most by one more byte, the first of equals; -1 if none gains. */
  private static int neediest(double[] variance, byte[] bits, int maxBits) {
    int neediest = -1;
    double greatest = 0;
    for (int group = 0; group < bits.length; group++) {
      double gain = bits[group] == maxBits ? 0 : variance[group] * gain(bits[group]);
      if (gain > greatest) {
        greatest = gain;
        neediest = group;
      }
    }
    return neediest;
  }

  private static double gain(int bits) {
    return GaussianLevels.distortion(bits) - GaussianLevels.distortion(bits + 1);
  }
}

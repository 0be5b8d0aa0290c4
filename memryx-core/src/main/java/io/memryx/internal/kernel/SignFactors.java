package io.memryx.internal.kernel;

/**
 * Scales as bytes that rise like a float does: a byte is added to the bits of the least factor, 32
 * steps an octave. So eight octaves fit with an error of at most 1.6 %, and a kernel decodes with
 * one shift and one addition. Vectors unlike those that the least factor was chosen for still find
 * theirs.
 */
public final class SignFactors {
  /** Of the 23 bits of a float's mantissa, five count. */
  static final int SHIFT = 18;

  private static final int STEPS = 255;

  /** Octaves between the least factor and the one in the middle of the range. */
  private static final int OCTAVES_BELOW = 4;

  /** The greatest least factor whose 255 steps end before infinity. */
  private static final float GREATEST = Float.intBitsToFloat(0x7F800000 - ((STEPS + 1) << SHIFT));

  private SignFactors() {}

  /** The least factor for scales that mostly are about this size: a sixteenth of it. */
  public static float leastFor(float usual) {
    return Math.min(Math.scalb(usual, -OCTAVES_BELOW), GREATEST);
  }

  /**
   * Whether something is a least factor: 0 or more, and small enough for 255 steps to be finite.
   */
  public static boolean isLeast(float least) {
    return least >= 0 && least <= GREATEST;
  }

  /** The byte whose factor is nearest to a scale. */
  public static byte encode(float scale, float least) {
    int above = Float.floatToRawIntBits(scale) - Float.floatToRawIntBits(least);
    return (byte) Math.clamp((above + (1 << (SHIFT - 1))) >> SHIFT, 0, STEPS);
  }

  /** What a byte stands for. */
  public static float decode(byte factor, float least) {
    return Float.intBitsToFloat(Float.floatToRawIntBits(least) + ((factor & 0xFF) << SHIFT));
  }
}

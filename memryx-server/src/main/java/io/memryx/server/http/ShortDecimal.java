package io.memryx.server.http;

/**
 * A reader of decimal numbers as floats, correctly rounded, for those that can be read in one pass:
 * nearly all that vectors are made of. With fifteen digits {@code w} and a power of ten up to 22
 * both are exact as doubles, so their product or quotient {@code d} is the double nearest to the
 * number (Clinger, "How to read floating point numbers accurately", 1990, section 4). Rounding
 * {@code d} once more gives the nearest float unless {@code d} lies in the middle between two of
 * them. Where there are more digits, the number lies between what {@code w} and {@code w + 1} give;
 * it is known if both give the same float. All else is left to a reader that can do everything.
 */
final class ShortDecimal {
  /** The number is one for the other reader. No number that this one reads is NaN. */
  static final float NOT_SHORT = Float.NaN;

  /** Digits that count; the largest such number is far below 2^53. */
  private static final long MOST = 100_000_000_000_000L;

  /** Beyond that it does not matter how large an exponent is; it must not overflow. */
  private static final int MOST_EXPONENT = 1_000;

  /** The bits of a double that a float has not, and those of a double in the middle of two. */
  private static final long DROPPED_BITS = (1L << 29) - 1;

  private static final long MIDDLE_BITS = 1L << 28;

  /** Powers of ten that doubles have exactly. */
  private static final double[] POWERS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  private ShortDecimal() {}

  /**
   * The float nearest to a number, or {@link #NOT_SHORT}.
   *
   * @param text holds a number as JSON has it
   */
  static float parse(char[] text, int offset, int length) {
    int end = offset + length;
    int at = offset;
    boolean negative = at < end && text[at] == '-';
    if (negative) {
      at++;
    }
    long digits = 0;
    int exponent = 0;
    boolean cut = false;
    boolean behindPoint = false;
    for (; at < end; at++) {
      int digit = text[at] - '0';
      if (digit >= 0 && digit <= 9) {
        if (digits < MOST) {
          digits = 10 * digits + digit;
          exponent -= behindPoint ? 1 : 0;
        } else {
          cut |= digit != 0;
          exponent += behindPoint ? 0 : 1;
        }
      } else if (text[at] == '.' && !behindPoint) {
        behindPoint = true;
      } else {
        break;
      }
    }
    if (at < end) {
      int given = exponent(text, at, end);
      if (given == MOST_EXPONENT) {
        return NOT_SHORT;
      }
      exponent += given;
    }
    float value = rounded(digits, exponent, cut);
    return negative ? -value : value;
  }

  /** What stands behind the digits, or {@link #MOST_EXPONENT} if it is none, or a large one. */
  private static int exponent(char[] text, int from, int end) {
    if (text[from] != 'e' && text[from] != 'E') {
      return MOST_EXPONENT;
    }
    int at = from + 1;
    boolean negative = at < end && text[at] == '-';
    if (negative || (at < end && text[at] == '+')) {
      at++;
    }
    int exponent = 0;
    for (; at < end && exponent < MOST_EXPONENT; at++) {
      int digit = text[at] - '0';
      if (digit < 0 || digit > 9) {
        return MOST_EXPONENT;
      }
      exponent = 10 * exponent + digit;
    }
    if (exponent >= MOST_EXPONENT) {
      return MOST_EXPONENT;
    }
    return negative ? -exponent : exponent;
  }

  private static float rounded(long digits, int exponent, boolean cut) {
    if (digits == 0) {
      return 0;
    }
    if (exponent < 1 - POWERS.length || exponent >= POWERS.length) {
      return NOT_SHORT;
    }
    float value = narrowed(scaled(digits, exponent));
    // NaN is not equal to itself: an end that is in doubt leaves the number in doubt.
    return !cut || value == narrowed(scaled(digits + 1, exponent)) ? value : NOT_SHORT;
  }

  private static double scaled(long digits, int exponent) {
    return exponent < 0 ? digits / POWERS[-exponent] : digits * POWERS[exponent];
  }

  private static float narrowed(double value) {
    boolean middle = (Double.doubleToRawLongBits(value) & DROPPED_BITS) == MIDDLE_BITS;
    // Below the normal floats the middles lie elsewhere.
    return middle || value < Float.MIN_NORMAL ? NOT_SHORT : (float) value;
  }
}

package io.memryx.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Against {@link Float#parseFloat}, to the bit. */
final class ShortDecimalTest {
  private static final long SEED = 20260;
  private static final int NUMBERS = 50_000;

  private final SplittableRandom random = new SplittableRandom(SEED);

  private static float parse(String text) {
    char[] padded = ("7e" + text + "9").toCharArray();
    return ShortDecimal.parse(padded, 2, text.length());
  }

  /** The share of the texts that it read; each of those it read right. */
  private double readRight(Function<SplittableRandom, String> texts) {
    int read = 0;
    for (int number = 0; number < NUMBERS; number++) {
      String text = texts.apply(random);
      float value = parse(text);
      if (!Float.isNaN(value)) {
        read++;
        assertEquals(
            Float.floatToRawIntBits(Float.parseFloat(text)),
            Float.floatToRawIntBits(value),
            () -> text + ", seed " + SEED);
      }
    }
    return (double) read / NUMBERS;
  }

  private static float component(SplittableRandom random) {
    return (float) (random.nextGaussian() / 16);
  }

  @Test
  void parse_shortestTextsOfFloats_areReadAndRight() {
    double read = readRight(random -> Float.toString(component(random)));
    assertTrue(read > 0.999, () -> "read " + read);
  }

  @Test
  void parse_textsOfDoubles_areReadAndRight() {
    double read = readRight(random -> Double.toString(random.nextGaussian() / 16));
    assertTrue(read > 0.999, () -> "read " + read);
  }

  @Test
  void parse_floatsWrittenAsDoubles_areReadAndRight() {
    double read = readRight(random -> Double.toString(component(random)));
    assertTrue(read > 0.99, () -> "read " + read);
  }

  @Test
  void parse_fixedPlaces_areReadAndRight() {
    double read =
        readRight(random -> String.format(Locale.ROOT, "%.8f", random.nextGaussian() * 100));
    assertTrue(read > 0.999, () -> "read " + read);
  }

  @Test
  void parse_nearTheMiddleOfTwoFloats_isRightWhereItReads() {
    readRight(
        random -> {
          float low = component(random);
          BigDecimal middle =
              new BigDecimal(low).add(new BigDecimal(Math.nextUp(low))).divide(new BigDecimal(2));
          BigDecimal aside =
              new BigDecimal(random.nextInt(-2, 3)).scaleByPowerOfTen(-random.nextInt(12, 40));
          return middle.add(aside).toString();
        });
  }

  @Test
  void parse_anyBitsOfAFloat_isRightWhereItReads() {
    readRight(
        random -> {
          float value = Float.intBitsToFloat(random.nextInt());
          return Float.isFinite(value) ? Float.toString(value) : "0";
        });
  }

  @Test
  void parse_anyDigitsAndExponent_isRightWhereItReads() {
    readRight(
        random -> {
          String sign = random.nextBoolean() ? "-" : "";
          String places = random.nextBoolean() ? "." + digits(random, 1, 25) : "";
          String power =
              random.nextBoolean()
                  ? (random.nextBoolean() ? "e" : "E")
                      + List.of("", "+", "-").get(random.nextInt(3))
                      + random.nextInt(60)
                  : "";
          return sign + digits(random, 1, 25) + places + power;
        });
  }

  private static String digits(SplittableRandom random, int least, int most) {
    var digits = new StringBuilder();
    for (int count = random.nextInt(least, most + 1); count > 0; count--) {
      digits.append((char) ('0' + (random.nextInt(3) == 0 ? 0 : random.nextInt(10))));
    }
    return digits.toString();
  }

  @Test
  void parse_edges_areThoseOfTheSlowReader() {
    for (String text :
        List.of(
            "0",
            "-0",
            "0.0",
            "-0.0",
            "-0e5",
            "1",
            "-1",
            "0.1",
            "1e22",
            "1E+22",
            "1e-22",
            "9007199254740993",
            "16777217.0",
            "0.000000000000000000001",
            "123456789012345678",
            "999999999999999999",
            "0.1000000000000000000000000001")) {
      float value = parse(text);
      assertEquals(
          Float.floatToRawIntBits(Float.parseFloat(text)),
          Float.floatToRawIntBits(Float.isNaN(value) ? Float.parseFloat(text) : value),
          text);
    }
    assertEquals(-0f, parse("-0.0"));
    assertEquals(0.1f, parse("0.1"));
  }

  @Test
  void parse_whatItCanNotKnow_isLeftToTheSlowReader() {
    for (String text :
        List.of(
            "NaN",
            "Infinity",
            "-Infinity",
            "1e23",
            "1e-60",
            "1e999",
            "1e99999999999",
            "1e-45",
            "16777217.0",
            "1.5x")) {
      assertTrue(Float.isNaN(parse(text)), text);
    }
  }
}

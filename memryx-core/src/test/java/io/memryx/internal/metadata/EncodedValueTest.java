package io.memryx.internal.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.Filter;
import io.memryx.Metadata;
import io.memryx.MetadataValue;
import io.memryx.MetadataValue.DoubleValue;
import io.memryx.MetadataValue.LongValue;
import java.math.BigDecimal;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EncodedValueTest {

  private static int compare(MetadataValue a, MetadataValue b) {
    int order = EncodedValue.compare(MetadataCodec.encode(a), 0, MetadataCodec.encode(b), 0);
    return Integer.signum(order);
  }

  private static void comparesExactly(long whole, double number) {
    int exact = BigDecimal.valueOf(whole).compareTo(new BigDecimal(number));
    assertEquals(
        exact, compare(new LongValue(whole), new DoubleValue(number)), whole + " " + number);
    assertEquals(
        -exact, compare(new DoubleValue(number), new LongValue(whole)), number + " " + whole);
  }

  @Test
  void compare_wholeNumbersWithDoublesAroundThem_isExact() {
    for (int shift = 0; shift < Long.SIZE; shift++) {
      for (long near = -2; near <= 2; near++) {
        long whole = (1L << shift) + near;
        double rounded = whole;
        for (double number :
            new double[] {
              rounded,
              Math.nextUp(rounded),
              Math.nextDown(rounded),
              rounded + 0.5,
              rounded - 0.5,
              -rounded,
              Double.MAX_VALUE,
              -Double.MAX_VALUE,
              Double.MIN_VALUE,
              -0.0
            }) {
          comparesExactly(whole, number);
          comparesExactly(-whole, number);
        }
      }
    }
  }

  @Test
  void compare_randomBits_isExact() {
    var random = new SplittableRandom(31);
    for (int round = 0; round < 20_000; round++) {
      long whole = random.nextLong() >> random.nextInt(Long.SIZE);
      double number = Double.longBitsToDouble(random.nextLong());
      comparesExactly(whole, Double.isFinite(number) ? number : round);
      comparesExactly(whole, (double) (random.nextLong() >> random.nextInt(Long.SIZE)));
    }
  }

  @Test
  void compare_isATotalOrderThatIsEqualWhereFiltersAre() {
    var source = new RandomMetadata(7);
    List<MetadataValue> values = Stream.generate(() -> source.value(0)).limit(120).toList();
    for (MetadataValue a : values) {
      for (MetadataValue b : values) {
        int order = compare(a, b);
        assertEquals(-order, compare(b, a), a + " and " + b);
        boolean equal = Filter.eq("x", a).matches(Metadata.builder().put("x", b).build());
        assertEquals(equal, order == 0, a + " and " + b);
        if (equal) {
          assertEquals(hash(a), hash(b), a + " and " + b);
        }
        for (MetadataValue c : values) {
          if (order <= 0 && compare(b, c) <= 0) {
            assertTrue(compare(a, c) <= 0, a + " and " + b + " and " + c);
          }
        }
      }
    }
  }

  private static int hash(MetadataValue value) {
    return EncodedValue.hash(MetadataCodec.encode(value), 0);
  }

  @Test
  void end_ofAnyValue_isWhereItsBytesEnd() {
    var source = new RandomMetadata(8);
    for (int round = 0; round < 500; round++) {
      MetadataValue value = source.value(0);
      byte[] encoded = MetadataCodec.encode(value);
      assertEquals(encoded.length, EncodedValue.end(encoded, 0), value.toString());
    }
  }
}

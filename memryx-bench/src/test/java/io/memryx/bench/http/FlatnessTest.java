package io.memryx.bench.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FlatnessTest {
  private static Flatness of(double... readings) {
    List<Double> all = Arrays.stream(readings).boxed().toList();
    return Flatness.of(all, Double::doubleValue);
  }

  @Test
  void of_comparesTheFirstThirdWithTheLast() {
    Flatness flatness = of(99, 101, 500, 1, 110, 112, 106);
    assertEquals(new Flatness(100, 109), flatness);
    assertEquals(9, flatness.percent(), 1e-9);
    assertFalse(flatness.flat(0));
  }

  @Test
  void flat_growthBelowTwoPercentOrLess() {
    assertTrue(of(100, 100, 100, 100, 101.9, 101.9).flat(0));
    assertFalse(of(100, 100, 100, 100, 102, 102).flat(0));
    assertTrue(of(100, 100, 100, 100, 50, 50).flat(0));
  }

  @Test
  void flat_lessThanPoolsTakeAndGive_tellsNothing() {
    assertTrue(of(10, 10, 10, 10, 10.9, 10.9).flat(1));
    assertFalse(of(10, 10, 10, 10, 11, 11).flat(1));
  }

  @Test
  void flat_fromNothing_isOnlyWhatStaysNothing() {
    assertTrue(of(0, 0, 0, 0, 0, 0).flat(0));
    assertFalse(of(0, 0, 0, 0, 0, 1).flat(0));
  }

  @Test
  void of_tooFewReadings_asksForMore() {
    var failure = assertThrows(IllegalArgumentException.class, () -> of(1, 2, 3, 4, 5));
    assertTrue(String.valueOf(failure.getMessage()).contains("run for longer"));
  }
}

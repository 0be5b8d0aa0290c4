package io.memryx.bench.tradeoff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.bench.tradeoff.Front.Point;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

final class FrontTest {

  @Test
  void points_beatenInBoth_areLeftOut() {
    var front =
        new Front(
            List.of(
                new Point(0.95, 1_000),
                new Point(0.90, 900), // slower and worse than the first
                new Point(0.80, 4_000),
                new Point(0.99, 100),
                new Point(0.99, 90))); // slower at the same recall

    assertEquals(
        List.of(new Point(0.80, 4_000), new Point(0.95, 1_000), new Point(0.99, 100)),
        front.points());
  }

  @Test
  void outdoes_fasterAtNoLessRecall_byMoreThanTheFactor() {
    var point = new Point(0.9, 1_500);

    assertTrue(point.outdoes(new Point(0.9, 1_000), 1.4));
    assertFalse(point.outdoes(new Point(0.9, 1_100), 1.4));
    assertFalse(point.outdoes(new Point(0.91, 1_000), 1.4));
    assertFalse(point.outdoes(point, 1));
  }

  @Test
  void points_sameRate_higherRecallWins() {
    var front = new Front(List.of(new Point(0.8, 500), new Point(0.9, 500)));

    assertEquals(List.of(new Point(0.9, 500)), front.points());
  }

  @Test
  void rateAt_halfWay_isTheGeometricMean() {
    var front = new Front(List.of(new Point(0.8, 1_600), new Point(0.9, 100)));

    assertEquals(400, front.rateAt(0.85).orElseThrow(), 1e-9);
    assertEquals(800, front.rateAt(0.825).orElseThrow(), 1e-9);
  }

  @Test
  void rateAt_aMeasuredRecall_isItsRate() {
    var front = new Front(List.of(new Point(0.8, 1_600), new Point(0.9, 100)));

    assertEquals(1_600, front.rateAt(0.8).orElseThrow(), 1e-9);
    assertEquals(100, front.rateAt(0.9).orElseThrow(), 1e-9);
  }

  @Test
  void rateAt_belowTheFront_isTheFastestSetting() {
    var front = new Front(List.of(new Point(0.8, 1_600), new Point(0.9, 100)));

    assertEquals(1_600, front.rateAt(0.5).orElseThrow(), 1e-9);
  }

  @Test
  void rateAt_beyondTheFront_isNotReached() {
    var front = new Front(List.of(new Point(0.8, 1_600), new Point(0.9, 100)));

    assertEquals(OptionalDouble.empty(), front.rateAt(0.901));
    assertEquals(OptionalDouble.empty(), new Front(List.of()).rateAt(0.1));
  }

  @Test
  void point_impossible_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Point(1.01, 1));
    assertThrows(IllegalArgumentException.class, () -> new Point(Double.NaN, 1));
    assertThrows(IllegalArgumentException.class, () -> new Point(0.5, 0));
  }
}

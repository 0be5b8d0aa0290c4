package io.memryx.bench.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.bench.plot.Axis.Scale;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AxisTest {

  @Test
  void position_log_equalRatiosAreEquallyFarApart() {
    var axis = new Axis("rate", Scale.LOG, 10, 1_000);

    assertEquals(0, axis.position(10), 1e-12);
    assertEquals(0.5, axis.position(100), 1e-12);
    assertEquals(1, axis.position(1_000), 1e-12);
  }

  @Test
  void position_nines_aTenthOfWhatIsMissingIsOneStep() {
    var axis = new Axis("recall", Scale.NINES, 0, 0.99);

    assertEquals(0.5, axis.position(0.9), 1e-12);
    assertEquals(1, axis.position(0.99), 1e-12);
  }

  @Test
  void position_ninesAndAll_isFiniteAndInside() {
    Axis axis = Axis.around("recall", Scale.NINES, new double[] {0.9, 1});

    assertTrue(axis.position(1) < 1);
    assertEquals(axis.position(1), axis.position(0.9999));
    assertTrue(axis.position(0.9) > 0);
  }

  @Test
  void ticks_log_areOneTwoFiveUnlessTheyAreTooMany() {
    assertEquals(List.of(10.0, 20.0, 50.0, 100.0), new Axis("rate", Scale.LOG, 10, 100).ticks());
    assertEquals(
        List.of(1.0, 10.0, 100.0, 1_000.0, 10_000.0),
        new Axis("rate", Scale.LOG, 1, 10_000).ticks());
  }

  @Test
  void label_values_areShort() {
    var rate = new Axis("rate", Scale.LOG, 0.1, 10_000);
    var recall = new Axis("recall", Scale.NINES, 0.5, 0.9999);

    assertEquals("10,000", rate.label(10_000));
    assertEquals("0.200", rate.label(0.2));
    assertEquals("0.9", recall.label(0.9));
    assertEquals("0.995", recall.label(0.995));
    assertEquals("≥ 0.9995", recall.label(0.9995));
  }

  @Test
  void around_oneValue_stillHasExtent() {
    Axis axis = Axis.around("rate", Scale.LOG, new double[] {100});

    assertEquals(0.5, axis.position(100), 1e-12);
  }

  @Test
  void around_nothing_isRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> Axis.around("rate", Scale.LOG, new double[0]));
    assertThrows(IllegalArgumentException.class, () -> new Axis("rate", Scale.LOG, 5, 5));
  }
}

package io.memryx.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StopwatchTest {

  @Test
  void time_enoughTime_makesAllPassesInOrder() {
    List<Integer> asked = new ArrayList<>();

    Timing timing = new Stopwatch(2, 0, 3_600).time(3, asked::add);

    assertEquals(2, timing.passes());
    assertTrue(timing.queriesPerSecond() > 0);
    assertEquals(List.of(0, 1, 2, 0, 1, 2), asked);
  }

  @Test
  void time_noTime_makesOnePass() {
    List<Integer> asked = new ArrayList<>();

    Timing timing = new Stopwatch(4, 0, 0).time(3, asked::add);

    assertEquals(1, timing.passes());
    assertEquals(List.of(0, 1, 2), asked);
  }

  @Test
  void warmUp_noTime_asksNothing() {
    List<Integer> asked = new ArrayList<>();

    new Stopwatch(1, 0, 0).warmUp(3, asked::add);

    assertEquals(List.of(), asked);
  }

  @Test
  void median_evenAndOddCounts() {
    assertEquals(2, Stopwatch.median(new double[] {3, 1, 2}));
    assertEquals(2.5, Stopwatch.median(new double[] {4, 1, 2, 3}));
  }

  @Test
  void undisturbed_shareAtTheBound_isDisturbed() {
    var none = new Latencies.Percentiles(0, 0, 0, 0);

    assertTrue(new Timing(1, none, 0.98, 1).undisturbed());
    assertFalse(new Timing(1, none, 0.97, 1).undisturbed());
  }
}

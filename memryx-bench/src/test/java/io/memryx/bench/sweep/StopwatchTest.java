package io.memryx.bench.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.Entry;
import io.memryx.bench.measure.Latencies;
import io.memryx.bench.sweep.ScanCollection.Fault;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StopwatchTest {
  private static final float[][] QUERIES = {{1, 0}, {0, 1}, {1, 1}};

  @Test
  void measure_enoughTime_makesAllPassesAndKeepsTheAnswers() {
    var collection = new ScanCollection(2, Fault.NONE);
    collection.upsert(
        List.of(Entry.of("0", new float[] {1, 0}), Entry.of("1", new float[] {0, 1})));

    var measured =
        new Stopwatch(4, 0, 3_600).measure(collection, new Setting.Default(), QUERIES, 1);

    assertEquals(4, measured.timing().passes());
    assertTrue(measured.timing().queriesPerSecond() > 0);
    assertEquals("1", measured.answers().perQuery().get(1).getFirst().id());
  }

  @Test
  void measure_noTime_makesOnePass() {
    var collection = new ScanCollection(2, Fault.NONE);

    var measured = new Stopwatch(4, 0, 0).measure(collection, new Setting.Exact(), QUERIES, 1);

    assertEquals(1, measured.timing().passes());
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

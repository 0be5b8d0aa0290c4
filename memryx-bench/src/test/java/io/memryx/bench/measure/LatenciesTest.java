package io.memryx.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LatenciesTest {

  @Test
  void percentiles_byNearestRank() {
    var latencies = new Latencies();
    // Out of order, and more than the first array holds.
    IntStream.rangeClosed(1, 5_000).map(i -> 5_001 - i).forEach(i -> latencies.add(i * 1_000L));

    Latencies.Percentiles percentiles = latencies.percentiles();

    assertEquals(5_000, latencies.size());
    assertEquals(2_500, percentiles.p50());
    assertEquals(4_750, percentiles.p95());
    assertEquals(4_950, percentiles.p99());
    assertEquals(5_000, percentiles.max());
  }

  @Test
  void percentiles_oneCall_isAllOfThem() {
    var latencies = new Latencies();
    latencies.add(1_500);

    assertEquals(new Latencies.Percentiles(1.5, 1.5, 1.5, 1.5), latencies.percentiles());
  }

  @Test
  void percentiles_noCalls_zero() {
    assertEquals(new Latencies.Percentiles(0, 0, 0, 0), new Latencies().percentiles());
  }
}

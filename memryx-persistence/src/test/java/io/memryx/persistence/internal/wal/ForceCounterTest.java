package io.memryx.persistence.internal.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.memryx.persistence.DurabilityOptions;
import io.memryx.persistence.LogForces;
import io.memryx.persistence.LogForces.Bucket;
import io.memryx.persistence.LogForces.Distribution;
import io.memryx.persistence.internal.disk.MemoryFiles;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ForceCounterTest {

  private static long countAtMost(Distribution distribution, long atMost) {
    return distribution.buckets().stream()
        .filter(bucket -> bucket.atMost() == atMost)
        .mapToLong(Bucket::count)
        .sum();
  }

  @Test
  void forced_goesIntoTheSmallestBucketThatTakesIt() {
    ForceCounter counter = new ForceCounter();
    counter.forced(100_999, 1);
    counter.forced(101_000, 3);
    counter.forced(60_000_000_000L, 5_000);
    LogForces forces = counter.forces();
    assertEquals(1, countAtMost(forces.micros(), 100));
    assertEquals(1, countAtMost(forces.micros(), 250));
    assertEquals(1, countAtMost(forces.micros(), Long.MAX_VALUE));
    assertEquals(100 + 101 + 60_000_000, forces.micros().sum());
    assertEquals(1, countAtMost(forces.changes(), 1));
    assertEquals(0, countAtMost(forces.changes(), 2));
    assertEquals(1, countAtMost(forces.changes(), 4));
    assertEquals(1, countAtMost(forces.changes(), Long.MAX_VALUE));
    assertEquals(5_004, forces.changes().sum());
    assertEquals(3, forces.micros().count());
    assertEquals(3, forces.changes().count());
  }

  @Test
  void log_fsync_countsEveryForceWithItsChanges() throws IOException {
    try (TestLog log = TestLog.open(new MemoryFiles())) {
      long _ = log.log.append(TestLog.upsert("a", 3));
      long _ = log.log.append(TestLog.upsert("b", 1));
      LogForces forces = log.writer.forces();
      assertEquals(2, forces.micros().count());
      assertEquals(2, forces.changes().sum(), "a batch is one change");
      assertEquals(2, countAtMost(forces.changes(), 1));
    }
  }

  @Test
  void log_leftToTheSystem_countsTheForceThatWasAskedFor() throws IOException {
    try (TestLog log = TestLog.open(new MemoryFiles(), DurabilityOptions.os())) {
      long _ = log.log.append(TestLog.upsert("a", 1));
      long _ = log.log.append(TestLog.upsert("b", 1));
      long _ = log.log.append(TestLog.upsert("c", 1));
      assertEquals(0, log.writer.forces().micros().count());
      log.writer.force();
      assertEquals(1, log.writer.forces().micros().count());
      assertEquals(1, countAtMost(log.writer.forces().changes(), 4));
      log.writer.force();
      assertEquals(1, log.writer.forces().micros().count(), "there was nothing to be forced");
    }
  }

  @Test
  void distribution_thatLacksFiguresOrOrder_isRefused() {
    List<Bucket> open = List.of(new Bucket(1, 0));
    assertThrows(IllegalArgumentException.class, () -> new Distribution(open, 0));
    List<Bucket> falling = List.of(new Bucket(2, 0), new Bucket(1, 0));
    assertThrows(IllegalArgumentException.class, () -> new Distribution(falling, 0));
  }
}

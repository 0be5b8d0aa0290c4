package io.memryx.persistence.internal.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.RepairReport;
import io.memryx.persistence.RepairReport.Status;
import io.memryx.persistence.StoreLockedException;
import io.memryx.persistence.VerifyReport;
import io.memryx.persistence.internal.disk.MemoryFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What is found in damaged stores, and what a repair makes of them. */
class RepairTest {
  private static final Path ROOT = TestStore.ROOT;
  private static final Path DIRECTORY = TestStore.DIRECTORY;
  private static final int MAX_OPERATIONS = 1_000;

  private static VerifyReport verify(MemoryFiles files) {
    return StoreInspector.inspect(files, ROOT);
  }

  private static RepairReport repairWithItsToken(MemoryFiles files) {
    RepairReport plan = Repairer.plan(files, ROOT);
    assertEquals(Status.REPAIRABLE, plan.status(), plan.toString());
    return Repairer.repair(files, ROOT, plan.token());
  }

  /** Repairs, and makes sure that the store is sound, goes on, and goes on again. */
  private static Set<Integer> repaired(MemoryFiles files) {
    RepairReport report = repairWithItsToken(files);
    assertEquals(Status.REPAIRED, report.status(), () -> report + "\n" + verify(files));
    Set<Integer> numbers;
    try (TestStore store = TestStore.open(files, ROOT)) {
      numbers = Set.copyOf(store.numbers());
      store.add(100, 110);
      store.build();
      store.add(110, 120);
    }
    assertEquals(numbers.size() + 20, TestStore.found(files, ROOT).size());
    assertEquals(VerifyReport.Status.SOUND, verify(files).status(), () -> verify(files).toString());
    return numbers;
  }

  private static Manifest manifest(MemoryFiles files, Predicate<Manifest> wanted)
      throws IOException {
    var objects = new DirectoryListing(files, DIRECTORY);
    for (long number : Generations.numbers(objects.list()).descendingSet()) {
      Manifest manifest = Generations.readManifest(objects, number);
      if (wanted.test(manifest)) {
        return manifest;
      }
    }
    throw new AssertionError("no such manifest");
  }

  @Test
  void soundStore_hasNothingToRepair() throws IOException {
    MemoryFiles files = TestStore.builtTwice();
    assertEquals(Status.SOUND, Repairer.plan(files, ROOT).status());
    VerifyReport report = verify(files);
    assertEquals(VerifyReport.Status.SOUND, report.status(), report.toString());
    assertEquals(2, report.collections().getFirst().log().changes());
  }

  @Test
  void newestSnapshotDamaged_isRecoverableAndRepairLosesNothing() throws IOException {
    MemoryFiles files = TestStore.builtTwice();
    String snapshot = manifest(files, each -> true).image().file();
    TestStore.flip(files, snapshot, 300);
    VerifyReport report = verify(files);
    assertEquals(VerifyReport.Status.DAMAGED_RECOVERABLE, report.status(), report.toString());
    assertTrue(report.findings().getFirst().file().endsWith(snapshot));
    assertEquals(TestStore.upTo(60), repaired(files));
    assertTrue(files.isFile(DIRECTORY.resolve(snapshot + ".corrupt")));
  }

  @Test
  void newestManifestDamaged_isRecoverableAndRepairLosesNothing() throws IOException {
    MemoryFiles files = TestStore.builtTwice();
    TestStore.flip(files, TestStore.names(files, "MANIFEST-").getLast(), 30);
    assertEquals(VerifyReport.Status.DAMAGED_RECOVERABLE, verify(files).status());
    assertEquals(TestStore.upTo(60), repaired(files));
  }

  @Test
  void everyManifestDamaged_isBeyondRepairAndSaysSo() throws IOException {
    MemoryFiles files = TestStore.builtTwice();
    for (String name : TestStore.names(files, "MANIFEST-")) {
      TestStore.flip(files, name, 30);
    }
    assertEquals(VerifyReport.Status.DAMAGED, verify(files).status());
    RepairReport plan = Repairer.plan(files, ROOT);
    assertEquals(Status.DAMAGED, plan.status());
    assertTrue(plan.hopeless().getFirst().contains("restore a backup"), plan.toString());
  }

  @Test
  void lastSegmentMissing_isDamageAndRepairKeepsWhatTheSnapshotHas() throws IOException {
    MemoryFiles files = TestStore.builtTwice();
    files.delete(DIRECTORY.resolve(TestStore.names(files, "wal-").getLast()));
    assertEquals(VerifyReport.Status.DAMAGED, verify(files).status());
    assertThrows(PersistenceException.class, () -> TestStore.found(files, ROOT));
    assertEquals(TestStore.upTo(40), repaired(files));
  }

  @Test
  void segmentThatOnlyTheOlderGenerationNeeds_isRecoverable() throws IOException {
    MemoryFiles files = TestStore.builtTwice();
    Manifest newest = manifest(files, each -> true);
    Manifest older = manifest(files, each -> !each.namesSameSnapshot(newest));
    assertTrue(older.log().first() < newest.log().first());
    String segment = "wal-%016x.log".formatted(newest.log().first() - 1);
    TestStore.flip(files, segment, 150);
    VerifyReport report = verify(files);
    assertEquals(VerifyReport.Status.DAMAGED_RECOVERABLE, report.status(), report.toString());
    assertEquals(TestStore.upTo(60), repaired(files));
  }

  /**
   * Damage at any place of any segment that is needed: found, or harmless; repair gives a prefix.
   */
  @Test
  void anyPlaceOfTheLogDamaged_repairKeepsAllThatComesBefore() throws IOException {
    MemoryFiles base = TestStore.builtTwice();
    try (TestStore store = TestStore.open(base, ROOT)) {
      store.add(60, 65);
      store.add(65, 70);
      store.add(70, 80);
    }
    long floor = manifest(base, each -> true).log().first();
    int damaged = 0;
    int harmless = 0;
    for (String segment : TestStore.names(base, "wal-")) {
      if (StoreNames.segmentNumber(segment) < floor) {
        continue;
      }
      for (int offset = 0; offset < 1_600; offset += 37) {
        MemoryFiles files = base.copy();
        TestStore.flip(files, segment, offset);
        if (verify(files).status() == VerifyReport.Status.SOUND) {
          assertEquals(TestStore.upTo(80), TestStore.found(files, ROOT), segment + offset);
          harmless++;
          continue;
        }
        VerifyReport report = verify(files);
        assertTrue(
            report.findings().stream().anyMatch(finding -> finding.file().endsWith(segment)),
            report.toString());
        Set<Integer> numbers = repaired(files);
        assertTrue(numbers.size() >= 40 && numbers.size() < 80, segment + offset);
        assertEquals(TestStore.upTo(numbers.size()), numbers);
        damaged++;
      }
    }
    System.out.printf("flips in a log: %d damaged and repaired, %d harmless%n", damaged, harmless);
    assertTrue(damaged > 20, "only " + damaged);
  }

  @Test
  void plan_changesNothing() throws IOException {
    MemoryFiles files = damagedLog();
    var before = TestStore.tree(files, ROOT);
    RepairReport plan = Repairer.plan(files, ROOT);
    assertEquals(before, TestStore.tree(files, ROOT));
    assertTrue(plan.steps().stream().mapToLong(RepairReport.Step::droppedChanges).sum() > 0);
    assertEquals(plan, Repairer.plan(files, ROOT));
  }

  @Test
  void repair_tokenOfAnotherState_isRefused() throws IOException {
    MemoryFiles files = damagedLog();
    String token = Repairer.plan(files, ROOT).token();
    TestStore.flip(files, TestStore.names(files, "MANIFEST-").getLast(), 30);
    var before = TestStore.tree(files, ROOT);
    for (String wrong : List.of(token, "", "0123456789abcdef")) {
      assertThrows(
          IllegalArgumentException.class, () -> Repairer.repair(files, ROOT, wrong), wrong);
    }
    assertEquals(before, TestStore.tree(files, ROOT));
  }

  @Test
  void repair_openStore_isRefused() {
    MemoryFiles files = TestStore.builtTwice();
    try (TestStore store = TestStore.open(files, ROOT)) {
      assertEquals(60, store.numbers().size());
      assertThrows(StoreLockedException.class, () -> Repairer.plan(files, ROOT));
    }
  }

  /** The first of two batches of the last opening is damaged. */
  private static MemoryFiles damagedLog() throws IOException {
    MemoryFiles files = TestStore.builtTwice();
    TestStore.flip(files, TestStore.names(files, "wal-").getLast(), 120);
    return files;
  }

  @Test
  void repair_failureAtAnyOperation_losesNothingToTheNextRepair() throws IOException {
    MemoryFiles base = damagedLog();
    String snapshot = manifest(base, each -> true).image().file();
    TestStore.flip(base, snapshot, 300);
    Set<Integer> expected = repaired(base.copy());
    assertFalse(expected.isEmpty());
    String token = Repairer.plan(base, ROOT).token();
    for (int at = 0; at < MAX_OPERATIONS; at++) {
      MemoryFiles files = base.copy();
      int failFrom = at;
      files.setFault(
          (index, operation) -> {
            if (index >= failFrom) {
              throw new IOException("Input/output error");
            }
          });
      try {
        Repairer.repair(files, ROOT, token);
      } catch (PersistenceException e) {
        assertTrue(files.operations() > at, e.toString());
      }
      boolean reached = files.operations() > at;
      files.setFault((index, operation) -> {});
      MemoryFiles after = files.copy();
      if (verify(after).status() != VerifyReport.Status.SOUND) {
        assertEquals(Status.REPAIRED, repairWithItsToken(after).status(), "operation " + at);
      }
      assertEquals(expected, TestStore.found(after, ROOT), "operation " + at);
      if (!reached) {
        System.out.printf("repairs cut off at each of %d operations%n", at);
        assertTrue(at > 20, "only " + at);
        return;
      }
    }
    throw new AssertionError("it never ends");
  }

  @Test
  void drop_afterARepair_leavesNothing() throws IOException {
    MemoryFiles files = damagedLog();
    repairWithItsToken(files);
    try (TestStore store = TestStore.open(files, ROOT)) {
      assertTrue(store.store().drop(TestStore.NAME));
    }
    assertFalse(files.isDirectory(DIRECTORY));
  }
}

package io.memryx.persistence.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.persistence.crash.AckJournal.Count;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that run out of memory in their builds, or out of open files. */
class StarvedProcessTest {
  private static final int HEAPS = Integer.getInteger("memryx.crash.heaps", 3);
  private static final long SEED = Long.getLong("memryx.crash.seed", System.nanoTime());
  private static final int SMALLEST_HEAP_MIB = 24;
  private static final int LARGEST_HEAP_MIB = 128;

  /** Some 25 MiB of vectors at the end. */
  private static final Script SCRIPT = new Script(SEED, 512, 4_000, 2_000);

  private static final long STEPS = 60;

  @TempDir Path directory;

  @Test
  void outOfMemory_atAnyHeap_keepsWhatWasAcknowledgedAndServesTheOldIndex() throws IOException {
    long begin = System.nanoTime();
    var sum = new Oracle.Verdict();
    long builds = 0;
    long starved = 0;
    long failed = 0;
    for (int i = 0; i < HEAPS; i++) {
      int heap =
          SMALLEST_HEAP_MIB + (LARGEST_HEAP_MIB - SMALLEST_HEAP_MIB) * i / Math.max(1, HEAPS - 1);
      Path notes = directory.resolve("journal-" + heap);
      Path store = directory.resolve("store-" + heap);
      var oracle = new Oracle(SCRIPT);
      try (VictimProcess victim = VictimProcess.start(List.of("-Xmx" + heap + "m")).ready();
          AckJournal journal = AckJournal.open(notes)) {
        victim.order(oracle.order(store, notes).sequential(STEPS));
        String answer = victim.answer();
        while (answer.equals(Victim.OPEN)) {
          answer = victim.answer();
        }
        sum.add(AfterCrash.judge(store, oracle, journal));
        sum.wrong(
            journal.counted(Count.DAMAGE_SEEN), "a failed build changed what is there, at " + heap);
        builds += journal.counted(Count.BUILDS);
        starved += journal.counted(Count.STARVED_BUILDS);
        failed += journal.counted(Count.FAILED);
      }
      AfterCrash.delete(store);
    }
    Report.line(
        "out of memory (seed %d): %d heaps of %d to %d MiB, %d changes acknowledged, %d failed, %d"
            + " lost, %d unexplained; %d builds, %d out of memory; %.0f s",
        SEED,
        HEAPS,
        SMALLEST_HEAP_MIB,
        LARGEST_HEAP_MIB,
        sum.acknowledged(),
        failed,
        sum.lost(),
        sum.wrong(),
        builds,
        starved,
        (System.nanoTime() - begin) / 1e9);
    assertEquals(List.of(), sum.complaints());
    assertTrue(starved > 0 && builds > 0, "some heaps should do and some not");
  }

  @Test
  void outOfOpenFiles_failsWhatNeedsOne_andLosesNothing() throws IOException {
    Shell.require("prlimit");
    Path notes = directory.resolve("journal");
    Path store = directory.resolve("store");
    var oracle = new Oracle(Script.ofSeed(SEED));
    try (VictimProcess victim =
            VictimProcess.startFromJar(directory.resolve("classes.jar")).ready();
        AckJournal journal = AckJournal.open(notes)) {
      long openAtFirst = AfterCrash.children(Path.of("/proc/" + victim.pid() + "/fd")).size();
      // Without drops: one that stands in doubt because its directory could not be opened to be
      // forced makes the store read-only.
      victim.order(oracle.order(store, notes).with(WorkOrder.Work.WITHOUT_DROPS));
      victim.await(
          () ->
              journal.counted(Count.ACKNOWLEDGED) >= 50
                  && journal.counted(Count.BUILDS) >= 2
                  && journal.counted(Count.VERIFICATIONS) >= 2);
      limitOpenFiles(victim, openAtFirst);
      victim.await(() -> journal.counted(Count.FAILED_BUILDS) >= 3);
      limitOpenFiles(victim, 1_024);
      long builds = journal.counted(Count.BUILDS);
      victim.await(() -> journal.counted(Count.BUILDS) > builds);
      victim.kill();
      Oracle.Verdict verdict = AfterCrash.judge(store, oracle, journal);
      Report.line(
          "out of open files (seed %d): %d changes acknowledged, %d lost, %d unexplained; %d builds"
              + " failed, %d did not",
          SEED,
          verdict.acknowledged(),
          verdict.lost(),
          verdict.wrong(),
          journal.counted(Count.FAILED_BUILDS),
          journal.counted(Count.BUILDS));
      assertEquals(List.of(), verdict.complaints());
    }
    assertTrue(Files.exists(store));
  }

  private static void limitOpenFiles(VictimProcess victim, long count) {
    var ignored =
        Shell.run("prlimit", "--pid", Long.toString(victim.pid()), "--nofile=" + count + ":");
    assert ignored.isEmpty();
  }
}

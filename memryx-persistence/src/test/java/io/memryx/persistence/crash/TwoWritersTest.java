package io.memryx.persistence.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.persistence.StoreLockedException;
import io.memryx.persistence.crash.AckJournal.Count;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two processes want to write to one store. The second is told so at once; and where the first one
 * slept while its lock was taken away and another took over, it must not do anything any more.
 */
class TwoWritersTest {
  private static final int ROUNDS = Integer.getInteger("memryx.crash.takeovers", 3);
  private static final long SEED = Long.getLong("memryx.crash.seed", System.nanoTime());

  /** Takeovers until the control must have lost something. */
  private static final int CONTROL_ROUNDS = 15;

  private final SplittableRandom random = new SplittableRandom(SEED);

  @TempDir Path directory;

  @BeforeEach
  void requireTools() {
    Shell.require("kill");
  }

  @Test
  void secondWriter_isRefusedAtOnce() throws IOException {
    Path store = directory.resolve("store");
    Path notes = directory.resolve("journal");
    var oracle = new Oracle(Script.ofSeed(SEED));
    try (VictimProcess first = VictimProcess.start().ready();
        VictimProcess second = VictimProcess.start().ready();
        AckJournal journal = AckJournal.open(notes)) {
      first.order(oracle.order(store, notes));
      first.await(() -> journal.counted(Count.ACKNOWLEDGED) > 10);
      second.order(oracle.order(store, directory.resolve("journal-of-second")));
      String answer = second.answer();
      assertTrue(
          answer.startsWith(Victim.REFUSED)
              && answer.contains(StoreLockedException.class.getSimpleName()),
          answer);
      first.kill();
      assertEquals(List.of(), AfterCrash.judge(store, oracle, journal).complaints());
    }
  }

  @Test
  void writerThatSlept_whileAnotherTookOver_neitherAcknowledgesNorCommits() throws IOException {
    var sum = new Sum();
    for (int round = 0; round < ROUNDS; round++) {
      takeOver(round, Sabotage.NONE, sum);
    }
    Report.line("two writers (seed %d): %s", SEED, sum);
    assertEquals(List.of(), sum.verdict.complaints());
    assertEquals(0, sum.acknowledgedAndLost + sum.commits, sum.toString());
    assertTrue(sum.fenced >= ROUNDS, sum.toString());
  }

  /** The control: without a look at the lock after each force, changes go to a log nobody reads. */
  @Test
  void writerThatSlept_andDoesNotLookAtItsLock_losesChangesButNeverCommits() throws IOException {
    var sum = new Sum();
    // Its own next commit tells it: until then, or not at all, it acknowledges.
    for (int round = 0; round < CONTROL_ROUNDS && sum.acknowledgedAndLost == 0; round++) {
      takeOver(round, Sabotage.BLIND_TO_LOCK, sum);
    }
    Report.line("two writers, the first blind to its lock: %s", sum);
    assertEquals(List.of(), sum.verdict.complaints());
    assertTrue(sum.acknowledgedAndLost > 0, sum.toString());
    assertEquals(0, sum.commits, sum.toString());
  }

  private void takeOver(int round, Sabotage sabotage, Sum sum) throws IOException {
    Path store = Files.createDirectory(directory.resolve("store-" + round)).resolve("data");
    Path oldNotes = directory.resolve("old-journal-" + round);
    Path newNotes = directory.resolve("new-journal-" + round);
    var oracle = new Oracle(Script.ofSeed(random.nextLong()));
    try (VictimProcess old = VictimProcess.start().ready();
        VictimProcess successor = VictimProcess.start().ready();
        AckJournal oldJournal = AckJournal.open(oldNotes);
        AckJournal newJournal = AckJournal.open(newNotes)) {
      old.order(oracle.order(store, oldNotes).with(sabotage));
      long steps = random.nextInt(20, 200);
      old.await(() -> oldJournal.counted(Count.ACKNOWLEDGED) >= steps);
      boolean ended = old.endsWithin(random.nextInt(20_000));
      sum.verdict.wrong(ended ? 1 : 0, "the first writer ended by itself");
      old.signal("STOP");
      Files.delete(store.resolve("LOCK"));
      sum.verdict.add(AfterCrash.judge(store, oracle, oldJournal));
      WorkOrder order = oracle.order(store, newNotes);
      successor.order(order);
      successor.await(() -> newJournal.counted(Count.ACKNOWLEDGED) >= 20);
      long begun = oldJournal.counted(Count.BUILDS_BEGUN);
      old.signal("CONT");
      awaitFailures(old, oldJournal, begun, sabotage);
      sum.count(oracle, oldJournal, begun);
      old.kill();
      long more = newJournal.counted(Count.ACKNOWLEDGED) + 20;
      successor.await(() -> newJournal.counted(Count.ACKNOWLEDGED) >= more);
      successor.kill();
      sum.verdict.add(AfterCrash.judge(store, oracle, newJournal));
    }
  }

  /** Waits until the old writer's clients have tried on, and two builds have. */
  private static void awaitFailures(
      VictimProcess old, AckJournal journal, long begun, Sabotage sabotage) {
    long acknowledged = journal.counted(Count.ACKNOWLEDGED);
    old.await(
        () ->
            journal.counted(Count.BUILDS_BEGUN) >= begun + 2
                && (journal.counted(Count.FENCED) + journal.counted(Count.FAILED) >= 10
                    || (sabotage == Sabotage.BLIND_TO_LOCK
                        && journal.counted(Count.ACKNOWLEDGED) >= acknowledged + 10)));
  }

  /** What a number of takeovers gave. */
  private static final class Sum {
    private final Oracle.Verdict verdict = new Oracle.Verdict();
    private long takeovers;
    private long fenced;
    private long fencedBuilds;
    private long failed;
    private long acknowledgedAndLost;
    private long commits;

    /** Compares what the old writer was told with what its successor found. */
    void count(Oracle oracle, AckJournal old, long buildsBegun) {
      takeovers++;
      fenced += old.counted(Count.FENCED);
      failed += old.counted(Count.FAILED);
      fencedBuilds += old.counted(Count.FENCED_BUILDS);
      commits += Math.max(0, old.counted(Count.BUILDS) - buildsBegun);
      acknowledgedAndLost += oracle.acknowledgedSince(old);
    }

    @Override
    public String toString() {
      return ("%d takeovers, %d changes acknowledged, %d lost, %d unexplained; of the old writer %d"
              + " changes and %d builds refused, %d changes failed otherwise, %d acknowledged and lost, %d builds committed")
          .formatted(
              takeovers,
              verdict.acknowledged(),
              verdict.lost(),
              verdict.wrong(),
              fenced,
              fencedBuilds,
              failed,
              acknowledgedAndLost,
              commits);
    }
  }
}

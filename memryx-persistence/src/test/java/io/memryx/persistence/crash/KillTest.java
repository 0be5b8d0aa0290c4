package io.memryx.persistence.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.persistence.DurabilityOptions;
import io.memryx.persistence.crash.AckJournal.Count;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes are killed at any moment of their work, as {@code kill -9} does; nothing that was
 * acknowledged may be missing, whatever the durability; and each backup that was made meanwhile has
 * what was acknowledged before it.
 */
class KillTest {
  private static final int KILLS = Integer.getInteger("memryx.crash.kills", 100);
  private static final long SEED = Long.getLong("memryx.crash.seed", System.nanoTime());

  /** Two stores at a time: while one is judged, the other one's process works. */
  private static final int LANES = 2;

  /** A store is killed so often before a new one is begun. */
  private static final int LIVES = 10;

  /** Every so often the older generation is opened as well. */
  private static final int KILLS_PER_FALL_BACK = 3;

  @TempDir Path directory;

  @Test
  void kill_atAnyMoment_keepsWhatWasAcknowledged()
      throws IOException, InterruptedException, ExecutionException {
    long begin = System.nanoTime();
    var sum = new Tally();
    try (ExecutorService lanes = Executors.newFixedThreadPool(LANES)) {
      var tallies = new ArrayList<Future<Tally>>();
      for (int lane = 0; lane < LANES; lane++) {
        int number = lane;
        tallies.add(lanes.submit(() -> new Lane(number).kill(KILLS / LANES)));
      }
      for (Future<Tally> tally : tallies) {
        sum.add(tally.get());
      }
    }
    Report.line("kill -9 (seed %d): %s; %.0f s", SEED, sum, (System.nanoTime() - begin) / 1e9);
    assertEquals(List.of(), sum.verdict.complaints());
    assertEquals(0, sum.verdict.lost() + sum.verdict.wrong() + sum.damageSeen);
    assertTrue(sum.verdict.acknowledged() > 10L * KILLS, "hardly anything was tried: " + sum);
    assertEquals(0, sum.backupsFailed);
    assertTrue(sum.backupsCutOff > 0 && sum.restores > 0, sum.toString());
    assertTrue(sum.builds > 0 && sum.fallBacks > 0 && sum.verifications > 0, sum.toString());
  }

  /** What a number of kills gave. */
  private static final class Tally {
    private final Oracle.Verdict verdict = new Oracle.Verdict();
    private long kills;
    private long builds;
    private long buildsCutOff;
    private long verifications;
    private long damageSeen;
    private long fallBacks;
    private long backups;
    private long backupsCutOff;
    private long backupsFailed;
    private long restores;

    void count(AckJournal journal) {
      kills++;
      builds += journal.counted(Count.BUILDS);
      buildsCutOff +=
          journal.counted(Count.BUILDS_BEGUN)
              - journal.counted(Count.BUILDS)
              - journal.counted(Count.FAILED_BUILDS);
      verifications += journal.counted(Count.VERIFICATIONS);
      damageSeen += journal.counted(Count.DAMAGE_SEEN);
      backups += journal.counted(Count.BACKUPS);
      backupsFailed += journal.counted(Count.FAILED_BACKUPS);
      backupsCutOff +=
          journal.counted(Count.BACKUPS_BEGUN)
              - journal.counted(Count.BACKUPS)
              - journal.counted(Count.FAILED_BACKUPS);
    }

    void add(Tally other) {
      verdict.add(other.verdict);
      kills += other.kills;
      builds += other.builds;
      buildsCutOff += other.buildsCutOff;
      verifications += other.verifications;
      damageSeen += other.damageSeen;
      fallBacks += other.fallBacks;
      backups += other.backups;
      backupsCutOff += other.backupsCutOff;
      backupsFailed += other.backupsFailed;
      restores += other.restores;
    }

    @Override
    public String toString() {
      return ("%d processes killed, %d changes acknowledged, %d lost, %d unexplained, %d made and not"
              + " answered; %d builds, %d cut off; %d checks of live stores, %d found damage;"
              + " %d older generations opened; %d backups, %d cut off, %d failed, %d restored")
          .formatted(
              kills,
              verdict.acknowledged(),
              verdict.lost(),
              verdict.wrong(),
              verdict.unanswered(),
              builds,
              buildsCutOff,
              verifications,
              damageSeen,
              fallBacks,
              backups,
              backupsCutOff,
              backupsFailed,
              restores);
    }
  }

  /** One store after the other, each killed several times. */
  private final class Lane {
    private final int lane;
    private final SplittableRandom random;
    private final Tally tally = new Tally();

    Lane(int lane) {
      this.lane = lane;
      this.random = new SplittableRandom(SEED + lane);
    }

    Tally kill(int times) throws IOException {
      VictimProcess next = VictimProcess.start();
      try {
        Oracle oracle = new Oracle(Script.ofSeed(random.nextLong()));
        Path store = directory.resolve("lane-" + lane + "-store-0");
        for (int i = 0; i < times; i++) {
          if (i % LIVES == 0 && i > 0) {
            AfterCrash.delete(store);
            oracle = new Oracle(Script.ofSeed(random.nextLong()));
            store = directory.resolve("lane-" + lane + "-store-" + i);
          }
          VictimProcess victim = next;
          victim.ready();
          next = VictimProcess.start();
          killOnce(victim, store, oracle, i % KILLS_PER_FALL_BACK == KILLS_PER_FALL_BACK - 1);
        }
      } finally {
        next.close();
      }
      return tally;
    }

    private void killOnce(VictimProcess victim, Path store, Oracle oracle, boolean fallBack)
        throws IOException {
      Path notes = directory.resolve("lane-" + lane + ".journal");
      Files.deleteIfExists(notes);
      try (victim;
          AckJournal journal = AckJournal.open(notes)) {
        victim.order(
            oracle.order(store, notes).with(anyDurability()).with(WorkOrder.Work.BACKED_UP));
        long steps = random.nextInt(random.nextInt(10) == 0 ? 1 : 300);
        long builds = random.nextInt(3) == 0 ? random.nextInt(1, 3) : 0;
        victim.await(
            () ->
                journal.counted(Count.ACKNOWLEDGED) >= steps
                    && journal.counted(Count.BUILDS) >= builds);
        boolean ended = victim.endsWithin(random.nextInt(20_000));
        victim.kill();
        tally.count(journal);
        var ofBackups = new Oracle.Verdict();
        tally.restores +=
            AfterCrash.restoreBackups(WorkOrder.backups(notes), oracle, journal, ofBackups);
        Oracle.Verdict verdict = AfterCrash.judge(store, oracle, journal);
        verdict.add(ofBackups);
        verdict.wrong(ended ? 1 : 0, "the process ended by itself");
        if (fallBack) {
          Path copy = directory.resolve("lane-" + lane + "-copy");
          tally.fallBacks += AfterCrash.fallBack(store, copy, verdict);
          AfterCrash.delete(copy);
        }
        tally.verdict.add(verdict);
      }
    }

    /** The end of a process must not lose anything in any mode. */
    private DurabilityOptions anyDurability() {
      return switch (random.nextInt(4)) {
        case 0 -> DurabilityOptions.async(Duration.ofMillis(20));
        case 1 -> DurabilityOptions.os();
        default -> DurabilityOptions.fsync();
      };
    }
  }
}

package io.memryx.persistence.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.persistence.DurabilityOptions;
import io.memryx.persistence.crash.AckJournal.Count;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The power of a real file system is cut while a process writes. Beside each promise is a control:
 * the same with one mechanism left out, which must lose something.
 */
class PowerLossTest {
  private static final int CUTS = Integer.getInteger("memryx.crash.cuts", 25);
  private static final long SEED = Long.getLong("memryx.crash.seed", System.nanoTime());

  /** A store is cut so often before a new one is begun: its log would fill the volume. */
  private static final int LIVES = 10;

  /** Cuts until a control must have lost something. */
  private static final int CONTROL_CUTS = 15;

  private static final Duration INTERVAL = Duration.ofMillis(50);

  /** The oldest change that may be lost: two intervals, and what a busy machine may be late by. */
  private static final Duration ASYNC_BOUND = INTERVAL.multipliedBy(2).plusSeconds(1);

  /** So long do processes work where age counts; a good deal longer than that bound. */
  private static final Duration ASYNC_WORK = Duration.ofMillis(2_500);

  private final SplittableRandom random = new SplittableRandom(SEED);

  @TempDir Path directory;

  @BeforeEach
  void requireTools() {
    Shell.requireRootAnd(LoopVolume.PROGRAMS);
  }

  @ParameterizedTest
  @EnumSource
  void powerCut_fsync_keepsWhatWasAcknowledged(LoopVolume.Type type) throws IOException {
    Oracle.Verdict verdict = cut(type, DurabilityOptions.fsync(), Sabotage.NONE, CUTS);
    assertEquals(List.of(), verdict.complaints());
  }

  @ParameterizedTest
  @EnumSource
  void powerCut_async_losesNoMoreThanTwoIntervals(LoopVolume.Type type) throws IOException {
    Oracle.Verdict verdict =
        cut(type, DurabilityOptions.async(INTERVAL), Sabotage.NONE, Math.ceilDiv(CUTS, 8));
    assertEquals(0, verdict.wrong(), verdict.complaints().toString());
    assertTrue(verdict.oldestLossNanos() <= ASYNC_BOUND.toNanos(), verdict.complaints().toString());
  }

  @ParameterizedTest
  @EnumSource
  void powerCut_asyncAndLogNeverForced_losesMore(LoopVolume.Type type) throws IOException {
    Oracle.Verdict verdict =
        cut(type, DurabilityOptions.async(INTERVAL), Sabotage.NO_LOG_FORCE, CONTROL_CUTS);
    assertTrue(verdict.oldestLossNanos() > ASYNC_BOUND.toNanos(), verdict.complaints().toString());
  }

  @ParameterizedTest
  @EnumSource
  void powerCut_logNeverForced_losesSomething(LoopVolume.Type type) throws IOException {
    assertLoses(type, Sabotage.NO_LOG_FORCE);
  }

  @ParameterizedTest
  @EnumSource
  void powerCut_logForcedTooLate_losesSomething(LoopVolume.Type type) throws IOException {
    assertLoses(type, Sabotage.LATE_LOG_FORCE);
  }

  @ParameterizedTest
  @EnumSource
  void powerCut_directoriesNeverForced_losesSomething(LoopVolume.Type type) throws IOException {
    assertLoses(type, Sabotage.NO_DIRECTORY_FORCE);
  }

  /** Ext4 forces a file that is renamed by itself; only XFS shows that it is needed. */
  @Test
  void powerCut_snapshotsNeverForced_losesSomethingOnXfs() throws IOException {
    assertLoses(LoopVolume.Type.XFS, Sabotage.NO_SNAPSHOT_FORCE);
  }

  private void assertLoses(LoopVolume.Type type, Sabotage sabotage) throws IOException {
    Oracle.Verdict verdict = cut(type, DurabilityOptions.fsync(), sabotage, CONTROL_CUTS);
    assertTrue(
        verdict.lost() + verdict.wrong() > 0, sabotage + " on " + type + " should lose something");
  }

  /** Cuts the power so often; with sabotage only until something is lost. */
  private Oracle.Verdict cut(
      LoopVolume.Type type, DurabilityOptions durability, Sabotage sabotage, int times)
      throws IOException {
    long begin = System.nanoTime();
    var sum = new Oracle.Verdict();
    int cuts = 0;
    long builds = 0;
    try (LoopVolume volume = LoopVolume.make(type, directory)) {
      VictimProcess next = VictimProcess.start();
      try {
        Path store = volume.root().resolve("store");
        Oracle oracle = new Oracle(Script.ofSeed(random.nextLong()));
        while (cuts < times && (sabotage == Sabotage.NONE || sum.complaints().isEmpty())) {
          if (cuts % LIVES == 0 && cuts > 0) {
            AfterCrash.delete(store);
            oracle = new Oracle(Script.ofSeed(random.nextLong()));
          }
          VictimProcess victim = next.ready();
          next = VictimProcess.start();
          Path notes = directory.resolve("journal-" + cuts);
          try (victim;
              AckJournal journal = AckJournal.open(notes)) {
            WorkOrder order =
                oracle
                    .order(store, notes)
                    .with(durability)
                    .with(sabotage)
                    .with(work(durability, sabotage));
            OptionalLong cut = cutOnce(volume, victim, order, journal);
            builds += journal.counted(Count.BUILDS);
            sum.add(AfterCrash.judge(order.directory(), oracle, journal, cut));
            sum.wrong(
                journal.counted(Count.ACKNOWLEDGED_AFTER_FAILURE),
                "acknowledged after a failed force");
          }
          Files.delete(notes);
          cuts++;
        }
      } finally {
        next.close();
      }
    }
    Report.line(
        "power cut on %s, %s, left out: %s (seed %d): %d cuts, %d changes acknowledged, %d builds,"
            + " %d lost (the oldest acknowledged %d ms before), %d unexplained; %d more were"
            + " acknowledged after the cut; %.0f s",
        type,
        durability.mode(),
        sabotage,
        SEED,
        cuts,
        sum.acknowledged(),
        builds,
        sum.lost(),
        sum.oldestLossNanos() / 1_000_000,
        sum.wrong(),
        sum.late(),
        (System.nanoTime() - begin) / 1e9);
    return sum;
  }

  /**
   * On these file systems, a change that is logged in a new file makes durable whatever was done to
   * names before: so the control for directories ends with a drop, after which nothing is logged.
   * Where it counts how old what is lost may be, nothing but the log may make anything durable.
   */
  private static WorkOrder.Work work(DurabilityOptions durability, Sabotage sabotage) {
    if (sabotage == Sabotage.NO_DIRECTORY_FORCE) {
      return WorkOrder.Work.UNTIL_DROP;
    }
    return durability.mode() == DurabilityOptions.Mode.ASYNC
        ? WorkOrder.Work.UNBUILT
        : WorkOrder.Work.CONCURRENT;
  }

  /** Gives the time of the cut. */
  private OptionalLong cutOnce(
      LoopVolume volume, VictimProcess victim, WorkOrder order, AckJournal journal) {
    victim.order(order);
    long steps = random.nextInt(200);
    long builds =
        switch (order.work()) {
          case UNTIL_DROP, UNBUILT -> 0;
          case CONCURRENT, BACKED_UP, WITHOUT_DROPS, SEQUENTIAL ->
              order.sabotage() == Sabotage.NO_SNAPSHOT_FORCE || random.nextInt(3) == 0 ? 1 : 0;
        };
    long drops = order.work() == WorkOrder.Work.UNTIL_DROP ? 1 : 0;
    victim.await(
        () ->
            journal.counted(Count.ACKNOWLEDGED) >= (drops > 0 ? 1 : steps)
                && journal.counted(Count.BUILDS) >= builds
                && journal.counted(Count.DROPS) >= drops);
    long more = order.work() == WorkOrder.Work.UNBUILT ? ASYNC_WORK.toNanos() / 1_000 : 0;
    boolean ended = victim.endsWithin(more + random.nextInt(20_000));
    assert !ended;
    long cut = volume.cutPower();
    victim.kill();
    volume.restart();
    return OptionalLong.of(cut);
  }
}

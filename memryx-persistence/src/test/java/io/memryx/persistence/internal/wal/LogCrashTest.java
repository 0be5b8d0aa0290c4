package io.memryx.persistence.internal.wal;

import static io.memryx.persistence.internal.wal.TestLog.deletion;
import static io.memryx.persistence.internal.wal.TestLog.failureOf;
import static io.memryx.persistence.internal.wal.TestLog.text;
import static io.memryx.persistence.internal.wal.TestLog.upsert;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.persistence.DurabilityOptions;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.internal.disk.MemoryFiles;
import io.memryx.persistence.internal.disk.MemoryFiles.Unforced;
import io.memryx.snapshot.Change;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LogCrashTest {
  private static final int MAX_OPERATIONS = 1_000;
  private static final int MAX_SUBSET_WRITES = 6;

  /** A system that takes few bytes at once, so that there is more to lose. */
  private static final int WRITE_BYTES = 10_000;

  /** What was found wrong in how many states. */
  private static final class Outcome {
    int states;
    final List<String> violations = new ArrayList<>();
  }

  /** What a script got acknowledged and what it asked for, up to a power cut. */
  private static final class Story {
    final List<String> acknowledged = new ArrayList<>();
    final List<String> attempted = new ArrayList<>();
    final List<Long> claimed = new ArrayList<>();
  }

  /** Small changes, rotations, and one that makes the file longer; null is a rotation. */
  private static List<Change> script() {
    List<Change> script = new ArrayList<>();
    script.add(upsert("a", 1));
    script.add(upsert("b", 5));
    script.add(deletion("a", 2));
    script.add(null);
    script.add(upsert("c", 300, 100));
    script.add(upsert("d", 2));
    script.add(null);
    script.add(upsert("e", 3, 400));
    return script;
  }

  @Test
  void append_powerCutBeforeAnyOperation_losesNothingAcknowledged() throws IOException {
    Outcome outcome = cutEverywhere(DurabilityOptions.fsync(), true, true);
    System.out.printf("power cuts of a log, fsync: %,d states%n", outcome.states);
    assertEquals(List.of(), outcome.violations);
    assertTrue(outcome.states > 1_000, outcome.states + " states");
  }

  @Test
  void append_asyncPowerCutBeforeAnyOperation_leavesABeginningOfWhatWasAsked() throws IOException {
    Outcome outcome = cutEverywhere(DurabilityOptions.async(Duration.ofSeconds(60)), true, true);
    System.out.printf("power cuts of a log, async: %,d states%n", outcome.states);
    assertEquals(List.of(), outcome.violations);
    assertTrue(outcome.states > 1_000, outcome.states + " states");
  }

  @Test
  void append_forcesThatDoNothing_areNoticed() throws IOException {
    assertNotEquals(List.of(), cutEverywhere(DurabilityOptions.fsync(), false, true).violations);
  }

  @Test
  void append_directorySyncsThatDoNothing_areNoticed() throws IOException {
    assertNotEquals(List.of(), cutEverywhere(DurabilityOptions.fsync(), true, false).violations);
  }

  private static Outcome cutEverywhere(DurabilityOptions options, boolean forces, boolean syncs)
      throws IOException {
    var outcome = new Outcome();
    cutEverywhere(options, forces, syncs, Integer.MAX_VALUE, outcome);
    cutEverywhere(options, forces, syncs, WRITE_BYTES, outcome);
    return outcome;
  }

  private static void cutEverywhere(
      DurabilityOptions options, boolean forces, boolean syncs, int largestWrite, Outcome outcome)
      throws IOException {
    for (int cut = 0; cut < MAX_OPERATIONS; cut++) {
      var files = new MemoryFiles();
      files.largestWrite = largestWrite;
      files.forces = forces;
      files.syncs = syncs;
      var story = new Story();
      boolean complete = play(files, options, story, cut);
      judge(files, options, story, "cut before operation " + cut, outcome);
      if (complete) {
        return;
      }
    }
    throw new AssertionError("the script has no end");
  }

  /** Plays the script until the power is off. */
  private static boolean play(MemoryFiles files, DurabilityOptions options, Story story, int cut)
      throws IOException {
    TestLog log = TestLog.open(files, options, story.claimed::add);
    files.syncDirectory(TestLog.ROOT);
    files.setFault(
        (index, operation) -> {
          if (index >= cut) {
            throw new IOException("the power is off");
          }
        });
    for (Change change : script()) {
      if (change == null) {
        failureOf(log.log::rotate);
      } else {
        story.attempted.add(story.attempted.size() + 1 + ": " + text(change));
        RuntimeException failure =
            failureOf(
                () -> {
                  long sequence = log.log.append(change);
                  story.acknowledged.add(sequence + ": " + text(change));
                });
        if (failure != null) {
          break;
        }
      }
    }
    failureOf(log.writer::close);
    return files.operations() <= cut;
  }

  private static void judge(
      MemoryFiles files, DurabilityOptions options, Story story, String where, Outcome outcome)
      throws IOException {
    int names = Math.min(files.pendingChanges(), 4);
    for (int survivors = 0; survivors < 1 << names; survivors++) {
      for (Unforced unforced : Unforced.values()) {
        judgeState(
            files.afterPowerCut(survivors, unforced),
            options,
            story,
            where + ", names " + survivors + ", bytes " + unforced,
            outcome);
      }
    }
    int writes = Math.min(files.pendingWrites(), MAX_SUBSET_WRITES);
    for (int kept = 0; kept < 1 << writes; kept++) {
      judgeState(
          files.afterPowerCut(-1, kept), options, story, where + ", writes " + kept, outcome);
    }
  }

  private static void judgeState(
      MemoryFiles left, DurabilityOptions options, Story story, String where, Outcome outcome) {
    outcome.states++;
    long newest = story.claimed.isEmpty() ? 0 : story.claimed.getLast();
    try {
      List<String> found;
      var claimed = new ArrayList<Long>();
      try (TestLog log =
          TestLog.open(left, new Position(1, 0, newest), DurabilityOptions.fsync(), claimed::add)) {
        found = log.changes;
        if (!story
            .attempted
            .subList(0, Math.min(found.size(), story.attempted.size()))
            .equals(found)) {
          outcome.violations.add(where + ": found " + found);
        }
        boolean all = options.mode() == DurabilityOptions.Mode.FSYNC;
        if (all && found.size() < story.acknowledged.size()) {
          outcome.violations.add(where + ": lost, found " + found.size());
        }
        log.log.append(upsert("next", 1));
      }
      List<String> after = new ArrayList<>(found);
      after.add(found.size() + 1 + ": " + text(upsert("next", 1)));
      MemoryFiles cutAgain = left.afterPowerCut(-1, Unforced.LOST);
      if (!TestLog.read(cutAgain, new Position(1, 0, claimed.getLast())).equals(after)) {
        outcome.violations.add(where + ": the next change is not what is read");
      }
    } catch (PersistenceException | IOException e) {
      outcome.violations.add(where + ": " + e);
    }
  }
}

package io.memryx.persistence.powercut;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.persistence.internal.file.MemoryStore;
import io.memryx.persistence.powercut.Enumeration.Outcome;
import io.memryx.persistence.powercut.Medium.Image;
import io.memryx.persistence.powercut.Script.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * That whatever a power cut leaves of a backup or restore is all of it, or recognizably not, and
 * that its source is unharmed.
 */
class CopyStatesTest {
  /** How many states are made at least, of each; the deep profile makes more. */
  private static final int STATES = Integer.getInteger("memryx.powercut.states", 20_000) / 20;

  private static final long FIRST_SEED = Long.getLong("memryx.powercut.seed", 0);

  /** A fault has to be found in so many recordings. */
  private static final int RECORDINGS = 12;

  /** Of the operations of a restore each of so many fails, for each recording another one first. */
  private static final int FAILING_STEP = 5;

  private static final Path ROOT = Path.of("/");

  /** What is in the way of a copy. */
  private enum Target {
    /** Nothing: it is made beside, and renamed. */
    ABSENT,
    /** An empty directory, such as a volume's: it is made inside. */
    EMPTY;

    static Target of(long seed) {
      return seed % 2 == 0 ? ABSENT : EMPTY;
    }
  }

  @Test
  void powerCutDuringABackup_leavesAllOfItOrRecognizablyNoneAndTheSourceUnharmed() {
    int states = 0;
    long seed = FIRST_SEED;
    for (; states < STATES; seed++) {
      states += judged(backup(seed));
    }
    System.out.printf(
        "power cuts during backups beside writers: %,d states of %d scripts from seed %d: whole, or"
            + " recognizably none%n",
        states, seed - FIRST_SEED, FIRST_SEED);
    assertTrue(states >= STATES);
  }

  @Test
  void powerCutDuringARestore_leavesAllOfItOrRecognizablyNoneAndTheSourceUnharmed()
      throws IOException {
    int states = 0;
    long seed = FIRST_SEED;
    for (; states < STATES; seed++) {
      states += judged(restore(seed));
    }
    System.out.printf(
        "power cuts during restores: %,d states of %d scripts from seed %d: whole, or recognizably"
            + " none%n",
        states, seed - FIRST_SEED, FIRST_SEED);
    assertTrue(states >= STATES);
  }

  @Test
  void powerCutDuringARestoreThatFails_leavesAllOfItOrRecognizablyNone() throws IOException {
    int states = 0;
    int failures = 0;
    for (long seed = 0; seed < RECORDINGS; seed++) {
      Recording recording = backedUp(seed);
      Restoring whole = Restoring.of(recording, seed);
      whole.run();
      int operations = whole.files().operations();
      for (int at = (int) (seed % FAILING_STEP); at < operations; at += FAILING_STEP) {
        Restoring failing = Restoring.of(recording, seed);
        failing.files().failAt(at);
        try {
          failing.run();
        } catch (PersistenceException | UncheckedIOException e) {
          failures++;
        }
        states += judged(failing.played(recording.script()));
      }
    }
    System.out.printf(
        "power cuts during restores that fail: %,d states of %d restores%n", states, failures);
    assertTrue(failures > RECORDINGS);
  }

  /** Something a copy might leave out. */
  enum Omission {
    FILES_NOT_FORCED,
    DIRECTORIES_NOT_SYNCED,
    NAME_NOT_SYNCED;

    private boolean leavesOut(Event event) {
      return switch (event) {
        case Event.Forced _ -> this == FILES_NOT_FORCED;
        case Event.Synced(Path directory) ->
            this == (directory.equals(ROOT) ? NAME_NOT_SYNCED : DIRECTORIES_NOT_SYNCED);
        case Event.ByteChange _, Event.NameChange _ -> false;
        case Event.Begun _, Event.Returned _, Event.Opened _ -> false;
        case Event.CopyBegun _, Event.CopyReturned _ -> false;
      };
    }

    List<Event> of(List<Event> events) {
      return events.stream().filter(event -> !leavesOut(event)).toList();
    }
  }

  @ParameterizedTest
  @EnumSource
  void restoreThatLeavesSomethingOut_isFoundByAPowerCut(Omission omission) throws IOException {
    for (long seed = 0; seed < RECORDINGS; seed++) {
      Played played = restore(seed);
      Outcome outcome =
          Enumeration.of(
              played.script(), played.start(), omission.of(played.events()), played.witness());
      if (outcome.violation().isPresent()) {
        return;
      }
    }
    fail(omission + " has no consequences");
  }

  // ---- recordings

  /** A copy that was made, to be judged. */
  private record Played(Script script, Medium start, List<Event> events, Witness witness) {}

  private static int judged(Played played) {
    Outcome outcome =
        Enumeration.of(played.script(), played.start(), played.events(), played.witness());
    outcome.violation().ifPresent(violation -> fail(violation));
    return outcome.states();
  }

  private static Played backup(long seed) {
    Recording recording = backedUp(seed);
    return new Played(
        recording.script(),
        Medium.empty(),
        recording.events(),
        new BackupWitness(recording.script()));
  }

  private static Recording backedUp(long seed) {
    return Recording.of(
        script(seed),
        files ->
            copy(
                files,
                Target.of(seed),
                BackupWitness.BACKUP,
                () -> MemoryStore.backup(files, BackupWitness.BACKUP)));
  }

  /** Of a backup, of the newest snapshot of the shared collection, or of the store itself. */
  private static Played restore(long seed) throws IOException {
    Recording recording = backedUp(seed);
    Restoring restoring = Restoring.of(recording, seed);
    restoring.run();
    return restoring.played(recording.script());
  }

  /** A restore of what a recording left, on files that write down what it does. */
  private record Restoring(Image image, Path source, TracingFiles files, Target target) {
    static Restoring of(Recording recording, long seed) throws IOException {
      Image image = Medium.after(recording.events()).after(Survivors.ALL);
      Path source = CopyStatesTest.source(seed, image.files());
      return new Restoring(
          image, source, TracingFiles.of(image, recording.events()), Target.of(seed / 3));
    }

    void run() {
      copy(
          files,
          target,
          RestoreWitness.RESTORED,
          () -> MemoryStore.restore(files, source, RestoreWitness.RESTORED));
    }

    Played played(Script script) throws IOException {
      var witness = new RestoreWitness(image, source);
      return new Played(script, Medium.of(image), files.events(), witness);
    }
  }

  private static Path source(long seed, StoreFiles files) {
    return switch ((int) (seed % 3)) {
      case 0 -> BackupWitness.BACKUP;
      case 1 ->
          MemoryStore.generations(files)
              .getFirst()
              .snapshot()
              .resolveSibling("snapshot_latest.mrx");
      default -> MemoryStore.ROOT;
    };
  }

  private static void copy(TracingFiles files, Target target, Path directory, Runnable making) {
    if (target == Target.EMPTY) {
      try {
        files.createDirectories(directory);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    files.add(new Event.CopyBegun());
    making.run();
    files.add(new Event.CopyReturned());
  }

  private static Script script(long seed) {
    return Script.of(seed, seed % 4 == 1 ? Shape.TWO_CLIENTS : Shape.ALONE);
  }
}

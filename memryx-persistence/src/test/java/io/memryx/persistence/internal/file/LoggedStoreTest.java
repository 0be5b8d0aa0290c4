package io.memryx.persistence.internal.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.MemryxException;
import io.memryx.VectorCollection;
import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.DurabilityOptions;
import io.memryx.persistence.FencedException;
import io.memryx.persistence.StorageFullException;
import io.memryx.persistence.StoreCondition;
import io.memryx.persistence.StoreCondition.State;
import io.memryx.persistence.VerifyReport.Status;
import io.memryx.persistence.internal.disk.MemoryFiles;
import io.memryx.persistence.internal.disk.MemoryFiles.Unforced;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Generations and logs together, under the engine that uses them. */
class LoggedStoreTest {
  private static final int MAX_OPERATIONS = 1_000;

  private static Manifest newest(MemoryFiles files) throws IOException {
    var objects = new DirectoryListing(files, TestStore.DIRECTORY);
    return Generations.readManifest(objects, Generations.numbers(objects.list()).last());
  }

  private static void flip(MemoryFiles files, String name) {
    byte[] bytes = files.bytes(TestStore.DIRECTORY.resolve(name));
    bytes[bytes.length / 2] ^= 1;
    files.damage(TestStore.DIRECTORY.resolve(name), bytes);
  }

  static List<DurabilityOptions> everyMode() {
    return List.of(
        DurabilityOptions.fsync(),
        DurabilityOptions.async(Duration.ofSeconds(60)),
        DurabilityOptions.os());
  }

  @ParameterizedTest
  @MethodSource("everyMode")
  void reopen_neverBuilt_hasEveryChangeAfterAClose(DurabilityOptions durability) {
    var files = new MemoryFiles();
    try (TestStore home = TestStore.open(files, durability)) {
      home.add(0, 10);
      home.add(10, 20);
      assertEquals(1, home.docs().delete(List.of(TestStore.id(3))));
    }
    Set<Integer> expected = new TreeSet<>(TestStore.range(0, 20));
    expected.remove(3);
    assertEquals(expected, TestStore.found(files.afterPowerCut(0, Unforced.LOST)));
  }

  @Test
  void fallback_overABuildThatNoChangeCameBefore_losesNothing() throws IOException {
    var files = new MemoryFiles();
    try (TestStore home = TestStore.open(files)) {
      home.add(0, 10);
    }
    try (TestStore home = TestStore.open(files)) {
      home.build();
    }
    try (TestStore home = TestStore.open(files)) {
      home.add(10, 20);
    }
    assertEquals(Status.SOUND, StoreInspector.inspect(files, TestStore.ROOT).status());
    flip(files, newest(files).image().file());
    assertEquals(TestStore.range(0, 20), TestStore.found(files));
  }

  @Test
  void reopen_emptyCollection_isThere() {
    var files = new MemoryFiles();
    try (TestStore home = TestStore.open(files)) {
      assertEquals(0, home.docs().size());
    }
    try (TestStore home = TestStore.open(files.afterPowerCut(0, Unforced.LOST))) {
      assertEquals(TestStore.OPTIONS, home.store().find(TestStore.NAME).orElseThrow().options());
    }
  }

  @Test
  void reopen_overManyOpeningsAndBuilds_losesNothingAndBoundsTheFiles() throws IOException {
    var files = new MemoryFiles();
    for (int opening = 0; opening < 12; opening++) {
      try (TestStore home = TestStore.open(files)) {
        assertEquals(TestStore.range(0, 10 * opening), home.numbers());
        home.add(10 * opening, 10 * opening + 10);
        if (opening % 4 == 3) {
          home.build();
        }
      }
    }
    assertEquals(TestStore.range(0, 120), TestStore.found(files));
    assertEquals(2, TestStore.names(files, "snap-").size());
    assertTrue(
        TestStore.names(files, "MANIFEST").size() <= 4,
        TestStore.names(files, "MANIFEST").toString());
    assertTrue(
        TestStore.names(files, "wal-").size() <= 6, TestStore.names(files, "wal-").toString());
  }

  @Test
  void load_newestSnapshotDamaged_losesNothingAndSaysSoUntilTheNextBuild() throws IOException {
    MemoryFiles files = TestStore.builtTwice();
    flip(files, newest(files).image().file());
    for (int opening = 0; opening < 2; opening++) {
      try (TestStore home = TestStore.open(files)) {
        assertEquals(TestStore.range(0, 60 + opening), home.numbers());
        StoreCondition condition = home.store().condition();
        // After the first change the older snapshot is the one that was committed last.
        assertEquals(opening == 0 ? State.DEGRADED : State.SOUND, condition.state());
        home.add(60 + opening, 61 + opening);
        if (opening == 1) {
          home.build();
          assertEquals(StoreCondition.sound(), home.store().condition());
        }
      }
    }
    assertEquals(TestStore.range(0, 62), TestStore.found(files));
  }

  @Test
  void load_newestManifestDamaged_losesNothing() throws IOException {
    MemoryFiles files = TestStore.builtTwice();
    for (String manifest : TestStore.names(files, "MANIFEST").reversed()) {
      MemoryFiles damaged = files.copy();
      flip(damaged, manifest);
      assertEquals(TestStore.range(0, 60), TestStore.found(damaged), manifest);
    }
  }

  @Test
  void load_anyNeededFileMissing_losesNothingOrIsRefused() throws IOException {
    MemoryFiles files = TestStore.builtTwice();
    long floor = newest(files).log().floor();
    int refused = 0;
    for (String name : TestStore.names(files, "")) {
      MemoryFiles missing = files.copy();
      missing.delete(TestStore.DIRECTORY.resolve(name));
      try {
        assertEquals(TestStore.range(0, 60), TestStore.found(missing), name);
      } catch (CorruptSnapshotException e) {
        assertTrue(StoreNames.segmentNumber(name) >= floor, name);
        refused++;
      }
    }
    assertTrue(refused > 0);
  }

  @Test
  void save_writerThatWasTakenOver_isFencedAndWhatTheOtherHasStays() {
    var files = new MemoryFiles();
    TestStore old = TestStore.open(files);
    old.add(0, 10);
    files.dropLock();
    try (TestStore taking = TestStore.open(files)) {
      taking.add(10, 20);
      assertThrows(FencedException.class, old::build);
      assertThrows(FencedException.class, () -> old.add(90, 91));
      assertEquals(State.READ_ONLY, old.store().condition().state());
      assertThrows(FencedException.class, () -> old.store().drop(TestStore.NAME));
      taking.add(20, 30);
      taking.build();
    }
    assertEquals(TestStore.range(0, 30), TestStore.found(files));
  }

  @Test
  void upsert_lockTakenAway_isFencedNotAcknowledged() {
    var files = new MemoryFiles();
    TestStore home = TestStore.open(files);
    home.add(0, 10);
    files.takeLock();
    assertThrows(FencedException.class, () -> home.add(10, 20));
    assertEquals(TestStore.range(0, 10), home.numbers());
    assertEquals(State.READ_ONLY, home.store().condition().state());
  }

  @Test
  void upsert_firstOfAnOpening_isLoggedAfterItsSegmentWasClaimed() {
    MemoryFiles files = TestStore.builtTwice();
    List<String> trace = new ArrayList<>();
    try (TestStore home = TestStore.open(files)) {
      files.setFault((index, operation) -> trace.add(operation));
      home.add(60, 70);
      files.setFault((index, operation) -> {});
    }
    int segment = first(trace, "create wal-");
    int claim = first(trace, "link MANIFEST-");
    int frames = last(trace, "write wal-");
    assertTrue(segment >= 0 && segment < claim && claim < frames, trace.toString());
    assertTrue(trace.subList(segment, claim).contains("syncDirectory"), trace.toString());
    assertTrue(trace.subList(claim, frames).contains("syncDirectory"), trace.toString());
  }

  @Test
  void build_forcesTheSnapshotThenTheManifestAndDeletesLast() {
    MemoryFiles files = TestStore.builtTwice();
    List<String> trace = new ArrayList<>();
    try (TestStore home = TestStore.open(files)) {
      home.add(60, 70);
      files.setFault((index, operation) -> trace.add(operation));
      home.build();
      files.setFault((index, operation) -> {});
    }
    List<String> order =
        List.of(
            "create wal-",
            "syncDirectory",
            "create snap-",
            "force",
            "rename snap-",
            "syncDirectory",
            "create MANIFEST-",
            "force",
            "link MANIFEST-",
            "syncDirectory",
            "delete MANIFEST-",
            "syncDirectory",
            "delete wal-");
    int at = 0;
    for (String each : order) {
      int next = first(trace.subList(at, trace.size()), each);
      assertTrue(next >= 0, each + " after " + at + " in " + trace);
      at += next + 1;
    }
    // The manifest's temporary name goes before, which is no deletion of a generation.
    int commit = first(trace, "link MANIFEST-");
    assertFalse(
        trace.subList(0, commit).stream()
            .anyMatch(each -> each.startsWith("delete") && !each.endsWith(".tmp")),
        trace.toString());
  }

  private static int first(List<String> trace, String prefix) {
    return IntStream.range(0, trace.size())
        .filter(i -> trace.get(i).startsWith(prefix))
        .findFirst()
        .orElse(-1);
  }

  private static int last(List<String> trace, String prefix) {
    return trace.size() - 1 - first(trace.reversed(), prefix);
  }

  @Test
  void upsert_diskFull_isRefusedAndWorksAgainWhenThereIsSpace() {
    var files = new MemoryFiles();
    int fitted = 0;
    try (TestStore home = TestStore.open(files)) {
      home.add(0, 10);
      files.space = 100_000;
      try {
        for (fitted = 1; fitted < 1_000; fitted++) {
          home.add(10 * fitted, 10 * fitted + 10);
        }
      } catch (StorageFullException e) {
        assertTrue(e.toString().contains("space"), e.toString());
      }
      assertTrue(fitted < 1_000, "there was space for everything");
      assertEquals(State.FULL, home.store().condition().state());
      assertEquals(TestStore.range(0, 10 * fitted), home.numbers());
      files.space = Long.MAX_VALUE;
      home.add(10_000, 10_010);
      assertEquals(State.SOUND, home.store().condition().state());
    }
    Set<Integer> expected = new TreeSet<>(TestStore.range(0, 10 * fitted));
    expected.addAll(TestStore.range(10_000, 10_010));
    assertEquals(expected, TestStore.found(files));
  }

  @Test
  void drop_thenTheSameNameAgain_hasNothingOfTheFirst() throws IOException {
    var files = new MemoryFiles();
    try (TestStore home = TestStore.open(files)) {
      home.add(0, 10);
      VectorCollection dropped = home.docs();
      assertTrue(home.store().drop(TestStore.NAME));
      assertThrows(IllegalStateException.class, () -> dropped.upsert(TestStore.entries(50, 51)));
      assertEquals(
          Set.of(TestStore.ROOT.resolve(StoreNames.LOCK)), Set.copyOf(files.list(TestStore.ROOT)));
      home.add(10, 20);
    }
    assertEquals(TestStore.range(10, 20), TestStore.found(files.afterPowerCut(0, Unforced.LOST)));
  }

  /** A change of a store that holds entries 0 to 60, and what may be found after it. */
  enum Step {
    APPEND(60, 70) {
      @Override
      void run(TestStore home) {
        home.add(60, 70);
      }
    },
    BUILD(60, 60) {
      @Override
      void run(TestStore home) {
        home.build();
      }
    },
    APPEND_AND_BUILD(60, 70) {
      @Override
      void run(TestStore home) {
        home.add(60, 70);
        home.build();
      }
    },
    DROP(60, 0) {
      @Override
      void run(TestStore home) {
        home.store().drop(TestStore.NAME);
      }
    };

    final int before;
    final int after;

    Step(int before, int after) {
      this.before = before;
      this.after = after;
    }

    abstract void run(TestStore home);
  }

  @ParameterizedTest
  @EnumSource
  void step_powerCutAtAnyOperation_isThereOrNotAndNothingElseIsLost(Step step) {
    List<String> violations = new ArrayList<>();
    int states = cutEverywhere(step, true, violations);
    System.out.printf("power cuts during %s with a log: %d states%n", step, states);
    assertEquals(List.of(), violations);
    assertTrue(states > 100, "only " + states + " states");
  }

  @Test
  void step_forcesThatDoNothing_areNoticedByThePowerCutTest() {
    List<String> violations = new ArrayList<>();
    assertTrue(cutEverywhere(Step.APPEND_AND_BUILD, false, violations) > 0);
    assertNotEquals(List.of(), violations);
  }

  private static int cutEverywhere(Step step, boolean forces, List<String> violations) {
    MemoryFiles base = TestStore.builtTwice();
    int states = 0;
    for (int cut = 0; cut < MAX_OPERATIONS; cut++) {
      MemoryFiles files = base.copy();
      files.forces = forces;
      boolean done = failingFrom(files, step, cut);
      boolean complete = files.operations() <= cut;
      Set<Set<Integer>> allowed =
          done
              ? Set.of(TestStore.range(0, step.after))
              : new HashSet<>(
                  List.of(TestStore.range(0, step.before), TestStore.range(0, step.after)));
      int pending = Math.min(files.pendingChanges(), 3);
      for (int survivors = 0; survivors < 1 << pending; survivors++) {
        for (Unforced unforced : Unforced.values()) {
          states++;
          String state = step + " cut at " + cut + ", " + survivors + ", " + unforced;
          judge(files.afterPowerCut(survivors, unforced), allowed, state, violations);
        }
      }
      if (complete) {
        return states;
      }
    }
    throw new AssertionError(step + " has no end");
  }

  private static boolean failingFrom(MemoryFiles files, Step step, int cut) {
    TestStore home = TestStore.open(files);
    files.setFault(
        (index, operation) -> {
          if (index >= cut) {
            throw new IOException("the power is off");
          }
        });
    try {
      step.run(home);
      return true;
    } catch (MemryxException e) {
      return false;
    } finally {
      try {
        home.close();
      } catch (MemryxException e) {
        // The power is off.
      }
    }
  }

  private static void judge(
      MemoryFiles left, Set<Set<Integer>> allowed, String state, List<String> violations) {
    try (TestStore home = TestStore.open(left)) {
      Set<Integer> found = home.numbers();
      if (!allowed.contains(found)) {
        violations.add(state + ": " + new TreeSet<>(found));
      }
      home.add(900, 901);
    } catch (MemryxException e) {
      violations.add(state + ": " + e);
      return;
    }
    if (!TestStore.found(left).contains(900)) {
      violations.add(state + ": the next change is not there after it");
    }
  }
}

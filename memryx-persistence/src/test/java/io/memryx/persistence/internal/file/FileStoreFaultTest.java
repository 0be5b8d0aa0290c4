package io.memryx.persistence.internal.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Metric;
import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.FencedException;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.SampleSnapshots;
import io.memryx.persistence.StorageFullException;
import io.memryx.persistence.StorageUnwritableException;
import io.memryx.persistence.VerifyReport.Status;
import io.memryx.persistence.internal.disk.MemoryFiles;
import io.memryx.persistence.internal.disk.MemoryFiles.Unforced;
import io.memryx.snapshot.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileStoreFaultTest {
  private static final Path ROOT = Path.of("/store");
  private static final String KEY = "acme/docs";
  private static final int MAX_OPERATIONS = 1_000;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void save_powerCutAtAnyOperation_leavesOldOrNew(int generationsBefore) {
    Outcome outcome = cutEverySave(generationsBefore, new MemoryFiles());
    System.out.printf(
        "power cuts over %d generations: %d states%n", generationsBefore, outcome.states);
    assertEquals(List.of(), outcome.violations);
    assertTrue(outcome.states > 100, "only " + outcome.states + " states");
  }

  @Test
  void save_forcesThatDoNothing_areNoticedByThePowerCutTest() {
    var files = new MemoryFiles();
    files.forces = false;
    assertNotEquals(List.of(), cutEverySave(1, files).violations);
  }

  @Test
  void save_directorySyncsThatDoNothing_areNoticedByThePowerCutTest() {
    var files = new MemoryFiles();
    files.syncs = false;
    assertNotEquals(List.of(), cutEverySave(1, files).violations);
  }

  private static final class Outcome {
    int states;
    final List<String> violations = new ArrayList<>();
  }

  /** Cuts the power before every operation of a save, and looks at everything that may be left. */
  private static Outcome cutEverySave(int generationsBefore, MemoryFiles template) {
    MemoryFiles base = storeWith(generationsBefore);
    var outcome = new Outcome();
    for (int cut = 0; cut < MAX_OPERATIONS; cut++) {
      MemoryFiles files = base.copy();
      files.forces = template.forces;
      files.syncs = template.syncs;
      boolean saved = saveFailingFrom(files, cut, generationsBefore + 1);
      boolean complete = files.operations() <= cut;
      String before = contents(generationsBefore);
      String after = contents(generationsBefore + 1);
      judge(files, new Judgement(before, after, saved), "cut at " + cut, outcome);
      if (complete) {
        return outcome;
      }
    }
    throw new AssertionError("a save has no end");
  }

  /** What may be found: what was before, unless it was over, and what is after. */
  private record Judgement(String before, String after, boolean over) {
    boolean accepts(String found) {
      return found.equals(after) || (!over && found.equals(before));
    }
  }

  private static void judge(MemoryFiles files, Judgement judgement, String where, Outcome outcome) {
    int pending = Math.min(files.pendingChanges(), 6);
    for (int survivors = 0; survivors < 1 << pending; survivors++) {
      for (Unforced unforced : Unforced.values()) {
        outcome.states++;
        MemoryFiles left = files.afterPowerCut(survivors, unforced);
        String state = where + ", survivors " + survivors + ", unforced bytes " + unforced;
        try (FileStore store = open(left)) {
          String found = SampleSnapshots.load(store, KEY);
          if (!judgement.accepts(found)) {
            outcome.violations.add(state + ": " + found);
          }
          store.save(KEY, sample(99));
          if (!SampleSnapshots.load(store, KEY).equals(contents(99))) {
            outcome.violations.add(state + ": the next save is not what is loaded");
          }
        } catch (PersistenceException e) {
          outcome.violations.add(state + ": " + e.getMessage());
        }
        if (StoreInspector.inspect(left, ROOT).status() != Status.SOUND) {
          outcome.violations.add(state + ": " + StoreInspector.inspect(left, ROOT));
        }
      }
    }
  }

  private static boolean saveFailingFrom(MemoryFiles files, int cut, int content) {
    try (FileStore store = open(files)) {
      SampleSnapshots.load(store, KEY);
      files.setFault(
          (index, operation) -> {
            if (index >= cut) {
              throw new IOException("the power is off");
            }
          });
      store.save(KEY, sample(content));
      return true;
    } catch (PersistenceException e) {
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void save_anyOneOperationFails_oldOrNewIsServedAtOnceAndAfterReopening(int generationsBefore) {
    MemoryFiles base = storeWith(generationsBefore);
    String before = contents(generationsBefore);
    String after = contents(generationsBefore + 1);
    for (int failing = 0; failing < MAX_OPERATIONS; failing++) {
      MemoryFiles files = base.copy();
      boolean saved;
      try (FileStore store = open(files)) {
        saved = saveFailingAt(files, store, failing, generationsBefore + 1);
        boolean complete = files.operations() <= failing;
        files.setFault((index, operation) -> {});
        assertEquals(saved ? after : before, SampleSnapshots.load(store, KEY), "at " + failing);
        if (complete) {
          assertTrue(saved);
          return;
        }
      }
      try (FileStore store = open(files)) {
        assertEquals(saved ? after : before, SampleSnapshots.load(store, KEY), "at " + failing);
        store.save(KEY, sample(99));
      }
      assertEquals(Status.SOUND, StoreInspector.inspect(files, ROOT).status(), "at " + failing);
    }
  }

  private static boolean saveFailingAt(
      MemoryFiles files, FileStore store, int failing, int content) {
    files.setFault(
        (index, operation) -> {
          if (index == failing) {
            throw new IOException("injected into " + operation);
          }
        });
    try {
      store.save(KEY, sample(content));
      return true;
    } catch (PersistenceException e) {
      assertInstanceOf(StorageUnwritableException.class, e);
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void delete_powerCutAtAnyOperation_leavesAllOrNothing(int generationsBefore) {
    Outcome outcome = cutEveryDelete(generationsBefore, new MemoryFiles());
    System.out.printf(
        "power cuts while deleting %d generations: %d states%n", generationsBefore, outcome.states);
    assertEquals(List.of(), outcome.violations);
    assertTrue(outcome.states > 100, "only " + outcome.states + " states");
  }

  @Test
  void delete_forcesThatDoNothing_areNoticedByThePowerCutTest() {
    var files = new MemoryFiles();
    files.forces = false;
    assertNotEquals(List.of(), cutEveryDelete(2, files).violations);
  }

  @Test
  void delete_directorySyncsThatDoNothing_areNoticedByThePowerCutTest() {
    var files = new MemoryFiles();
    files.syncs = false;
    assertNotEquals(List.of(), cutEveryDelete(2, files).violations);
  }

  /**
   * Cuts the power before every operation of a removal, and looks at everything that may be left.
   */
  private static Outcome cutEveryDelete(int generationsBefore, MemoryFiles template) {
    MemoryFiles base = storeWith(generationsBefore);
    var outcome = new Outcome();
    for (int cut = 0; cut < MAX_OPERATIONS; cut++) {
      MemoryFiles files = base.copy();
      files.forces = template.forces;
      files.syncs = template.syncs;
      boolean deleted = deleteFailingFrom(files, cut);
      boolean complete = files.operations() <= cut;
      String before = contents(generationsBefore);
      judge(files, new Judgement(before, contents(0), deleted), "cut at " + cut, outcome);
      if (complete) {
        return outcome;
      }
    }
    throw new AssertionError("a removal has no end");
  }

  private static boolean deleteFailingFrom(MemoryFiles files, int cut) {
    try (FileStore store = open(files)) {
      SampleSnapshots.load(store, KEY);
      files.setFault(
          (index, operation) -> {
            if (index >= cut) {
              throw new IOException("the power is off");
            }
          });
      return store.delete(KEY);
    } catch (PersistenceException e) {
      return false;
    }
  }

  @Test
  void delete_anyOneOperationFails_allOrNothingAndTheNextSaveCounts() {
    MemoryFiles base = storeWith(3);
    for (int failing = 0; failing < MAX_OPERATIONS; failing++) {
      MemoryFiles files = base.copy();
      int at = failing;
      boolean deleted;
      boolean complete;
      try (FileStore store = open(files)) {
        files.setFault(
            (index, operation) -> {
              if (index == at) {
                throw new IOException("No space left on device, into " + operation);
              }
            });
        deleted = deletes(store);
        complete = files.operations() <= failing;
        files.setFault((index, operation) -> {});
        assertEquals(contents(deleted ? 0 : 3), SampleSnapshots.load(store, KEY), "at " + failing);
        store.save(KEY, sample(98));
        assertEquals(contents(98), SampleSnapshots.load(store, KEY), "at " + failing);
      }
      try (FileStore store = open(files)) {
        assertEquals(List.of(KEY), store.keys());
        assertEquals(contents(98), SampleSnapshots.load(store, KEY), "at " + failing);
        store.save(KEY, sample(99));
      }
      assertEquals(Status.SOUND, StoreInspector.inspect(files, ROOT).status(), "at " + failing);
      if (complete) {
        assertTrue(deleted);
        return;
      }
    }
    throw new AssertionError("a removal has no end");
  }

  private static boolean deletes(FileStore store) {
    try {
      return store.delete(KEY);
    } catch (PersistenceException e) {
      return false;
    }
  }

  @Test
  void delete_leavesNothingOnTheDisk() throws IOException {
    MemoryFiles files = storeWith(3);
    try (FileStore store = open(files)) {
      assertTrue(store.delete(KEY));
    }
    assertEquals(List.of(ROOT.resolve(StoreNames.LOCK)), files.list(ROOT));
  }

  @Test
  void delete_anotherWriterCommittedTheNumber_isFencedAndDeletesNothing() {
    MemoryFiles files = storeWith(1);
    try (FileStore store = open(files)) {
      Path theirs = ROOT.resolve(StoreNames.directory(KEY, 0)).resolve(StoreNames.manifest(2));
      files.put(theirs, new byte[] {1, 2, 3});
      assertThrows(FencedException.class, () -> store.delete(KEY));
      assertEquals(3, files.bytes(theirs).length, "the other writer's manifest was touched");
      assertEquals(contents(1), SampleSnapshots.load(store, KEY));
    }
  }

  @Test
  void load_generationAfterARemovalDamaged_isRefusedNotServedFromBefore() throws IOException {
    MemoryFiles files = storeWith(2);
    Path directory = ROOT.resolve(StoreNames.directory(KEY, 0));
    Manifest newest = Generations.readManifest(new DirectoryListing(files, directory), 2);
    var removal =
        new Manifest(
            3,
            2,
            newest.epoch(),
            newest.writer(),
            newest.chain(),
            KEY,
            Manifest.Image.NONE,
            Manifest.LogSpan.NONE);
    files.put(directory.resolve(StoreNames.manifest(3)), removal.encode().array());
    files.put(directory.resolve(StoreNames.manifest(4)), new byte[100]);
    try (FileStore store = open(files)) {
      assertThrows(CorruptSnapshotException.class, () -> SampleSnapshots.load(store, KEY));
    }
  }

  @Test
  void save_whatADroppedCollectionLeftCanNotBeRemoved_isRefusedUntilItCan() {
    MemoryFiles files = storeWith(2);
    try (FileStore store = open(files)) {
      files.setFault(
          (index, operation) -> {
            if (operation.startsWith("delete snapshot_latest")) {
              throw new IOException("Input/output error");
            }
          });
      assertTrue(store.delete(KEY));
      assertEquals(Status.SOUND, StoreInspector.inspect(files, ROOT).status());
      assertThrows(StorageUnwritableException.class, () -> store.save(KEY, sample(3)));
      assertEquals(List.of(), store.keys());
      files.setFault((index, operation) -> {});
      assertEquals(1, store.save(KEY, sample(3)).generation());
    }
  }

  @Test
  void save_diskFullAfterAnyNumberOfBytes_saysSoAndLeavesTheOld() {
    MemoryFiles base = storeWith(1);
    for (long space = 0; space < 100_000; space += 37) {
      MemoryFiles files = base.copy();
      try (FileStore store = open(files)) {
        files.space = space;
        if (succeeds(store, 2)) {
          return;
        }
        assertEquals(contents(1), SampleSnapshots.load(store, KEY));
        files.space = Long.MAX_VALUE;
        store.save(KEY, sample(2));
        assertEquals(contents(2), SampleSnapshots.load(store, KEY));
      }
    }
    throw new AssertionError("100,000 bytes were not enough");
  }

  private static boolean succeeds(FileStore store, int content) {
    try {
      store.save(KEY, sample(content));
      return true;
    } catch (StorageFullException e) {
      assertTrue(e.neededBytes() > 0);
      return false;
    }
  }

  @Test
  void save_tooLittleSpace_isRefusedBeforeAnythingIsWritten() {
    MemoryFiles files = storeWith(1);
    try (FileStore store = open(files)) {
      files.saidToBeFree = 100;
      files.setFault(
          (index, operation) -> {
            if (operation.startsWith("create ")) {
              throw new AssertionError(operation);
            }
          });
      var refusal = assertThrows(StorageFullException.class, () -> store.save(KEY, sample(2)));
      assertEquals(100, refusal.freeBytes());
      assertTrue(refusal.neededBytes() > 4_096, refusal.toString());
      assertTrue(refusal.toString().contains("100 free"), refusal.toString());
    }
  }

  @Test
  void load_lossless_doesNotReadTheOriginals() {
    MemoryFiles files = storeWith(0);
    var options = new CollectionOptions(256, Metric.DOT, Compression.LOSSLESS);
    Snapshot snapshot = SampleSnapshots.snapshot(options, 32 << 10, 2, 1);
    try (FileStore store = open(files)) {
      store.save(KEY, snapshot);
      assertTrue(files.bytesRead > 32 << 20, "a save reads back what it wrote");
    }
    files.bytesRead = 0;
    try (FileStore store = open(files)) {
      assertTrue(store.load(KEY, SampleSnapshots.Assembler::new).isPresent());
      // The window holds 4 MiB from wherever it is moved to.
      assertTrue(files.bytesRead < 16 << 20, files.bytesRead + " bytes read");
    }
  }

  @Test
  void save_shortWrites_areContinued() {
    MemoryFiles files = storeWith(0);
    files.largestWrite = 7;
    try (FileStore store = open(files)) {
      store.save(KEY, sample(1));
      assertEquals(contents(1), SampleSnapshots.load(store, KEY));
    }
  }

  @Test
  void save_deviceReturnsOtherBytesThanItTook_isNotCommitted() {
    MemoryFiles files = storeWith(1);
    try (FileStore store = open(files)) {
      files.setFault(
          (index, operation) -> {
            if (operation.equals("force")) {
              flipInUncommittedSnapshot(files);
            }
          });
      assertThrows(StorageUnwritableException.class, () -> store.save(KEY, sample(2)));
      assertEquals(contents(1), SampleSnapshots.load(store, KEY));
    }
  }

  private static void flipInUncommittedSnapshot(MemoryFiles files) throws IOException {
    Path directory = ROOT.resolve(StoreNames.directory(KEY, 0));
    for (Path file : files.list(directory)) {
      if (StoreNames.isTemporary(StoreNames.fileName(file))) {
        byte[] bytes = files.bytes(file);
        bytes[bytes.length / 2] ^= 1;
        files.damage(file, bytes);
      }
    }
  }

  @Test
  void save_afterAFailedForce_isRefusedUntilReopened() {
    MemoryFiles files = storeWith(1);
    try (FileStore store = open(files)) {
      files.setFault(
          (index, operation) -> {
            if (operation.equals("force")) {
              throw new IOException("Input/output error");
            }
          });
      assertThrows(StorageUnwritableException.class, () -> store.save(KEY, sample(2)));
      files.setFault((index, operation) -> {});
      var refusal =
          assertThrows(StorageUnwritableException.class, () -> store.save(KEY, sample(2)));
      assertTrue(refusal.toString().contains("open the store again"), refusal.toString());
      assertEquals(contents(1), SampleSnapshots.load(store, KEY));
    }
    try (FileStore store = open(files)) {
      store.save(KEY, sample(2));
      assertEquals(contents(2), SampleSnapshots.load(store, KEY));
    }
  }

  @Test
  void save_anotherWriterCommittedTheNumber_isFencedForGood() {
    MemoryFiles files = storeWith(1);
    try (FileStore store = open(files)) {
      Path theirs = ROOT.resolve(StoreNames.directory(KEY, 0)).resolve(StoreNames.manifest(2));
      byte[] bytes = {1, 2, 3};
      files.put(theirs, bytes);
      assertThrows(FencedException.class, () -> store.save(KEY, sample(2)));
      assertThrows(FencedException.class, () -> store.save("another", sample(2)));
      assertEquals(3, files.bytes(theirs).length, "the other writer's manifest was touched");
    }
  }

  @Test
  void save_lockTakenAway_isFenced() {
    MemoryFiles files = storeWith(1);
    try (FileStore store = open(files)) {
      files.takeLock();
      assertThrows(FencedException.class, () -> store.save(KEY, sample(2)));
    }
  }

  private static MemoryFiles storeWith(int generations) {
    var files = new MemoryFiles();
    try (FileStore store = open(files)) {
      for (int i = 1; i <= generations; i++) {
        store.save(KEY, sample(i));
      }
    }
    return files.copy();
  }

  private static FileStore open(MemoryFiles files) {
    return FileStore.open(files, ROOT, UUID::randomUUID);
  }

  private static Snapshot sample(int content) {
    List<Snapshot> kinds = SampleSnapshots.ofEveryKind(4 + content % 5, content);
    return kinds.get(content % kinds.size());
  }

  private static String contents(int content) {
    return content == 0 ? "nothing" : SampleSnapshots.contents(sample(content));
  }
}

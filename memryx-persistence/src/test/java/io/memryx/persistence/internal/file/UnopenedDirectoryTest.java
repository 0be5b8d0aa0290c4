package io.memryx.persistence.internal.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.BuildRequest;
import io.memryx.VectorCollection;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.StorageUnwritableException;
import io.memryx.persistence.internal.disk.DiskFiles;
import io.memryx.persistence.internal.disk.MemoryFiles;
import io.memryx.persistence.internal.disk.MemoryFiles.Unforced;
import io.memryx.persistence.internal.disk.UnopenedException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Directories that can't be opened to be forced, as when a process has all the files open that it
 * may: what needed it is refused, and goes through the next time.
 */
class UnopenedDirectoryTest {
  private static final int MAX_OPENINGS = 1_000;

  /** So many operations from a failure on the power is cut at each. */
  private static final int CUTS = 12;

  private static final String PASSING = "passing";

  /** What is done to a store, each of it again if it is refused. */
  private static final List<Step> STEPS =
      List.of(
          new Step(store -> store.add(0, 10), found(10)),
          new Step(TestStore::build, found(10)),
          new Step(store -> store.add(10, 20), found(20)),
          new Step(UnopenedDirectoryTest::makePassing, found(20, 0)),
          new Step(store -> passing(store).upsert(TestStore.entries(0, 5)), found(20, 5)),
          new Step(store -> passing(store).build(BuildRequest.defaults()), found(20, 5)),
          new Step(store -> store.store().drop(PASSING), found(20)),
          new Step(UnopenedDirectoryTest::makePassing, found(20, 0)),
          new Step(store -> passing(store).upsert(TestStore.entries(0, 7)), found(20, 7)),
          new Step(TestStore::build, found(20, 7)),
          new Step(store -> store.store().drop(PASSING), found(20)),
          new Step(store -> store.add(20, 30), found(30)),
          new Step(TestStore::build, found(30)),
          new Step(store -> store.add(30, 40), found(40)));

  /**
   * Something that is done to a store.
   *
   * @param action does it; nothing comes of doing it twice
   * @param after how many entries each collection has after it
   */
  private record Step(Consumer<TestStore> action, Map<String, Integer> after) {}

  private static Map<String, Integer> found(int docs) {
    return Map.of(TestStore.NAME, docs);
  }

  private static Map<String, Integer> found(int docs, int passing) {
    return Map.of(TestStore.NAME, docs, PASSING, passing);
  }

  private static void makePassing(TestStore store) {
    var _ = store.store().collection(PASSING, TestStore.OPTIONS);
  }

  private static VectorCollection passing(TestStore store) {
    return store.store().find(PASSING).orElseThrow();
  }

  private static UnopenedException notOpened() {
    return new UnopenedException(TestStore.DIRECTORY, new IOException("Too many open files"));
  }

  @Test
  void nothingOpened_atAnyPlace_refusesOnceAndLosesNothing() throws IOException {
    int refused = 0;
    int cuts = 0;
    for (int at = 0; at < MAX_OPENINGS; at++) {
      var play = new Play(at);
      play.run();
      refused += play.refused;
      cuts += play.cuts;
      if (play.openings.get() <= at) {
        System.out.printf(
            "nothing opened: each of %d, %d refusals, %d power cuts%n", at, refused, cuts);
        assertTrue(refused > 8, "only " + refused);
        assertTrue(cuts > at, "only " + cuts);
        return;
      }
    }
    throw new AssertionError("it never ends");
  }

  /** All steps, in which the one thing that is opened at some place is not. */
  private static final class Play {
    private final MemoryFiles files = new MemoryFiles();
    private final AtomicInteger openings = new AtomicInteger();
    private final int failing;
    private final List<String> lost = new CopyOnWriteArrayList<>();

    /** What there was before the step that is under way, and what there is after it. */
    private volatile Set<Map<String, Integer>> accepted = Set.of(Map.of());

    private int refused;
    private int cuts;

    Play(int failing) {
      this.failing = failing;
    }

    void run() throws IOException {
      try (TestStore store = TestStore.open(files, TestStore.ROOT)) {
        files.setFault((_, operation) -> before(operation));
        Map<String, Integer> reached = Map.of();
        for (Step step : STEPS) {
          // A collection is made, and then changed.
          accepted = new HashSet<>(List.of(reached, step.after()));
          if (reached.isEmpty()) {
            accepted.add(found(0));
          }
          refused += takeTwice(step.action(), store);
          reached = step.after();
          accepted = Set.of(reached);
        }
        files.setFault((_, _) -> {});
        assertEquals(reached, sizes(store), "opening " + failing);
      }
      cut(0);
      assertEquals(List.of(), lost, "opening " + failing);
    }

    /** One at a time: what follows the failure is cut off before each operation. */
    private synchronized void before(String operation) throws IOException {
      boolean opens = operation.equals("syncDirectory") || operation.startsWith("open");
      int reached = openings.get();
      if (reached > failing && cuts < CUTS) {
        cuts++;
        cut(0);
        for (int survivor = 0; survivor < files.pendingChanges(); survivor++) {
          cut(1 << survivor);
        }
      }
      if (opens && openings.getAndIncrement() == failing) {
        throw operation.equals("syncDirectory")
            ? notOpened()
            : new FileSystemException("/what/was/opened", null, "Too many open files");
      }
    }

    private void cut(int survivors) {
      MemoryFiles left = files.afterPowerCut(survivors, Unforced.LOST);
      try (TestStore store = TestStore.open(left, TestStore.ROOT)) {
        Map<String, Integer> found = sizes(store);
        if (!accepted.contains(found)) {
          lost.add("expected one of %s, found %s".formatted(accepted, found));
        }
      } catch (RuntimeException e) {
        lost.add("expected one of %s: %s".formatted(accepted, e));
      }
    }

    private static Map<String, Integer> sizes(TestStore store) {
      return store.store().collections().stream()
          .collect(Collectors.toMap(VectorCollection::name, each -> Math.toIntExact(each.size())));
    }
  }

  /** How often it was refused at first. */
  private static int takeTwice(Consumer<TestStore> action, TestStore store) {
    try {
      action.accept(store);
      return 0;
    } catch (PersistenceException e) {
      action.accept(store);
      return 1;
    }
  }

  @Test
  void shortageOfFiles_refusesBuildsAndTakesChanges_untilItIsOver() throws IOException {
    var files = new MemoryFiles();
    try (TestStore store = TestStore.open(files, TestStore.ROOT)) {
      store.add(0, 10);
      files.setFault(
          (_, operation) -> {
            if (operation.equals("syncDirectory")) {
              throw notOpened();
            }
          });
      assertThrows(PersistenceException.class, store::build);
      assertThrows(PersistenceException.class, store::build);
      files.setFault((_, _) -> {});
      store.add(10, 20);
      store.build();
      store.add(20, 30);
    }
    MemoryFiles left = files.afterPowerCut(0, Unforced.LOST);
    assertEquals(TestStore.upTo(30), TestStore.found(left, TestStore.ROOT));
    assertEquals(List.of(), StoreInspector.inspect(left, TestStore.ROOT).findings());
  }

  @Test
  void failedForce_ofADirectory_isStillBelieved() {
    var files = new MemoryFiles();
    TestStore store = TestStore.open(files, TestStore.ROOT);
    store.add(0, 10);
    files.setFault(
        (_, operation) -> {
          if (operation.equals("syncDirectory")) {
            throw new IOException("Input/output error");
          }
        });
    assertThrows(PersistenceException.class, store::build);
    files.setFault((_, _) -> {});
    assertThrows(StorageUnwritableException.class, () -> store.add(10, 20));
    assertThrows(StorageUnwritableException.class, store::close);
  }

  @Test
  void diskFiles_directoryThatIsNotThere_isNotForced() {
    var disk = new DiskFiles();
    assertThrows(UnopenedException.class, () -> disk.syncDirectory(Path.of("/nowhere/at/all")));
  }
}

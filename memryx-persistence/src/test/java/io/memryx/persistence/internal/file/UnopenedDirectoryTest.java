package io.memryx.persistence.internal.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.StorageUnwritableException;
import io.memryx.persistence.internal.disk.DiskFiles;
import io.memryx.persistence.internal.disk.MemoryFiles;
import io.memryx.persistence.internal.disk.MemoryFiles.Unforced;
import io.memryx.persistence.internal.disk.UnopenedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Directories that can't be opened to be forced, as when a process has all the files open that it
 * may: what needed it is refused, and goes through the next time.
 */
class UnopenedDirectoryTest {
  private static final int MAX_SYNCS = 200;

  /** What is done to a store, each of it again if it is refused. */
  private static final List<Step> STEPS =
      List.of(
          store -> store.add(0, 10),
          TestStore::build,
          store -> store.add(10, 20),
          store -> store.store().collection("passing", store.docs().options()),
          store -> store.store().drop("passing"),
          TestStore::build,
          store -> store.add(20, 30),
          TestStore::build,
          store -> store.add(30, 40));

  private interface Step {
    void take(TestStore store);
  }

  private static UnopenedException notOpened() {
    return new UnopenedException(TestStore.DIRECTORY, new IOException("Too many open files"));
  }

  @Test
  void syncNotTried_atAnyPlace_refusesOnceAndLosesNothing() throws IOException {
    int refused = 0;
    for (int at = 0; at < MAX_SYNCS; at++) {
      var files = new MemoryFiles();
      var syncs = new AtomicInteger();
      int failing = at;
      try (TestStore store = TestStore.open(files, TestStore.ROOT)) {
        files.setFault(
            (_, operation) -> {
              if (operation.equals("syncDirectory") && syncs.getAndIncrement() == failing) {
                throw notOpened();
              }
            });
        for (Step step : STEPS) {
          refused += takeTwice(step, store);
        }
        assertEquals(TestStore.upTo(40), store.numbers(), "sync " + at);
        MemoryFiles left = files.afterPowerCut(0, Unforced.LOST);
        assertEquals(TestStore.upTo(40), TestStore.found(left, TestStore.ROOT), "sync " + at);
      }
      if (syncs.get() <= at) {
        System.out.printf("directories not opened: each of %d, %d refusals%n", at, refused);
        assertTrue(refused > 8, "only " + refused);
        return;
      }
    }
    throw new AssertionError("it never ends");
  }

  /** Whether it was refused at first. */
  private static int takeTwice(Step step, TestStore store) {
    try {
      step.take(store);
      return 0;
    } catch (StorageUnwritableException e) {
      step.take(store);
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

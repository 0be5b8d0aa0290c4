package io.memryx.persistence.internal.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.persistence.CopyProgress;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.StorageUnwritableException;
import io.memryx.persistence.internal.disk.MemoryFiles;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files and directories that this user may not read or write: never taken for damage. */
class AccessDeniedTest {
  private static final int MAX_OPERATIONS = 1_000;
  private static final Set<Integer> ADDED = TestStore.range(60, 70);
  private static final Path BACKUP = Path.of("/backup");
  private static final Path RESTORED = Path.of("/restored");

  enum Use {
    OPEN {
      @Override
      void run(MemoryFiles files, Set<Integer> promised) {
        assertEquals(promised, TestStore.found(files, TestStore.ROOT));
      }
    },
    CHANGE_AND_BUILD {
      @Override
      void run(MemoryFiles files, Set<Integer> promised) {
        try (TestStore store = TestStore.open(files, TestStore.ROOT)) {
          store.add(60, 70);
          promised.addAll(ADDED);
          store.build();
        }
      }
    },
    BACKUP_AND_RESTORE {
      @Override
      void run(MemoryFiles files, Set<Integer> promised) {
        BackupMaker.backup(files, TestStore.ROOT, BACKUP, CopyProgress.SILENT);
        Restorer.restore(files, BACKUP, RESTORED, CopyProgress.SILENT);
      }
    };

    /**
     * Uses a store.
     *
     * @param promised what is in it; takes what is added, once that was acknowledged
     */
    abstract void run(MemoryFiles files, Set<Integer> promised);
  }

  /** What is open already is read, written and forced without being asked. */
  private static boolean asksForARight(String operation) {
    return Stream.of("create", "open", "list", "rename", "link", "delete", "lock")
        .anyMatch(operation::startsWith);
  }

  /** What was refused may be there all the same, as a whole. */
  private static void assertKept(Set<Integer> promised, Set<Integer> found, String where) {
    Set<Integer> most = new HashSet<>(promised);
    if (found.containsAll(ADDED)) {
      most.addAll(ADDED);
    }
    assertEquals(most, found, where);
  }

  @ParameterizedTest
  @EnumSource
  void accessDenied_atAnyOperation_namesTheFileAndTheRemedy(Use use) throws IOException {
    MemoryFiles base = TestStore.builtTwice();
    base.createDirectories(Path.of("/"));
    int refused = 0;
    for (int at = 0; at < MAX_OPERATIONS; at++) {
      MemoryFiles files = base.copy();
      int failing = at;
      files.setFault(
          (index, operation) -> {
            if (index == failing && asksForARight(operation)) {
              throw new AccessDeniedException("/what/was/denied");
            }
          });
      Set<Integer> promised = TestStore.upTo(60);
      String where = "%s at operation %d".formatted(use, at);
      try {
        use.run(files, promised);
      } catch (PersistenceException e) {
        refused++;
        String message = String.valueOf(e.getMessage());
        assertInstanceOf(StorageUnwritableException.class, e, where);
        assertTrue(message.contains("/what/was/denied"), where + ": " + message);
        assertTrue(message.contains("the right to read and write"), where + ": " + message);
      }
      boolean reached = files.operations() > at;
      files.setFault((_, _) -> {});
      files.dropLock();
      assertKept(promised, TestStore.found(files, TestStore.ROOT), where);
      if (!reached) {
        System.out.printf("%s: access denied at each of %d, %d refused%n", use, at, refused);
        assertTrue(refused > 5, "only " + refused);
        return;
      }
    }
    throw new AssertionError("it never ends");
  }
}

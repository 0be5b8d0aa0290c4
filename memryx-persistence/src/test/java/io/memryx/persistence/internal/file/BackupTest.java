package io.memryx.persistence.internal.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.persistence.CopyProgress;
import io.memryx.persistence.CopyReport;
import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.StorageFullException;
import io.memryx.persistence.StoreLockedException;
import io.memryx.persistence.UnsupportedFormatException;
import io.memryx.persistence.VerifyReport;
import io.memryx.persistence.internal.disk.DiskFiles;
import io.memryx.persistence.internal.disk.MemoryFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackupTest {
  private static final Path ROOT = TestStore.ROOT;
  private static final Path BACKUP = Path.of("/backup");
  private static final Path RESTORED = Path.of("/restored");
  private static final int MAX_OPERATIONS = 1_000;

  private static CopyReport backup(MemoryFiles files) {
    return BackupMaker.backup(files, ROOT, BACKUP, CopyProgress.SILENT);
  }

  private static CopyReport restore(MemoryFiles files, Path source) {
    return Restorer.restore(files, source, RESTORED, CopyProgress.SILENT);
  }

  private static MemoryFiles withRoot(MemoryFiles files) throws IOException {
    files.createDirectories(Path.of("/"));
    return files;
  }

  private static MemoryFiles backedUp() throws IOException {
    MemoryFiles files = withRoot(TestStore.builtTwice());
    backup(files);
    return files.copy();
  }

  @Test
  void backup_ofBuildsAndALog_restoresEveryEntryAndGoesOn() throws IOException {
    MemoryFiles files = withRoot(TestStore.builtTwice());
    CopyReport report = backup(files);
    assertEquals(40, report.collections().getFirst().entries());
    assertEquals(2, report.collections().getFirst().loggedChanges());
    assertEquals(VerifyReport.Status.SOUND, StoreInspector.inspect(files, BACKUP).status());
    assertEquals(List.of(), StoreInspector.inspect(files, BACKUP).findings());
    restore(files, BACKUP);
    assertEquals(VerifyReport.Status.SOUND, StoreInspector.inspect(files, RESTORED).status());
    try (TestStore store = TestStore.open(files, RESTORED)) {
      assertEquals(TestStore.upTo(60), store.numbers());
      store.add(60, 70);
      store.build();
      store.add(70, 80);
    }
    assertEquals(TestStore.upTo(80), TestStore.found(files, RESTORED));
    assertEquals(TestStore.upTo(60), TestStore.found(files, ROOT));
  }

  @Test
  void backup_changesNothingInTheSource() throws IOException {
    MemoryFiles files = withRoot(TestStore.builtTwice());
    var before = TestStore.tree(files, ROOT);
    backup(files);
    assertEquals(before, TestStore.tree(files, ROOT));
  }

  @Test
  void backup_sourceIsGoneAfterwards_isWhole() throws IOException {
    MemoryFiles files = backedUp();
    for (Path file : files.list(TestStore.DIRECTORY)) {
      files.delete(file);
    }
    restore(files, BACKUP);
    assertEquals(TestStore.upTo(60), TestStore.found(files, RESTORED));
  }

  @Test
  void backup_newestSnapshotDamaged_takesTheOlderOneAndTheLog() throws IOException {
    MemoryFiles files = withRoot(TestStore.builtTwice());
    String newest =
        Generations.readManifest(
                new DirectoryListing(files, TestStore.DIRECTORY),
                Generations.numbers(new DirectoryListing(files, TestStore.DIRECTORY).list()).last())
            .image()
            .file();
    TestStore.flip(files, newest, 200);
    CopyReport report = backup(files);
    assertFalse(report.passedOver().isEmpty());
    restore(files, BACKUP);
    assertEquals(TestStore.upTo(60), TestStore.found(files, RESTORED));
  }

  @Test
  void backup_damagedLog_isRefusedWithFileAndLeavesNothing() throws IOException {
    MemoryFiles files = withRoot(TestStore.builtTwice());
    String segment = TestStore.names(files, "wal-").getLast();
    TestStore.flip(files, segment, 120);
    var refused = assertThrows(CorruptSnapshotException.class, () -> backup(files));
    assertTrue(refused.file().endsWith(segment), refused.getMessage());
    assertEquals(List.of("store"), TestStore.tops(files));
  }

  @Test
  void backup_noStoreOrTakenDestination_isRefused() throws IOException {
    MemoryFiles files = withRoot(TestStore.builtTwice());
    assertThrows(
        IllegalArgumentException.class,
        () -> BackupMaker.backup(files, Path.of("/nowhere"), BACKUP, CopyProgress.SILENT));
    files.createDirectories(BACKUP);
    files.put(BACKUP.resolve("a.txt"), new byte[1]);
    var refused = assertThrows(IllegalArgumentException.class, () -> backup(files));
    assertTrue(String.valueOf(refused.getMessage()).contains("a.txt"), refused.getMessage());
    assertEquals(1, files.list(BACKUP).size());
  }

  private enum Failing {
    BACKUP,
    BACKUP_INTO_EMPTY,
    RESTORE,
    RESTORE_INTO_EMPTY,
    RESTORE_SNAPSHOT
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BACKUP",
        "BACKUP_INTO_EMPTY",
        "RESTORE",
        "RESTORE_INTO_EMPTY",
        "RESTORE_SNAPSHOT"
      })
  void copy_diskFullAtAnyOperation_isThereWholeOrNotAtAll(String name) throws IOException {
    Failing failing = Failing.valueOf(name);
    MemoryFiles base = backedUp();
    Path target = Path.of("/target");
    if (name.endsWith("INTO_EMPTY")) {
      base.createDirectories(target);
    }
    var store = TestStore.tree(base, ROOT);
    int failures = 0;
    for (int at = 0; at < MAX_OPERATIONS; at++) {
      MemoryFiles files = base.copy();
      int failAt = at;
      files.setFault(
          (index, operation) -> {
            if (index == failAt) {
              throw new IOException("No space left on device");
            }
          });
      boolean thrown = false;
      try {
        copy(failing, files, target);
      } catch (PersistenceException e) {
        boolean wasRead = String.valueOf(e.getMessage()).contains("can't be read from here");
        assertTrue(e instanceof StorageFullException || wasRead, e.toString());
        thrown = true;
        failures++;
      }
      boolean reached = files.operations() > at;
      files.setFault((index, operation) -> {});
      String where = "%s at operation %d".formatted(failing, at);
      assertEquals(store, TestStore.tree(files, ROOT), where);
      boolean there = files.isDirectory(target) && !files.list(target).isEmpty();
      if (there) {
        assertEquals(
            VerifyReport.Status.SOUND, StoreInspector.inspect(files, target).status(), where);
      } else {
        assertTrue(thrown, where);
      }
      assertTrue(
          TestStore.tops(files).stream().noneMatch(top -> top.contains("unfinished")), where);
      if (!reached) {
        System.out.printf(
            "%s: disk full at each of %d operations, %d failed%n", failing, at, failures);
        assertTrue(failures >= 15, "only " + failures);
        return;
      }
    }
    throw new AssertionError("it never ends");
  }

  private static void copy(Failing failing, MemoryFiles files, Path target) {
    switch (failing) {
      case BACKUP, BACKUP_INTO_EMPTY ->
          BackupMaker.backup(files, ROOT, target, CopyProgress.SILENT);
      case RESTORE, RESTORE_INTO_EMPTY ->
          Restorer.restore(files, BACKUP, target, CopyProgress.SILENT);
      case RESTORE_SNAPSHOT ->
          Restorer.restore(
              files, TestStore.DIRECTORY.resolve(StoreNames.LATEST), target, CopyProgress.SILENT);
    }
  }

  // ---- restore

  @Test
  void restore_anyBitOfABackupFlipped_isRefusedOrHarmless() throws IOException {
    MemoryFiles base = backedUp();
    int refused = 0;
    for (String file : TestStore.tree(base, BACKUP).keySet()) {
      Path path = Path.of(file);
      int length = base.bytes(path).length;
      for (int offset = 0; offset < length; offset += Math.max(1, length / 40)) {
        MemoryFiles files = base.copy();
        byte[] bytes = files.bytes(path);
        bytes[offset] ^= 1;
        files.damage(path, bytes);
        String where = file + " at " + offset;
        assertThrows(PersistenceException.class, () -> restore(files, BACKUP), where);
        assertFalse(files.isDirectory(RESTORED), where);
        refused++;
      }
    }
    System.out.printf("flips in a backup refused: %d%n", refused);
    assertTrue(refused > 100, "only " + refused);
  }

  @Test
  void restore_listThatLeadsElsewhere_isRefused() throws IOException {
    for (String path : List.of("../store/LOCK", "docs-00000000/../LOCK", "..-00000000/LOCK")) {
      MemoryFiles files = backedUp();
      String text = "memryx-backup 1\n" + "0".repeat(64) + " 0 " + path + "\n";
      text += Sha256.of(text.getBytes(StandardCharsets.US_ASCII)) + " end\n";
      files.damage(BACKUP.resolve(BackupList.FILE), text.getBytes(StandardCharsets.US_ASCII));
      assertThrows(CorruptSnapshotException.class, () -> restore(files, BACKUP), path);
    }
  }

  @Test
  void restore_fileMissingOrMore_isRefused() throws IOException {
    MemoryFiles missing = backedUp();
    Path segment =
        missing.list(BACKUP.resolve(StoreNames.fileName(TestStore.DIRECTORY))).stream()
            .filter(file -> StoreNames.isSegment(StoreNames.fileName(file)))
            .findFirst()
            .orElseThrow();
    missing.delete(segment);
    assertThrows(CorruptSnapshotException.class, () -> restore(missing, BACKUP));
    MemoryFiles more = backedUp();
    more.put(segment.resolveSibling(StoreNames.manifest(99)), new byte[10]);
    assertThrows(CorruptSnapshotException.class, () -> restore(more, BACKUP));
  }

  @Test
  void restore_copiedSnapshot_givesTheLastBuild() throws IOException {
    MemoryFiles files = withRoot(TestStore.builtTwice());
    Path copied = Path.of("/snapshot_latest.mrx");
    files.put(copied, files.bytes(TestStore.DIRECTORY.resolve(StoreNames.LATEST)));
    restore(files, copied);
    assertEquals(VerifyReport.Status.SOUND, StoreInspector.inspect(files, RESTORED).status());
    try (TestStore store = TestStore.open(files, RESTORED)) {
      assertEquals(TestStore.upTo(40), store.numbers());
      store.add(40, 45);
    }
    assertEquals(TestStore.upTo(45), TestStore.found(files, RESTORED));
  }

  @Test
  void restore_storesDirectory_takesItUnlessItIsOpen() throws IOException {
    MemoryFiles files = withRoot(TestStore.builtTwice());
    try (TestStore store = TestStore.open(files, ROOT)) {
      assertEquals(60, store.numbers().size());
      assertThrows(StoreLockedException.class, () -> restore(files, ROOT));
      assertFalse(files.isDirectory(RESTORED));
    }
    restore(files, ROOT);
    assertEquals(TestStore.upTo(60), TestStore.found(files, RESTORED));
  }

  @Test
  void restore_takenDirectory_isRefused() throws IOException {
    MemoryFiles files = backedUp();
    files.createDirectories(RESTORED);
    files.put(RESTORED.resolve("LOCK"), new byte[0]);
    assertThrows(IllegalArgumentException.class, () -> restore(files, BACKUP));
    assertEquals(1, files.list(RESTORED).size());
  }

  // ---- beside others in the same directory

  /** What somebody else does when the directory was found empty, before it is taken. */
  private interface Other {
    void come(MemoryFiles files) throws IOException;
  }

  private static MemoryFiles withOther(String operation, Other other) throws IOException {
    MemoryFiles files = backedUp();
    files.createDirectories(RESTORED);
    var come = new AtomicBoolean();
    files.setFault(
        (_, each) -> {
          if (each.equals(operation) && come.compareAndSet(false, true)) {
            other.come(files);
          }
        });
    return files;
  }

  @Test
  void restore_anotherRestoreIsFasterIntoTheSameDirectory_isRefusedAndTouchesNothing()
      throws IOException {
    MemoryFiles files =
        withOther("create " + Staging.MARK, it -> it.create(RESTORED.resolve(Staging.MARK)));
    assertThrows(IllegalArgumentException.class, () -> restore(files, BACKUP));
    assertEquals(List.of(RESTORED.resolve(Staging.MARK)), files.list(RESTORED));
  }

  @Test
  void restore_anotherRestoreIsOverBeforeTheMark_isRefusedAndTouchesNothing() throws IOException {
    MemoryFiles files = withOther("create " + Staging.MARK, it -> restore(it, BACKUP));
    assertThrows(IllegalArgumentException.class, () -> restore(files, BACKUP));
    assertFalse(files.isFile(RESTORED.resolve(Staging.MARK)));
    assertEquals(TestStore.upTo(60), TestStore.found(files, RESTORED));
  }

  @Test
  void backup_anotherBackupIsOverBeforeTheMark_isRefusedAndTouchesNothing() throws IOException {
    Other other = files -> BackupMaker.backup(files, ROOT, RESTORED, CopyProgress.SILENT);
    MemoryFiles files = withOther("create " + Staging.MARK, other);
    assertThrows(
        IllegalArgumentException.class,
        () -> BackupMaker.backup(files, ROOT, RESTORED, CopyProgress.SILENT));
    var report = StoreInspector.inspect(files, RESTORED);
    assertEquals(VerifyReport.Status.SOUND, report.status());
    assertEquals(List.of(), report.findings());
  }

  @ParameterizedTest
  @ValueSource(strings = {Staging.MARK, StoreNames.LOCK})
  void restore_serverTakesTheDirectoryBefore_isRefusedAndTouchesNothing(String file)
      throws IOException {
    List<TestStore> server = new ArrayList<>();
    MemoryFiles files =
        withOther(
            "create " + file,
            it -> {
              // It found no mark: that comes when it has looked.
              boolean marked = it.isFile(RESTORED.resolve(Staging.MARK));
              it.delete(RESTORED.resolve(Staging.MARK));
              TestStore opened = TestStore.open(it, RESTORED);
              opened.add(0, 10);
              server.add(opened);
              if (marked) {
                it.create(RESTORED.resolve(Staging.MARK));
              }
            });
    assertThrows(IllegalArgumentException.class, () -> restore(files, BACKUP));
    server.getFirst().add(10, 20);
    server.getFirst().close();
    assertEquals(TestStore.upTo(20), TestStore.found(files, RESTORED));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void open_copyBeginsOrEndsBeforeTheLock_isRefusedOrServesAll(boolean restored)
      throws IOException {
    Other other =
        restored
            ? files -> restore(files, BACKUP)
            : files -> files.create(RESTORED.resolve(Staging.MARK));
    MemoryFiles files = withOther("lock", other);
    if (restored) {
      assertEquals(TestStore.upTo(60), TestStore.found(files, RESTORED));
    } else {
      assertThrows(UnsupportedFormatException.class, () -> TestStore.open(files, RESTORED).close());
    }
  }

  @Test
  void open_backupEndsBeforeTheLock_isRefused() throws IOException {
    MemoryFiles files =
        withOther("lock", it -> BackupMaker.backup(it, ROOT, RESTORED, CopyProgress.SILENT));
    assertThrows(UnsupportedFormatException.class, () -> TestStore.open(files, RESTORED).close());
    assertEquals(VerifyReport.Status.SOUND, StoreInspector.inspect(files, RESTORED).status());
  }

  // ---- beside a writer

  @Test
  void backup_besideAWriterThatBuildsAndDrops_hasWhatWasAcknowledgedBefore(@TempDir Path directory)
      throws Exception {
    Path root = directory.resolve("store");
    var disk = new DiskFiles();
    var acknowledged = new AtomicInteger();
    var over = new AtomicBoolean();
    List<Throwable> failures = new ArrayList<>();
    try (TestStore store = TestStore.open(disk, root)) {
      store.add(0, 1);
      acknowledged.set(1);
      Thread writer =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      write(store, acknowledged, over);
                    } catch (RuntimeException | Error e) {
                      failures.add(e);
                    }
                  });
      try {
        for (int round = 0; round < 6; round++) {
          requireBackup(disk, root, directory.resolve("backup-" + round), acknowledged);
          VerifyReport report = StoreInspector.inspect(disk, root);
          assertEquals(VerifyReport.Status.SOUND, report.status(), report.toString());
        }
      } finally {
        over.set(true);
        writer.join();
      }
    }
    assertEquals(List.of(), failures);
    System.out.printf("backups beside a writer: 6, of %d entries at last%n", acknowledged.get());
    deleteAll(root);
    for (int round = 0; round < 6; round++) {
      Path restored = directory.resolve("restored-" + round);
      Restorer.restore(disk, directory.resolve("backup-" + round), restored, CopyProgress.SILENT);
      assertTrue(TestStore.found(disk, restored).size() > round);
    }
  }

  private static void write(TestStore store, AtomicInteger acknowledged, AtomicBoolean over) {
    for (int next = 1; !over.get(); next++) {
      store.add(next, next + 1);
      acknowledged.set(next + 1);
      if (next % 50 == 0) {
        store.build();
      }
      if (next % 20 == 0) {
        var passing = store.store().collection("passing", store.docs().options());
        passing.upsert(TestStore.entries(0, 3));
        store.store().drop("passing");
      }
    }
  }

  private static void requireBackup(
      DiskFiles disk, Path root, Path backup, AtomicInteger acknowledged) {
    int before = acknowledged.get();
    BackupMaker.backup(disk, root, backup, CopyProgress.SILENT);
    Path restored = backup.resolveSibling(backup.getFileName() + "-restored");
    Restorer.restore(disk, backup, restored, CopyProgress.SILENT);
    Set<Integer> numbers = TestStore.found(disk, restored);
    assertTrue(numbers.size() >= before, "%d of %d".formatted(numbers.size(), before));
    assertEquals(TestStore.upTo(numbers.size()), numbers);
  }

  /** What is forced later under the source's name would not be forced for the backup. */
  @Test
  void backup_whileOpen_sharesSnapshotsWithTheSourceButNoLog(@TempDir Path directory)
      throws IOException {
    Path root = directory.resolve("store");
    Path backup = directory.resolve("backup");
    var disk = new DiskFiles();
    try (TestStore store = TestStore.open(disk, root)) {
      store.add(0, 40);
      store.build();
      store.add(40, 60);
      BackupMaker.backup(disk, root, backup, CopyProgress.SILENT);
      assertEquals(Set.of(), sharedFiles(root, backup, "wal-"));
      assertEquals(1, sharedFiles(root, backup, "snap-").size());
    }
  }

  /** The identities of the files of both trees whose names begin so. */
  private static Set<Object> sharedFiles(Path one, Path other, String prefix) throws IOException {
    Set<Object> shared = fileKeys(one, prefix);
    assertFalse(shared.isEmpty());
    Set<Object> others = fileKeys(other, prefix);
    assertFalse(others.isEmpty());
    shared.retainAll(others);
    return shared;
  }

  private static Set<Object> fileKeys(Path root, String prefix) throws IOException {
    Set<Object> keys = new HashSet<>();
    try (var paths = Files.walk(root)) {
      for (Path path :
          paths.filter(p -> String.valueOf(p.getFileName()).startsWith(prefix)).toList()) {
        keys.add(Files.readAttributes(path, BasicFileAttributes.class).fileKey());
      }
    }
    return keys;
  }

  private static void deleteAll(Path root) throws IOException {
    try (var paths = Files.walk(root)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}

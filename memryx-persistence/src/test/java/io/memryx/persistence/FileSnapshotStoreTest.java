package io.memryx.persistence;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.Compression;
import io.memryx.persistence.VerifyReport.Severity;
import io.memryx.persistence.VerifyReport.Status;
import io.memryx.snapshot.SectionType;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.StoredVectors;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSnapshotStoreTest extends SnapshotStoreContract {
  @TempDir private Path contractDirectory;
  @TempDir private Path temporary;

  @Override
  SnapshotStore create() {
    return FileSnapshotStore.open(contractDirectory.resolve("made/on/the/way"));
  }

  private Path root() {
    return temporary.resolve("store");
  }

  private static String contents(int content) {
    return SampleSnapshots.contents(SampleSnapshots.snapshot(5, content));
  }

  /** A store with generations 1 to n of one key, closed. */
  private Path storeWith(int generations) throws IOException {
    try (var store = FileSnapshotStore.open(root())) {
      for (int i = 1; i <= generations; i++) {
        store.save("acme/docs", SampleSnapshots.snapshot(5, i));
      }
    }
    return collectionDirectory();
  }

  private Path collectionDirectory() throws IOException {
    try (var entries = Files.list(root())) {
      return entries.filter(Files::isDirectory).findFirst().orElseThrow();
    }
  }

  private static List<Path> files(Path directory, String glob) throws IOException {
    try (var entries = Files.newDirectoryStream(directory, glob)) {
      var files = new java.util.ArrayList<Path>();
      entries.forEach(files::add);
      files.sort(null);
      return files;
    }
  }

  private static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 4;
    Files.delete(file);
    Files.write(file, bytes);
  }

  private static Path newestSnapshot(Path directory) throws IOException {
    Path latest = directory.resolve("snapshot_latest.mrx");
    for (Path file : files(directory, "snap-*.mrx")) {
      if (Files.isSameFile(file, latest)) {
        return file;
      }
    }
    throw new AssertionError("latest is no snapshot");
  }

  @Test
  void reopen_loadsTheNewest() throws IOException {
    storeWith(3);
    try (var store = FileSnapshotStore.open(root())) {
      assertEquals(List.of("acme/docs"), store.keys());
      assertEquals(contents(3), SampleSnapshots.load(store, "acme/docs"));
      assertEquals(4, store.save("acme/docs", SampleSnapshots.snapshot(5, 4)).generation());
    }
  }

  @Test
  void save_keepsTheNewestTwoGenerationsAndNothingElse() throws IOException {
    Path directory = storeWith(5);
    assertTrue(directory.getFileName().toString().matches("acme\\.docs-[0-9a-f]{8}"));
    assertEquals(
        List.of("MANIFEST-0000000000000004", "MANIFEST-0000000000000005"),
        files(directory, "MANIFEST*").stream().map(file -> file.getFileName().toString()).toList());
    assertEquals(2, files(directory, "snap-*").size());
    assertEquals(5, files(directory, "*").size());
    assertEquals(2, (int) (Integer) Files.getAttribute(newestSnapshot(directory), "unix:nlink"));
  }

  @Test
  void load_bitFlipInTheNewest_fallsBackLoudlyAndDeletesNothing() throws IOException {
    Path directory = storeWith(3);
    Path damaged = newestSnapshot(directory);
    flip(damaged);
    Map<String, Long> before = sizes(directory);
    try (var store = FileSnapshotStore.open(root())) {
      var loaded = store.load("acme/docs", SampleSnapshots.Assembler::new).orElseThrow();
      assertEquals(contents(2), SampleSnapshots.contents(loaded.collection().snapshot()));
      assertEquals(2, loaded.generation());
      assertEquals(1, loaded.passedOver().size());
      assertTrue(loaded.passedOver().getFirst().contains(damaged + " is damaged at offset "));
      assertEquals(before, sizes(directory));
      assertEquals(4, store.save("acme/docs", SampleSnapshots.snapshot(5, 4)).generation());
      assertEquals(contents(4), SampleSnapshots.load(store, "acme/docs"));
    }
    assertTrue(Files.exists(directory.resolve("MANIFEST-0000000000000002")), "fallback kept");
  }

  private static Map<String, Long> sizes(Path directory) throws IOException {
    var sizes = new TreeMap<String, Long>();
    for (Path file : files(directory, "*")) {
      sizes.put(file.getFileName().toString(), Files.size(file));
    }
    return sizes;
  }

  /** A store with lossless generations 1 to n of one key, closed. */
  private Path losslessStoreWith(int generations) throws IOException {
    try (var store = FileSnapshotStore.open(root())) {
      for (int i = 1; i <= generations; i++) {
        store.save("acme/docs", lossless(i));
      }
    }
    return collectionDirectory();
  }

  private static Snapshot lossless(int content) {
    return SampleSnapshots.snapshot(Compression.LOSSLESS, 5_000, content);
  }

  /** Changes a bit of the last row, which lies before the checksums, the table and the trailer. */
  private static void flipLastRow(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    byte[] row = SampleSnapshots.bytes(lossless(2), SectionType.ORIGINALS).toArray(JAVA_BYTE);
    row = Arrays.copyOfRange(row, row.length - 12, row.length);
    int at = bytes.length - 12;
    while (!Arrays.equals(bytes, at, at + 12, row, 0, 12)) {
      at--;
    }
    bytes[at] ^= 1;
    Files.delete(file);
    Files.write(file, bytes);
  }

  @Test
  void originals_bitFlip_isNoticedWhenTouchedAndByVerify() throws IOException {
    Path directory = losslessStoreWith(2);
    Path damaged = newestSnapshot(directory);
    flipLastRow(damaged);
    try (var store = FileSnapshotStore.open(root())) {
      var read = new SampleSnapshots.Reading();
      assertEquals(2, store.load("acme/docs", read).orElseThrow().generation());
      StoredVectors vectors = read.originals();
      assertEquals(12, vectors.rows(0, 1).byteSize());
      for (int again = 0; again < 2; again++) {
        var damage = assertThrows(CorruptSnapshotException.class, () -> vectors.rows(4_999, 1));
        assertEquals(damaged.toString(), damage.file());
        assertTrue(damage.offset() > 0);
      }
    }
    VerifyReport report = StoreVerifier.verify(root());
    assertEquals(Status.DAMAGED_RECOVERABLE, report.status());
    assertEquals(1, report.collections().getFirst().newestSound());
    assertTrue(
        report.findings().stream().anyMatch(finding -> finding.file().equals(damaged.toString())),
        report.toString());
  }

  @Test
  void originals_damagedUnnoticedByLoad_areNotKeptToFallBackTo() throws IOException {
    Path directory = losslessStoreWith(2);
    flipLastRow(newestSnapshot(directory));
    try (var store = FileSnapshotStore.open(root())) {
      assertTrue(store.load("acme/docs", SampleSnapshots.Assembler::new).isPresent());
      store.save("acme/docs", lossless(3));
    }
    assertTrue(Files.exists(directory.resolve("MANIFEST-0000000000000001")), "the sound one");
  }

  @Test
  void originals_fileCutOffWhileMapped_isDamage() throws IOException {
    Path directory = losslessStoreWith(1);
    try (var store = FileSnapshotStore.open(root())) {
      var read = new SampleSnapshots.Reading();
      assertTrue(store.load("acme/docs", read).isPresent());
      Path cut = newestSnapshot(directory);
      try (var channel = FileChannel.open(cut, StandardOpenOption.WRITE)) {
        channel.truncate(8_192);
      }
      var damage =
          assertThrows(CorruptSnapshotException.class, () -> read.originals().rows(4_999, 1));
      assertTrue(damage.toString().contains("cut off"), damage.toString());
    }
  }

  @Test
  void originals_touchedByManyThreads_areWhatWasWritten() throws Exception {
    losslessStoreWith(2);
    MemorySegment expected = SampleSnapshots.bytes(lossless(2), SectionType.ORIGINALS);
    try (var store = FileSnapshotStore.open(root());
        var executor = Executors.newFixedThreadPool(4)) {
      var read = new SampleSnapshots.Reading();
      assertTrue(store.load("acme/docs", read).isPresent());
      StoredVectors vectors = read.originals();
      List<Callable<Long>> readers = new ArrayList<>();
      for (int reader = 0; reader < 8; reader++) {
        var random = new SplittableRandom(reader);
        readers.add(
            () -> {
              long wrong = 0;
              for (int i = 0; i < 5_000; i++) {
                int row = random.nextInt(4_990);
                int count = random.nextInt(10);
                MemorySegment rows = expected.asSlice(row * 12L, count * 12L);
                wrong += rows.mismatch(vectors.rows(row, count)) == -1 ? 0 : 1;
              }
              return wrong;
            });
      }
      for (Future<Long> wrong : executor.invokeAll(readers)) {
        assertEquals(0, wrong.get());
      }
    }
  }

  @Test
  void load_newestManifestDamaged_fallsBack() throws IOException {
    Path directory = storeWith(3);
    flip(directory.resolve("MANIFEST-0000000000000003"));
    try (var store = FileSnapshotStore.open(root())) {
      assertEquals(contents(2), SampleSnapshots.load(store, "acme/docs"));
      assertEquals(4, store.save("acme/docs", SampleSnapshots.snapshot(5, 4)).generation());
    }
  }

  @Test
  void load_everyGenerationDamaged_refusesWithFileAndOffset() throws IOException {
    Path directory = storeWith(3);
    for (Path file : files(directory, "snap-*")) {
      flip(file);
    }
    try (var store = FileSnapshotStore.open(root())) {
      assertEquals(List.of("acme/docs"), store.keys());
      var refusal =
          assertThrows(
              CorruptSnapshotException.class, () -> SampleSnapshots.load(store, "acme/docs"));
      assertTrue(refusal.file().startsWith(directory.toString()), refusal.file());
      assertTrue(refusal.offset() > 0);
      assertTrue(refusal.toString().contains("restore a backup"), refusal.toString());
    }
  }

  @Test
  void load_manifestsMissing_refusesInsteadOfStartingEmpty() throws IOException {
    Path directory = storeWith(2);
    for (Path file : files(directory, "MANIFEST*")) {
      Files.delete(file);
    }
    try (var store = FileSnapshotStore.open(root())) {
      assertEquals(List.of("acme/docs"), store.keys());
      assertThrows(CorruptSnapshotException.class, () -> SampleSnapshots.load(store, "acme/docs"));
    }
  }

  @Test
  void load_snapshotsMissing_refusesInsteadOfStartingEmpty() throws IOException {
    Path directory = storeWith(2);
    for (Path file : files(directory, "snap*")) {
      Files.delete(file);
    }
    try (var store = FileSnapshotStore.open(root())) {
      assertThrows(CorruptSnapshotException.class, () -> SampleSnapshots.load(store, "acme/docs"));
    }
  }

  @Test
  void open_collectionWhoseKeyIsLost_isRefused() throws IOException {
    Path directory = storeWith(1);
    for (Path file : files(directory, "*")) {
      Files.write(file, new byte[40]);
    }
    var refusal =
        assertThrows(CorruptSnapshotException.class, () -> FileSnapshotStore.open(root()));
    assertTrue(refusal.toString().contains("which collection"), refusal.toString());
  }

  @Test
  void load_anOlderSnapshotUnderTheNewestName_isNoticed() throws IOException {
    Path directory = storeWith(2);
    Path newest = newestSnapshot(directory);
    for (Path file : files(directory, "snap-*")) {
      if (!file.equals(newest)) {
        Files.copy(file, newest, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    try (var store = FileSnapshotStore.open(root())) {
      var loaded = store.load("acme/docs", SampleSnapshots.Assembler::new).orElseThrow();
      assertEquals(1, loaded.generation());
      assertTrue(loaded.passedOver().getFirst().contains("not the snapshot that the manifest"));
    }
  }

  @Test
  void load_leftOversOfInterruptedSaves_areRemovedAndLatestIsRepaired() throws IOException {
    Path directory = storeWith(2);
    Path orphan = directory.resolve("snap-00000000-0000-0000-0000-000000000000.mrx");
    Files.write(orphan, new byte[9]);
    Files.write(directory.resolve("snap-x.tmp"), new byte[9]);
    Files.delete(directory.resolve("snapshot_latest.mrx"));
    try (var store = FileSnapshotStore.open(root())) {
      assertEquals(contents(2), SampleSnapshots.load(store, "acme/docs"));
    }
    assertEquals(List.of(), files(directory, "*.tmp"));
    assertFalse(Files.exists(orphan));
    assertEquals(Status.SOUND, StoreVerifier.verify(root()).status());
    assertEquals(List.of(), StoreVerifier.verify(root()).findings());
  }

  @Test
  void open_foreignFiles_areLeftAlone() throws IOException {
    Files.createDirectories(root().resolve("lost+found"));
    Files.writeString(root().resolve("notes.txt"), "mine");
    Files.writeString(Files.createDirectories(root().resolve("photos")).resolve("a.jpg"), "mine");
    try (var store = FileSnapshotStore.open(root())) {
      store.save("docs", SampleSnapshots.snapshot(5, 1));
      assertEquals(List.of("docs"), store.keys());
    }
    assertEquals("mine", Files.readString(root().resolve("notes.txt")));
    assertEquals("mine", Files.readString(root().resolve("photos/a.jpg")));
  }

  @Test
  void open_dataThatWouldNotBeServed_isRefused() throws IOException {
    for (String name : List.of("snapshot_latest.pkl", "snapshot_latest.mrx", "MANIFEST-1")) {
      Path directory = Files.createDirectories(temporary.resolve(name + ".d"));
      Files.writeString(directory.resolve(name), "data");
      var refusal =
          assertThrows(UnsupportedFormatException.class, () -> FileSnapshotStore.open(directory));
      assertEquals(directory.resolve(name).toString(), refusal.file());
      assertEquals(1, files(directory, "*").size(), "nothing is left behind");
    }
  }

  @Test
  void open_dataBesideAnEmptyStore_isRefusedAndBesideCollectionsLeftAlone() throws IOException {
    FileSnapshotStore.open(root()).close();
    Path pickle = Files.writeString(root().resolve("snapshot_latest.pkl"), "data");
    assertThrows(UnsupportedFormatException.class, () -> FileSnapshotStore.open(root()));
    Files.delete(pickle);
    storeWith(1);
    Files.writeString(pickle, "data");
    try (var store = FileSnapshotStore.open(root())) {
      assertEquals(contents(1), SampleSnapshots.load(store, "acme/docs"));
    }
  }

  @Test
  void open_twice_isRefusedUntilClosed() {
    try (var store = FileSnapshotStore.open(root())) {
      assertThrows(StoreLockedException.class, () -> FileSnapshotStore.open(root()));
      assertThrows(
          StoreLockedException.class, () -> FileSnapshotStore.open(root().resolve("../store")));
      assertEquals(List.of(), store.keys());
    }
    FileSnapshotStore.open(root()).close();
  }

  @Test
  void open_whileAnotherProcessHasIt_isRefused() throws Exception {
    try (var store = FileSnapshotStore.open(root())) {
      assertEquals(List.of(), store.keys());
      assertEquals("locked", openInAnotherProcess());
    }
    assertEquals("open", openInAnotherProcess());
  }

  private String openInAnotherProcess() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath(),
                OtherWriter.class.getName(),
                root().toString())
            .redirectErrorStream(true)
            .start();
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    process.waitFor();
    return output.lines().reduce((first, last) -> last).orElse("");
  }

  private static String classPath() {
    return String.join(
        java.io.File.pathSeparator,
        location(OtherWriter.class),
        location(FileSnapshotStore.class),
        location(io.memryx.VectorStore.class),
        location(com.google.protobuf.Message.class));
  }

  private static String location(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** Another process that wants to write. */
  static final class OtherWriter {
    private OtherWriter() {}

    public static void main(String[] arguments) {
      try (var store = FileSnapshotStore.open(Path.of(arguments[0]))) {
        System.out.println(store.keys().isEmpty() ? "open" : "not empty");
      } catch (StoreLockedException e) {
        System.out.println("locked");
      }
    }
  }

  @Test
  void open_aFileInsteadOfADirectory_isUnwritable() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "x");
    assertThrows(StorageUnwritableException.class, () -> FileSnapshotStore.open(file));
  }

  @Test
  void verify_soundStore_whileItIsOpen() throws IOException {
    storeWith(2);
    try (var store = FileSnapshotStore.open(root())) {
      store.save("other", SampleSnapshots.snapshot(7, 1));
      VerifyReport report = StoreVerifier.verify(root());
      assertEquals(Status.SOUND, report.status());
      assertEquals(0, report.status().exitCode());
      assertEquals(List.of(), report.findings());
      assertEquals(
          List.of("acme/docs", "other"),
          report.collections().stream().map(VerifyReport.CollectionReport::key).toList());
      var docs = report.collections().getFirst();
      assertEquals(2, docs.generations());
      assertEquals(2, docs.newestSound());
      assertEquals(5, docs.entries());
      assertTrue(docs.bytes() > 0);
      // Verifying opened and closed nothing that the lock hangs on.
      assertThrows(StoreLockedException.class, () -> FileSnapshotStore.open(root()));
      store.save("other", SampleSnapshots.snapshot(7, 2));
    }
  }

  @Test
  void verify_whileGenerationsComeAndGo_findsNoDamage() throws Exception {
    storeWith(2);
    try (var store = FileSnapshotStore.open(root());
        var executor = Executors.newSingleThreadExecutor()) {
      Future<?> writing =
          executor.submit(
              () -> {
                for (int i = 3; i < 60; i++) {
                  store.save("acme/docs", SampleSnapshots.snapshot(5, i));
                }
              });
      do {
        VerifyReport report = StoreVerifier.verify(root());
        assertEquals(Status.SOUND, report.status(), report.toString());
      } while (!writing.isDone());
      writing.get();
    }
  }

  @Test
  void open_twoDirectoriesWithOneKey_isRefused() throws IOException {
    Path directory = storeWith(1);
    Path copy = Files.createDirectory(root().resolve("copy"));
    for (Path file : files(directory, "*")) {
      Files.copy(file, copy.resolve(file.getFileName()));
    }
    var refusal =
        assertThrows(CorruptSnapshotException.class, () -> FileSnapshotStore.open(root()));
    assertTrue(refusal.toString().contains("move one of them away"), refusal.toString());
  }

  @Test
  void verify_newestDamaged_isRecoverableAndNamesFileAndOffset() throws IOException {
    Path directory = storeWith(2);
    Path damaged = newestSnapshot(directory);
    flip(damaged);
    VerifyReport report = StoreVerifier.verify(root());
    assertEquals(Status.DAMAGED_RECOVERABLE, report.status());
    assertEquals(1, report.collections().getFirst().newestSound());
    var finding =
        report.findings().stream()
            .filter(each -> each.severity() == Severity.DAMAGE)
            .findFirst()
            .orElseThrow();
    assertEquals(damaged.toString(), finding.file());
    assertTrue(finding.offset() > 0);
  }

  @Test
  void verify_allDamaged_isDamaged() throws IOException {
    Path directory = storeWith(2);
    for (Path file : files(directory, "MANIFEST*")) {
      flip(file);
    }
    VerifyReport report = StoreVerifier.verify(root());
    assertEquals(Status.DAMAGED, report.status());
    assertEquals("acme/docs", report.collections().getFirst().key());
    assertEquals(0, report.collections().getFirst().newestSound());
  }

  @Test
  void verify_somethingElse_isNotAStore() throws IOException {
    Files.createDirectories(root());
    assertEquals(Status.NOT_A_STORE, StoreVerifier.verify(root()).status());
    Files.writeString(root().resolve("notes.txt"), "mine");
    assertEquals(Status.NOT_A_STORE, StoreVerifier.verify(root()).status());
    assertEquals(Status.NOT_A_STORE, StoreVerifier.verify(root().resolve("absent")).status());
    assertEquals(3, Status.NOT_A_STORE.exitCode());
  }

  @Test
  void verify_copiedSnapshotFile_isChecked() throws IOException {
    Path directory = storeWith(1);
    Path copy =
        Files.copy(
            directory.resolve("snapshot_latest.mrx"), temporary.resolve("snapshot_latest.mrx"));
    VerifyReport report = StoreVerifier.verify(copy);
    assertEquals(Status.SOUND, report.status());
    assertEquals("acme/docs", report.collections().getFirst().key());
    flip(copy);
    assertEquals(Status.DAMAGED, StoreVerifier.verify(copy).status());
  }

  @Test
  void goldenFiles_ofFormat1_openWithoutTheirIndex() throws IOException {
    String name = "docs-ed75f45e";
    Path golden = Path.of("src/test/resources/golden/format-1").resolve(name);
    Path directory = Files.createDirectories(root().resolve(name));
    for (Path file : files(golden, "*")) {
      Files.copy(file, directory.resolve(file.getFileName()));
    }
    try (var store = FileSnapshotStore.open(root())) {
      assertEquals(List.of("docs"), store.keys());
      assertEquals(
          SampleSnapshots.contents(SampleSnapshots.ofFormatOne(9, 1)),
          SampleSnapshots.load(store, "docs"));
    }
    assertEquals(List.of(), StoreVerifier.verify(root()).findings());
  }
}

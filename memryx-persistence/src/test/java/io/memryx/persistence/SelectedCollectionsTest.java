package io.memryx.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Entry;
import io.memryx.StoreOptions;
import io.memryx.VectorCollection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups, checks and lists of some collections of a store. */
class SelectedCollectionsTest {
  @TempDir Path directory;
  private Path store = Path.of("");

  @BeforeEach
  void fill() {
    store = directory.resolve("store");
    try (DurableVectorStore open = open(store)) {
      for (String name : List.of("our-a", "our-b", "theirs")) {
        VectorCollection collection = open.collection(name, CollectionOptions.of(2));
        add(collection, 0, 30);
        assertEquals(30, collection.build(BuildRequest.defaults()).vectors());
        add(collection, 30, 40);
      }
    }
  }

  private static boolean isOurs(String key) {
    return key.startsWith("our");
  }

  private static DurableVectorStore open(Path path) {
    return DurableVectorStore.open(path, StoreOptions.defaults());
  }

  private static void add(VectorCollection collection, int from, int to) {
    List<Entry> entries =
        IntStream.range(from, to)
            .mapToObj(number -> Entry.of("e" + number, new float[] {1, number}))
            .toList();
    assertEquals(to - from, collection.upsert(entries).added());
  }

  @Test
  void backup_ofSome_isABackupLikeAnyOther() {
    Path backup = directory.resolve("backup");
    CopyReport report =
        StoreBackup.backup(store, backup, SelectedCollectionsTest::isOurs, CopyProgress.SILENT);
    assertEquals(
        List.of("our-a", "our-b"), report.collections().stream().map(one -> one.key()).toList());
    assertEquals(VerifyReport.Status.SOUND, StoreVerifier.verify(backup).status());
    Path restored = directory.resolve("restored");
    assertEquals(
        2, StoreRestore.restore(backup, restored, CopyProgress.SILENT).collections().size());
    try (DurableVectorStore open = open(restored)) {
      assertEquals(40, open.find("our-b").orElseThrow().size());
      assertTrue(open.find("theirs").isEmpty());
    }
  }

  @Test
  void damage_ofOthers_isInNobodysWay() throws IOException {
    try (var files = Files.walk(store)) {
      for (Path file :
          files
              .filter(one -> one.toString().contains("theirs"))
              .filter(one -> one.getFileName().toString().startsWith("snap-"))
              .toList()) {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
      }
    }
    VerifyReport ours =
        StoreVerifier.verify(store, SelectedCollectionsTest::isOurs, CopyProgress.SILENT);
    assertEquals(VerifyReport.Status.SOUND, ours.status(), ours.toString());
    assertEquals(2, ours.collections().size());
    assertFalse(StoreVerifier.verify(store).status() == VerifyReport.Status.SOUND);
    Path backup = directory.resolve("backup");
    assertEquals(
        2,
        StoreBackup.backup(store, backup, SelectedCollectionsTest::isOurs, CopyProgress.SILENT)
            .collections()
            .size());
  }

  @Test
  void collection_whoseKeyCantBeRead_isCheckedAlways() throws IOException {
    try (var files = Files.walk(store)) {
      for (Path file :
          files
              .filter(one -> one.toString().contains("theirs"))
              .filter(one -> one.getFileName().toString().startsWith("MANIFEST-"))
              .toList()) {
        Files.write(file, new byte[10]);
      }
    }
    VerifyReport ours =
        StoreVerifier.verify(store, SelectedCollectionsTest::isOurs, CopyProgress.SILENT);
    assertEquals(VerifyReport.Status.DAMAGED, ours.status(), ours.toString());
  }

  @Test
  void list_tellsGenerations_newestFirst() {
    var all = StoreListing.list(store, SelectedCollectionsTest::isOurs);
    assertEquals(
        List.of("our-a", "our-a", "our-b", "our-b"), all.stream().map(one -> one.key()).toList());
    assertEquals(30, all.getFirst().entries());
    assertTrue(all.get(0).number() > all.get(1).number(), all.toString());
    assertTrue(all.getFirst().bytes() > 0);
    assertEquals(List.of(), StoreListing.list(store, _ -> false));
  }
}

package io.memryx.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.Compression;
import io.memryx.persistence.SnapshotStore.SavedSnapshot;
import io.memryx.snapshot.MalformedSnapshotException;
import io.memryx.snapshot.Section;
import io.memryx.snapshot.SectionType;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.StoredVectors;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every snapshot store keeps to. */
abstract class SnapshotStoreContract {
  private SnapshotStore store;

  /** An empty store. */
  abstract SnapshotStore create() throws Exception;

  @BeforeEach
  void createStore() throws Exception {
    store = create();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void load_nothingSaved_isEmpty() {
    assertEquals("nothing", SampleSnapshots.load(store, "docs"));
    assertEquals(List.of(), store.keys());
  }

  @Test
  void load_afterSave_givesWhatWasSaved() {
    for (int entries : new int[] {0, 1, 2, 100, 3_000}) {
      for (Snapshot snapshot : SampleSnapshots.ofEveryKind(entries, entries)) {
        store.save("docs", snapshot);
        assertEquals(SampleSnapshots.contents(snapshot), SampleSnapshots.load(store, "docs"));
      }
    }
  }

  @Test
  void save_losslessWithLists_saysWhereTheVectorsAreStored() {
    Snapshot snapshot = SampleSnapshots.snapshot(Compression.LOSSLESS, 3_000, 1);
    StoredVectors stored = store.save("docs", snapshot).originals().orElseThrow();
    MemorySegment expected = SampleSnapshots.bytes(snapshot, SectionType.ORIGINALS);
    assertEquals(3_000, stored.size());
    assertEquals(-1, expected.mismatch(stored.rows(0, 3_000)));
    assertEquals(-1, expected.asSlice(17 * 12, 5 * 12).mismatch(stored.rows(17, 5)));
    assertEquals(0, stored.rows(3_000, 0).byteSize());
    assertTrue(stored.rows(0, 1).isReadOnly());
    for (int[] outside : new int[][] {{-1, 1}, {0, 3_001}, {3_000, 1}, {1, -1}}) {
      assertThrows(IndexOutOfBoundsException.class, () -> stored.rows(outside[0], outside[1]));
    }
  }

  @Test
  void save_withoutListsOrWithoutOriginals_keepsNothingToReadLater() {
    assertTrue(store.save("a", SampleSnapshots.withoutLists(9, 1)).originals().isEmpty());
    assertTrue(store.save("b", SampleSnapshots.snapshot(9, 1)).originals().isEmpty());
    assertTrue(
        store
            .save("c", SampleSnapshots.snapshot(Compression.LOSSLESS, 0, 1))
            .originals()
            .isEmpty());
  }

  @Test
  void originals_outliveTheirGenerationAndTheStore() {
    Snapshot first = SampleSnapshots.snapshot(Compression.LOSSLESS, 3_000, 1);
    StoredVectors stored = store.save("docs", first).originals().orElseThrow();
    for (int i = 2; i < 6; i++) {
      store.save("docs", SampleSnapshots.snapshot(Compression.LOSSLESS, 3_000, i));
    }
    store.close();
    assertEquals(
        -1, SampleSnapshots.bytes(first, SectionType.ORIGINALS).mismatch(stored.rows(0, 3_000)));
  }

  @Test
  void save_ofStoredVectors_givesThemAgain() {
    Snapshot first = SampleSnapshots.snapshot(Compression.LOSSLESS, 3_000, 1);
    store.save("docs", first);
    var loaded = store.load("docs", SampleSnapshots.Assembler::new).orElseThrow();
    store.save("docs", loaded.collection().snapshot());
    assertEquals(SampleSnapshots.contents(first), SampleSnapshots.load(store, "docs"));
  }

  @Test
  void save_oneKeyAgain_isTheNewestGeneration() {
    SavedSnapshot first = store.save("docs", SampleSnapshots.snapshot(3, 1));
    SavedSnapshot second = store.save("docs", SampleSnapshots.snapshot(4, 2));
    assertTrue(second.generation() > first.generation());
    assertTrue(second.bytes() > 0);
    var loaded = store.load("docs", SampleSnapshots.Assembler::new).orElseThrow();
    assertEquals(second.generation(), loaded.generation());
    assertEquals(second.location(), loaded.location());
    assertEquals(List.of(), loaded.passedOver());
    assertEquals(
        SampleSnapshots.contents(SampleSnapshots.snapshot(4, 2)),
        SampleSnapshots.load(store, "docs"));
  }

  @Test
  void save_isACopy() {
    float[] originals = {1, 2, 3};
    Snapshot snapshot = SampleSnapshots.withoutLists(1, 1);
    List<Section> sections =
        snapshot.sections().stream()
            .map(
                section ->
                    section.type() == SectionType.ORIGINALS
                        ? new Section(section.type(), List.of(MemorySegment.ofArray(originals)))
                        : section)
            .toList();
    var shared = new Snapshot(snapshot.meta(), sections);
    String saved = SampleSnapshots.contents(shared);
    store.save("docs", shared);
    Arrays.fill(originals, 7);
    assertNotEquals(saved, SampleSnapshots.contents(shared), "the snapshot shares no memory");
    assertEquals(saved, SampleSnapshots.load(store, "docs"));
  }

  @Test
  void load_givesACopy() {
    for (Snapshot snapshot : SampleSnapshots.ofEveryKind(3, 1)) {
      store.save("docs", snapshot);
      var assemblers = new ArrayList<SampleSnapshots.Assembler>();
      store.load(
          "docs",
          meta -> {
            assemblers.add(new SampleSnapshots.Assembler(meta));
            return assemblers.getFirst();
          });
      assemblers.getFirst().overwrite();
      assertEquals(SampleSnapshots.contents(snapshot), SampleSnapshots.load(store, "docs"));
    }
  }

  @Test
  void keys_areKeptApartAndListedInOrder() {
    List<String> keys =
        List.of("A", "a", "a/b", "a.b", "b".repeat(256), "\u00e4/\ud83d\ude80", "..", "/");
    int content = 0;
    for (String key : keys) {
      store.save(key, SampleSnapshots.snapshot(2, content++));
    }
    assertEquals(List.copyOf(new TreeSet<>(keys)), store.keys());
    content = 0;
    for (String key : keys) {
      assertEquals(
          SampleSnapshots.contents(SampleSnapshots.snapshot(2, content++)),
          SampleSnapshots.load(store, key),
          key);
    }
  }

  @Test
  void keys_withPrefix_areThoseThatBeginWithIt() {
    for (String key : List.of("acme/a", "acme/b", "acme", "acme0", "acm", "b/acme/c")) {
      store.save(key, SampleSnapshots.snapshot(2, 1));
    }
    assertEquals(List.of("acme/a", "acme/b"), store.keys("acme/"));
    assertEquals(List.of("acm", "acme", "acme/a", "acme/b", "acme0"), store.keys("acm"));
    assertEquals(store.keys(), store.keys(""));
    assertEquals(List.of(), store.keys("c"));
  }

  @Test
  void keys_thatNobodyCanReadBack_areRefused() {
    for (String key : List.of("", "a".repeat(257), "lone \ud800 surrogate")) {
      Snapshot snapshot = SampleSnapshots.snapshot(2, 1);
      assertThrows(IllegalArgumentException.class, () -> store.save(key, snapshot));
      assertThrows(IllegalArgumentException.class, () -> store.delete(key));
      assertThrows(
          IllegalArgumentException.class, () -> store.load(key, SampleSnapshots.Assembler::new));
    }
    assertEquals(List.of(), store.keys());
  }

  @Test
  void delete_removesEveryGenerationOfTheKeyAndNoOther() {
    assertFalse(store.delete("docs"));
    for (int i = 0; i < 3; i++) {
      store.save("docs", SampleSnapshots.snapshot(3, i));
    }
    store.save("docs.more", SampleSnapshots.snapshot(3, 9));
    assertTrue(store.delete("docs"));
    assertEquals(List.of("docs.more"), store.keys());
    assertEquals("nothing", SampleSnapshots.load(store, "docs"));
    assertFalse(store.delete("docs"));
    assertEquals(
        SampleSnapshots.contents(SampleSnapshots.snapshot(3, 9)),
        SampleSnapshots.load(store, "docs.more"));
  }

  @Test
  void save_afterDelete_isAllThatThereIs() {
    for (int round = 0; round < 3; round++) {
      store.save("docs", SampleSnapshots.snapshot(3, 10 + round));
      store.save("docs", SampleSnapshots.snapshot(4, 20 + round));
      assertTrue(store.delete("docs"));
    }
    store.save("docs", SampleSnapshots.snapshot(5, 1));
    assertEquals(List.of("docs"), store.keys());
    assertEquals(
        SampleSnapshots.contents(SampleSnapshots.snapshot(5, 1)),
        SampleSnapshots.load(store, "docs"));
  }

  @Test
  void delete_vectorsThatSomeoneRefersTo_stayReadable() {
    Snapshot snapshot = SampleSnapshots.snapshot(Compression.LOSSLESS, 3_000, 1);
    StoredVectors stored = store.save("docs", snapshot).originals().orElseThrow();
    store.delete("docs");
    assertEquals(
        -1, SampleSnapshots.bytes(snapshot, SectionType.ORIGINALS).mismatch(stored.rows(0, 3_000)));
  }

  @Test
  void delete_besideSaves_leavesWholeGenerations() throws Exception {
    List<Callable<Boolean>> tasks = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Snapshot snapshot = SampleSnapshots.snapshot(3, i);
      tasks.add(() -> store.save("docs", snapshot).generation() > 0);
      tasks.add(() -> store.delete("docs"));
    }
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Boolean> each : executor.invokeAll(tasks)) {
        each.get();
      }
    }
    store.save("docs", SampleSnapshots.snapshot(4, 99));
    assertEquals(List.of("docs"), store.keys());
    assertEquals(
        SampleSnapshots.contents(SampleSnapshots.snapshot(4, 99)),
        SampleSnapshots.load(store, "docs"));
  }

  @Test
  void load_assemblerRefusesTheSections_isCorrupt() {
    store.save("docs", SampleSnapshots.snapshot(2, 1));
    assertThrows(
        CorruptSnapshotException.class,
        () ->
            store.load(
                "docs",
                meta -> {
                  throw new MalformedSnapshotException("not for me");
                }));
  }

  @Test
  void save_fromManyThreads_keepsEveryKeyAndNumbersEveryGeneration() throws Exception {
    int saves = 6;
    List<Callable<Long>> tasks = new ArrayList<>();
    for (int i = 0; i < saves; i++) {
      Snapshot snapshot = SampleSnapshots.snapshot(3, i);
      tasks.add(() -> store.save("shared", snapshot).generation());
      String own = "own-" + i;
      tasks.add(() -> store.save(own, snapshot).generation() + 1_000);
    }
    Set<Long> shared = new TreeSet<>();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Long> generation : executor.invokeAll(tasks)) {
        shared.add(generation.get());
      }
    }
    assertEquals(saves, shared.stream().filter(generation -> generation < 1_000).count());
    assertEquals(saves + 1, store.keys().size());
  }

  @Test
  void save_inAnInterruptedThread_succeedsAndKeepsTheInterrupt() {
    Snapshot snapshot = SampleSnapshots.snapshot(3, 1);
    Thread.currentThread().interrupt();
    store.save("docs", snapshot);
    String loaded = SampleSnapshots.load(store, "docs");
    assertTrue(Thread.interrupted());
    assertEquals(SampleSnapshots.contents(snapshot), loaded);
  }

  @Test
  void anything_afterClose_isRefused() {
    store.close();
    store.close();
    assertThrows(IllegalStateException.class, () -> store.keys());
    assertThrows(IllegalStateException.class, () -> store.delete("docs"));
    assertThrows(
        IllegalStateException.class, () -> store.save("docs", SampleSnapshots.snapshot(1, 1)));
    assertThrows(
        IllegalStateException.class, () -> store.load("docs", SampleSnapshots.Assembler::new));
  }
}

package io.memryx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.snapshot.Change;
import io.memryx.snapshot.ChangeLog;
import io.memryx.snapshot.GenerationCommit;
import io.memryx.snapshot.GenerationKeeper;
import io.memryx.snapshot.LoggedEntry;
import io.memryx.snapshot.MalformedSnapshotException;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.SnapshotAssembler;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoggedChangesTest {
  private static final CollectionOptions OPTIONS =
      new CollectionOptions(3, Metric.L2, Compression.LOSSLESS);

  /** Keeps the changes and the snapshots of one collection, and refuses when it is told so. */
  private static final class Recorder implements GenerationKeeper, ChangeLog {
    private final List<Change> changes = new ArrayList<>();
    private final List<Snapshot> snapshots = new ArrayList<>();
    private BooleanSupplier refuses = () -> false;
    private long bytes;
    private int rotations;

    @Override
    public synchronized void create(String collection, Snapshot empty) {
      refuseIfTold();
      snapshots.add(empty);
    }

    @Override
    public ChangeLog logOf(String collection) {
      return this;
    }

    @Override
    public GenerationCommit commitOf(String collection) {
      return snapshot -> {
        snapshots.add(snapshot);
        return Optional.empty();
      };
    }

    @Override
    public void remove(String collection) {}

    @Override
    public void close() {}

    @Override
    public synchronized long append(Change change) {
      refuseIfTold();
      changes.add(change);
      return changes.size();
    }

    @Override
    public void rotate() {
      refuseIfTold();
      rotations++;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    private void refuseIfTold() {
      if (refuses.getAsBoolean()) {
        throw new IllegalStateException("no space");
      }
    }

    /** The collection as it would be after a restart. */
    VectorCollection restarted() {
      return restarted(snapshots.getLast());
    }

    VectorCollection restarted(Snapshot snapshot) {
      SnapshotAssembler assembler = RestoredCollection.begin(snapshot);
      VectorCollection collection = assembler.finish();
      for (long at = snapshot.meta().lastSequence(); at < changes.size(); at++) {
        assembler.replay(at + 1, changes.get((int) at));
      }
      return collection;
    }
  }

  private final Recorder recorder = new Recorder();
  private final VectorStore store =
      Memryx.assembleStore(StoreOptions.defaults(), recorder).finish();
  private final VectorCollection docs = store.collection("docs", OPTIONS);

  private static List<Entry> entries(int from, int to, float value) {
    List<Entry> entries = new ArrayList<>();
    for (int i = from; i < to; i++) {
      entries.add(
          Entry.of(
              "id-" + i,
              new float[] {i, value, 1},
              Metadata.of("even", i % 2 == 0 ? "yes" : "no")));
    }
    return entries;
  }

  private static Map<String, String> contents(VectorCollection collection) {
    Map<String, String> contents = new TreeMap<>();
    collection
        .entries()
        .forEach(
            entry ->
                contents.put(
                    entry.id(),
                    List.of(entry.component(0), entry.component(1)) + " " + entry.metadata()));
    return contents;
  }

  @Test
  void changes_areLoggedWholeAndInOrder() {
    docs.upsert(entries(0, 4, 0));
    assertEquals(2, docs.delete(List.of("id-1", "id-2", "unknown")));
    assertEquals(2, docs.delete(Filter.exists("even")));
    assertEquals(3, recorder.changes.size());
    var upsert = assertInstanceOf(Change.Upsert.class, recorder.changes.get(0));
    assertEquals(4, upsert.entries().size());
    var byIds = assertInstanceOf(Change.Deletion.class, recorder.changes.get(1));
    assertEquals(List.of("id-1", "id-2", "unknown"), texts(byIds));
    var byFilter = assertInstanceOf(Change.Deletion.class, recorder.changes.get(2));
    assertEquals(List.of("id-0", "id-3"), texts(byFilter));
  }

  private static List<String> texts(Change.Deletion deletion) {
    return deletion.ids().stream().map(id -> new String(id, StandardCharsets.UTF_8)).toList();
  }

  @Test
  void delete_ofNothing_isNotLogged() {
    docs.upsert(entries(0, 2, 0));
    assertEquals(0, docs.delete(List.of("unknown", "", "\ud800")));
    assertEquals(0, docs.delete(Filter.eq("even", "never")));
    assertEquals(1, recorder.changes.size());
  }

  @Test
  void change_thatTheLogRefuses_isNotMadeAndTakesNoMemory() {
    docs.upsert(entries(0, 10, 0));
    Map<String, String> before = contents(docs);
    long memory = store.memoryUsed();
    recorder.refuses = () -> true;
    assertThrows(IllegalStateException.class, () -> docs.upsert(entries(5, 500, 1)));
    assertThrows(IllegalStateException.class, () -> docs.delete(List.of("id-1")));
    assertThrows(IllegalStateException.class, () -> docs.delete(Filter.eq("even", "yes")));
    assertThrows(IllegalStateException.class, () -> docs.build(BuildRequest.defaults()));
    assertEquals(before, contents(docs));
    assertEquals(memory, store.memoryUsed());
    recorder.refuses = () -> false;
    docs.upsert(entries(5, 500, 1));
    assertEquals(500, docs.build(BuildRequest.defaults()).vectors());
  }

  @Test
  void collection_thatTheKeeperRefuses_isNotThere() {
    recorder.refuses = () -> true;
    assertThrows(IllegalStateException.class, () -> store.collection("other", OPTIONS));
    assertTrue(store.find("other").isEmpty());
    recorder.refuses = () -> false;
    assertEquals(0, store.collection("other", OPTIONS).size());
  }

  @Test
  void changes_loggedByTwoThreads_areMadeInTheOrderOfTheLog() throws Exception {
    var firstIsLogged = new CountDownLatch(1);
    var firstMayGoOn = new CountDownLatch(1);
    var slow =
        new LogOfTwo() {
          @Override
          void afterFirst() throws InterruptedException {
            firstIsLogged.countDown();
            assertTrue(firstMayGoOn.await(10, TimeUnit.SECONDS));
          }
        };
    VectorStore slowStore =
        Memryx.assembleStore(StoreOptions.defaults(), keeperOf(slow, () -> {})).finish();
    VectorCollection slowDocs = slowStore.collection("docs", OPTIONS);
    try (var threads = Executors.newCachedThreadPool()) {
      Future<?> first = threads.submit(() -> slowDocs.upsert(entries(0, 1, 1)));
      assertTrue(firstIsLogged.await(10, TimeUnit.SECONDS));
      Future<?> second = threads.submit(() -> slowDocs.upsert(entries(0, 1, 2)));
      assertTrue(slow.secondIsLogged.await(10, TimeUnit.SECONDS));
      assertFalse(slowDocs.contains("id-0"), "the second was made before the first");
      firstMayGoOn.countDown();
      first.get();
      second.get();
    }
    assertEquals(2, slowDocs.get("id-0").orElseThrow().component(1));
  }

  /** Logs two changes; the first returns when its test lets it. */
  private abstract static class LogOfTwo implements ChangeLog {
    final CountDownLatch secondIsLogged = new CountDownLatch(1);
    private long sequence;

    abstract void afterFirst() throws InterruptedException;

    @Override
    public long append(Change change) {
      long mine = next();
      try {
        if (mine == 1) {
          afterFirst();
        } else {
          secondIsLogged.countDown();
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      return mine;
    }

    private synchronized long next() {
      return ++sequence;
    }

    @Override
    public void rotate() {}

    @Override
    public long bytes() {
      return 0;
    }
  }

  private static GenerationKeeper keeperOf(ChangeLog log, Runnable removal) {
    return new GenerationKeeper() {
      @Override
      public void create(String collection, Snapshot empty) {}

      @Override
      public ChangeLog logOf(String collection) {
        return log;
      }

      @Override
      public GenerationCommit commitOf(String collection) {
        return GenerationCommit.NONE;
      }

      @Override
      public void remove(String collection) {
        removal.run();
      }

      @Override
      public void close() {}
    };
  }

  @Test
  void drop_waitsForTheChangesOnTheirWay() throws Exception {
    List<String> events = Collections.synchronizedList(new ArrayList<>());
    var isLogged = new CountDownLatch(1);
    var mayGoOn = new CountDownLatch(1);
    var slow =
        new LogOfTwo() {
          @Override
          void afterFirst() throws InterruptedException {
            isLogged.countDown();
            assertTrue(mayGoOn.await(10, TimeUnit.SECONDS));
            events.add("logged");
          }
        };
    VectorStore slowStore =
        Memryx.assembleStore(StoreOptions.defaults(), keeperOf(slow, () -> events.add("removed")))
            .finish();
    VectorCollection slowDocs = slowStore.collection("docs", OPTIONS);
    var upserting = Thread.ofPlatform().start(() -> slowDocs.upsert(entries(0, 1, 1)));
    assertTrue(isLogged.await(10, TimeUnit.SECONDS));
    var dropping = Thread.ofPlatform().start(() -> slowStore.drop("docs"));
    while (dropping.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    mayGoOn.countDown();
    upserting.join();
    dropping.join();
    assertEquals(List.of("logged", "removed"), events);
  }

  @Test
  void build_beginsANewPartOfTheLogAndSaysUpToWhereTheSnapshotGoes() {
    docs.upsert(entries(0, 10, 0));
    docs.delete(List.of("id-1"));
    var _ = docs.build(BuildRequest.defaults());
    assertEquals(1, recorder.rotations);
    assertEquals(2, recorder.snapshots.getLast().meta().lastSequence());
    assertEquals(9, recorder.snapshots.getLast().meta().entries());
  }

  @Test
  void build_whileOthersWrite_leavesToTheLogWhatItDoesNotHold() {
    docs.upsert(entries(0, 10, 0));
    var _ =
        docs.build(
            BuildRequest.defaults()
                .withProgress(
                    progress -> {
                      if (recorder.changes.size() < 3) {
                        docs.upsert(entries(5, 15, recorder.changes.size()));
                      }
                    }));
    assertEquals(1, recorder.snapshots.getLast().meta().lastSequence());
    assertEquals(contents(docs), contents(recorder.restarted()));
    assertEquals(15, docs.size());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void restart_fromAnySnapshotWithTheChangesAfterIt_givesTheSameEntries(long seed) {
    var random = new SplittableRandom(seed);
    for (int step = 0; step < 60; step++) {
      int from = random.nextInt(40);
      switch (random.nextInt(6)) {
        case 0 -> docs.delete(List.of("id-" + from, "id-" + (from + 1)));
        case 1 -> docs.delete(Filter.eq("even", random.nextBoolean() ? "yes" : "no"));
        case 2 -> docs.build(BuildRequest.defaults());
        default -> docs.upsert(entries(from, from + 1 + random.nextInt(10), step));
      }
    }
    for (Snapshot snapshot : recorder.snapshots) {
      assertEquals(contents(docs), contents(recorder.restarted(snapshot)), "seed " + seed);
    }
    assertTrue(recorder.snapshots.size() > 1);
  }

  @Test
  void build_isAskedForOnce_whenTheLogIsLong() {
    List<String> asked = new ArrayList<>();
    var options =
        StoreOptions.defaults()
            .withAutomaticBuild(
                AutomaticBuild.never().withStarter(collection -> asked.add(collection.name())));
    VectorCollection logged =
        Memryx.assembleStore(options, recorder).finish().collection("logged", OPTIONS);
    logged.upsert(entries(0, 10, 0));
    assertEquals(List.of(), asked);
    recorder.bytes = 300L << 20;
    logged.upsert(entries(0, 10, 1));
    logged.upsert(entries(0, 10, 2));
    assertEquals(List.of("logged"), asked);
    recorder.bytes = 700L << 20;
    logged.upsert(entries(0, 10, 3));
    assertEquals(List.of("logged", "logged"), asked);
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
  private record Logged(byte[] id, byte[] metadata, float... vector) implements LoggedEntry {
    @Override
    public int dimension() {
      return vector.length;
    }

    @Override
    public void copyVectorTo(float[] target, int offset) {
      System.arraycopy(vector, 0, target, offset, vector.length);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void replay_ofWhatNobodyCanHaveLogged_isRefused() {
    byte[] none = {};
    refuse(1, new Change.Upsert(List.of(new Logged(utf8("a"), none, 1, 2))));
    refuse(1, new Change.Upsert(List.of(new Logged(utf8("a"), none, 1, 2, Float.NaN))));
    refuse(1, new Change.Upsert(List.of(new Logged(none, none, 1, 2, 3))));
    refuse(1, new Change.Upsert(List.of(new Logged(new byte[] {(byte) 0xff}, none, 1, 2, 3))));
    refuse(1, new Change.Upsert(List.of(new Logged(utf8("a"), new byte[] {1, 2}, 1, 2, 3))));
    var twice = new Logged(utf8("a"), none, 1, 2, 3);
    refuse(1, new Change.Upsert(List.of(twice, twice)));
    refuse(1, new Change.Deletion(List.of(new byte[] {(byte) 0xff})));
    refuse(2, new Change.Upsert(List.of(twice)));
    refuse(0, new Change.Upsert(List.of(twice)));
  }

  private void refuse(long sequence, Change change) {
    SnapshotAssembler assembler = RestoredCollection.begin(recorder.snapshots.getFirst());
    VectorCollection collection = assembler.finish();
    assertThrows(MalformedSnapshotException.class, () -> assembler.replay(sequence, change));
    assertEquals(0, collection.size());
  }
}

package io.memryx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.BuildProgress.Phase;
import io.memryx.snapshot.ChangeLog;
import io.memryx.snapshot.GenerationCommit;
import io.memryx.snapshot.GenerationKeeper;
import io.memryx.snapshot.Snapshot;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class StoreLifeTest {
  private static final CollectionOptions OPTIONS = CollectionOptions.of(16);

  private final RandomVectors vectors = new RandomVectors(5, 16, 10);
  private final VectorStore store = Memryx.inMemory();

  /** Every call that a collection which has ended must refuse. */
  private static List<Executable> calls(VectorCollection collection) {
    float[] vector = new float[16];
    vector[0] = 1;
    Entry entry = Entry.of("a", vector);
    return List.of(
        () -> collection.upsert(List.of(entry)),
        () -> collection.get("a"),
        () -> collection.get("lone \ud800"),
        () -> collection.contains("a"),
        collection::size,
        () -> collection.delete(List.of("a")),
        () -> collection.delete(Filter.eq("a", 1)),
        () -> collection.count(Filter.eq("a", 1)),
        () -> collection.search(SearchRequest.of(vector, 1)),
        () -> collection.build(BuildRequest.defaults()),
        () -> collection.page(PageRequest.first(1)),
        collection::entries,
        () -> collection.entries(Filter.eq("a", 1)),
        collection::stats,
        collection::snapshot);
  }

  private static void assertRefusesAll(VectorCollection collection, String reason) {
    for (Executable call : calls(collection)) {
      String message = assertThrows(IllegalStateException.class, call).toString();
      assertTrue(message.contains("'docs'") && message.contains(reason), message);
    }
    assertEquals("docs", collection.name());
    assertEquals(OPTIONS, collection.options());
  }

  @Test
  void drop_collection_isGoneAndItsNameIsFree() {
    VectorCollection docs = store.collection("docs", OPTIONS);
    store.collection("other", OPTIONS);
    docs.upsert(vectors.entries(0, 100));
    assertTrue(store.drop("docs"));
    assertFalse(store.drop("docs"));
    assertEquals(Optional.empty(), store.find("docs"));
    assertEquals(
        List.of("other"), store.collections().stream().map(VectorCollection::name).toList());
    assertRefusesAll(docs, "was dropped: ask the store for a new one");

    CollectionOptions others = OPTIONS.withCompression(Compression.LOSSLESS);
    VectorCollection again = store.collection("docs", others);
    assertNotSame(docs, again);
    assertEquals(0, again.size());
    assertEquals(others, again.options());
    again.upsert(vectors.entries(0, 7));
    assertEquals(7, again.size());
    assertRefusesAll(docs, "was dropped");
  }

  @Test
  void drop_nameThatNoCollectionCanHave_isRefused() {
    assertThrows(ValidationException.class, () -> store.drop("../docs"));
    assertThrows(ValidationException.class, () -> store.drop(""));
    assertFalse(store.drop("docs"));
  }

  @Test
  void drop_collectionThatSomeoneKeeps_givesItsMemoryBack() throws Exception {
    VectorCollection docs = store.collection("docs", OPTIONS);
    long empty = store.memoryUsed();
    docs.upsert(vectors.entries(0, 100));
    WeakReference<Object> kept = stateOf(docs);
    assertTrue(store.memoryUsed() > empty);
    store.drop("docs");
    assertEquals(0, store.memoryUsed());
    assertCollected(kept);
    assertEquals("docs", docs.name());
    var dropped = new WeakReference<>(store.collection("docs", OPTIONS));
    store.drop("docs");
    assertCollected(dropped);
  }

  /** The state that the collection has now: all its entries. */
  private static WeakReference<Object> stateOf(VectorCollection docs) throws Exception {
    return new WeakReference<>(field(field(docs, "contents"), "state"));
  }

  private static Object field(Object holder, String name) throws Exception {
    Field field = holder.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(holder);
  }

  private static void assertCollected(WeakReference<?> reference) {
    for (int attempt = 0; attempt < 50 && reference.get() != null; attempt++) {
      System.gc();
    }
    assertSame(null, reference.get(), "something still refers to it");
  }

  @Test
  void drop_largeCollections_leaveTheHeapAsItWas() {
    var options = CollectionOptions.of(256);
    var wide = new RandomVectors(8, 256, 2);
    long before = 0;
    for (int round = 0; round < 3; round++) {
      VectorCollection docs = store.collection("docs", options);
      docs.upsert(wide.entries(0, 10_000));
      docs.build(BuildRequest.defaults());
      docs.upsert(wide.entries(10_000, 10_000));
      assertTrue(heapAfterGc() - before > 10 << 20);
      store.drop("docs");
      // The first round loads classes and kernels, too.
      before = round == 0 ? heapAfterGc() : before;
    }
    long left = heapAfterGc() - before;
    assertTrue(left < 1 << 20, left + " bytes are left");
  }

  private static long heapAfterGc() {
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** A build that waits in its first phase until the latch is open, in a thread of its own. */
  private CompletableFuture<BuildReport> buildThatWaits(
      VectorCollection docs, CountDownLatch open) {
    var begun = new CountDownLatch(1);
    BuildRequest request =
        BuildRequest.defaults()
            .withProgress(
                progress -> {
                  begun.countDown();
                  await(open);
                });
    var outcome =
        docs.buildAsync(request, task -> Thread.ofPlatform().daemon().start(task))
            .toCompletableFuture();
    await(begun);
    return outcome;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void drop_duringABuild_endsItAndDoesNotBringTheCollectionBack() throws Exception {
    VectorCollection docs = store.collection("docs", OPTIONS);
    docs.upsert(vectors.entries(0, 5_000));
    var open = new CountDownLatch(1);
    CompletableFuture<BuildReport> building = buildThatWaits(docs, open);
    var dropped = CompletableFuture.supplyAsync(() -> store.drop("docs"));
    open.countDown();
    assertTrue(dropped.get());
    var failure = assertThrows(CompletionException.class, building::join);
    assertTrue(failure.toString().contains("was dropped"), failure.toString());
    assertEquals(List.of(), store.collections());
    assertEquals(0, store.memoryUsed());
    assertRefusesAll(docs, "was dropped");
  }

  @Test
  void drop_byAListenerOfTheBuild_doesNotWaitForItself() {
    VectorCollection docs = store.collection("docs", OPTIONS);
    docs.upsert(vectors.entries(0, 5_000));
    BuildRequest request =
        BuildRequest.defaults()
            .withProgress(
                progress -> {
                  if (progress.phase() == Phase.COMMIT) {
                    store.drop("docs");
                  }
                });
    var failure = assertThrows(IllegalStateException.class, () -> docs.build(request));
    assertTrue(failure.toString().contains("was dropped"), failure.toString());
    assertEquals(0, store.memoryUsed());
    assertRefusesAll(docs, "was dropped");
  }

  /** Keeps nothing; removals fail when it is told so. */
  private static final class FailingKeeper implements GenerationKeeper {
    private boolean failing = true;
    private int removals;
    private int closings;

    @Override
    public void create(String collection, Snapshot empty) {}

    @Override
    public ChangeLog logOf(String collection) {
      return ChangeLog.NONE;
    }

    @Override
    public GenerationCommit commitOf(String collection) {
      return GenerationCommit.NONE;
    }

    @Override
    public void remove(String collection) {
      if (failing) {
        throw new IllegalStateException("no removal today");
      }
      removals++;
    }

    @Override
    public void close() {
      closings++;
    }
  }

  @Test
  void drop_removalFails_leavesTheCollectionAsItWas() {
    var keeper = new FailingKeeper();
    VectorStore durable = Memryx.assembleStore(StoreOptions.defaults(), keeper).finish();
    VectorCollection docs = durable.collection("docs", OPTIONS);
    docs.upsert(vectors.entries(0, 5_000));
    assertThrows(IllegalStateException.class, () -> durable.drop("docs"));
    assertSame(docs, durable.find("docs").orElseThrow());
    assertEquals(5_000, docs.build(BuildRequest.defaults()).vectors());
    docs.upsert(vectors.entries(5_000, 1));
    keeper.failing = false;
    assertTrue(durable.drop("docs"));
    assertEquals(1, keeper.removals);
    assertRefusesAll(docs, "was dropped");
    durable.close();
    durable.close();
    assertEquals(1, keeper.closings);
  }

  @Test
  void drop_fromManyThreads_isDoneOnce() throws Exception {
    for (int round = 0; round < 20; round++) {
      store.collection("docs", OPTIONS).upsert(vectors.entries(0, 10));
      int dropped = 0;
      try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
        Callable<Boolean> drop = () -> store.drop("docs");
        var tasks = Collections.nCopies(8, drop);
        for (var each : executor.invokeAll(tasks)) {
          dropped += each.get() ? 1 : 0;
        }
      }
      assertEquals(1, dropped);
    }
  }

  @Test
  void close_refusesEveryLaterCall() {
    VectorCollection docs = store.collection("docs", OPTIONS);
    docs.upsert(vectors.entries(0, 100));
    store.close();
    store.close();
    assertThrows(IllegalStateException.class, () -> store.collection("docs", OPTIONS));
    assertThrows(IllegalStateException.class, () -> store.find("docs"));
    assertThrows(IllegalStateException.class, store::collections);
    assertThrows(IllegalStateException.class, () -> store.drop("docs"));
    assertEquals(0, store.memoryUsed());
    assertRefusesAll(docs, "belongs to a store that is closed");
  }

  @Test
  void close_duringABuild_cancelsItAndWaits() throws Exception {
    VectorCollection docs = store.collection("docs", OPTIONS);
    docs.upsert(vectors.entries(0, 5_000));
    var open = new CountDownLatch(1);
    CompletableFuture<BuildReport> building = buildThatWaits(docs, open);
    var closed = CompletableFuture.runAsync(store::close);
    open.countDown();
    closed.get();
    var failure = assertThrows(CompletionException.class, building::join);
    assertTrue(failure.toString().contains("store that is closed"), failure.toString());
  }

  @Test
  void search_thatBeganBeforeTheDrop_endsOnWhatItSaw() {
    VectorCollection docs = store.collection("docs", OPTIONS);
    docs.upsert(vectors.entries(0, 100));
    var entries = docs.entries();
    store.drop("docs");
    assertEquals(100, entries.count());
  }
}

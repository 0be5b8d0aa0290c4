package io.memryx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MemoryBudgetTest {
  private static final int DIMENSION = 32;
  private static final CollectionOptions OPTIONS = CollectionOptions.of(DIMENSION);
  private static final long BUDGET = 4 << 20;

  private final RandomVectors vectors = new RandomVectors(3, DIMENSION, 10);

  private static VectorStore store(long budget) {
    return Memryx.inMemory(StoreOptions.defaults().withMemoryBudget(budget));
  }

  /** Upserts until the budget is used up; gives the entries that went in. */
  private List<Entry> fill(VectorCollection docs, int batch) {
    var applied = new ArrayList<Entry>();
    while (true) {
      List<Entry> entries = vectors.entries(applied.size(), batch);
      try {
        docs.upsert(entries);
        applied.addAll(entries);
      } catch (MemoryBudgetException e) {
        return applied;
      }
    }
  }

  @Test
  void upsert_overTheBudget_isRefusedAsAWhole() {
    VectorStore store = store(BUDGET);
    VectorCollection docs = store.collection("docs", OPTIONS);
    assertEquals(BUDGET, store.memoryBudget());
    List<Entry> applied = fill(docs, 1_000);
    assertTrue(applied.size() > 5_000, applied.size() + " entries fit");
    assertEquals(applied.size(), docs.size());
    long used = store.memoryUsed();
    assertTrue(used <= BUDGET);
    var refusal =
        assertThrows(
            MemoryBudgetException.class, () -> docs.upsert(vectors.entries(applied.size(), 1_000)));
    assertEquals(BUDGET, refusal.budget());
    assertTrue(refusal.needed() > BUDGET);
    assertTrue(
        refusal.toString().contains("adding 1,000 entries to collection 'docs'"),
        refusal.toString());
    assertTrue(refusal.toString().contains("drop a collection"), refusal.toString());
    assertEquals(used, store.memoryUsed());
    assertEquals(applied.size(), docs.size());
    Entry first = applied.getFirst();
    assertEquals("0", docs.search(SearchRequest.of(first.vector(), 1)).neighbors().getFirst().id());
  }

  @Test
  void upsert_neverAllocatesWhatItRefuses() {
    VectorStore store = store(BUDGET);
    VectorCollection docs = store.collection("docs", OPTIONS);
    List<Entry> applied = fill(docs, 100);
    List<Entry> entries = vectors.entries(applied.size(), 100);
    assertThrows(MemoryBudgetException.class, () -> docs.upsert(entries));
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThrows(MemoryBudgetException.class, () -> docs.upsert(entries));
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(allocated < 200_000, allocated + " bytes");
  }

  @Test
  void memoryUsed_isWhatTheHeapHolds() {
    long before = heapAfterGc();
    VectorStore store = store(StoreOptions.UNLIMITED);
    VectorCollection docs = store.collection("docs", OPTIONS);
    for (int i = 0; i < 6; i++) {
      docs.upsert(vectors.entries(10_000 * i, 10_000));
    }
    long held = heapAfterGc() - before;
    double ratio = (double) store.memoryUsed() / held;
    assertTrue(ratio > 0.85 && ratio < 1.2, store.memoryUsed() + " counted, held " + held);
    docs.build(BuildRequest.defaults());
    held = heapAfterGc() - before;
    ratio = (double) store.memoryUsed() / held;
    assertTrue(ratio > 0.6 && ratio < 1.2, store.memoryUsed() + " counted, held " + held);
    assertEquals(60_000, docs.size());
  }

  private static long heapAfterGc() {
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Test
  void delete_andBuild_makeRoomAgain() {
    VectorStore store = store(16 << 20);
    VectorCollection docs = store.collection("docs", OPTIONS);
    List<Entry> applied = fill(docs, 1_000);
    List<String> ids = applied.stream().map(Entry::id).toList();
    assertEquals(ids.size() - 100, docs.delete(ids.subList(100, ids.size())));
    docs.build(BuildRequest.defaults());
    assertTrue(store.memoryUsed() < 1 << 20, store.memoryUsed() + " bytes");
    docs.upsert(vectors.entries(0, 1_000));
    assertEquals(1_000, docs.size());
  }

  @ParameterizedTest
  @EnumSource
  void build_overTheBudget_isRefusedAndNothingChanges(Compression compression) {
    VectorStore roomy = store(StoreOptions.UNLIMITED);
    VectorCollection measured = roomy.collection("docs", OPTIONS.withCompression(compression));
    List<Entry> entries = vectors.entries(0, 5_000);
    measured.upsert(entries);
    long needed = roomy.memoryUsed() + measured.stats().buildBytes();
    measured.build(BuildRequest.defaults());
    assertTrue(roomy.memoryUsed() < needed);

    // What the hot buffer grew by for a moment is less than what a build takes.
    VectorStore tight = store(needed - 1);
    VectorCollection docs = tight.collection("docs", OPTIONS.withCompression(compression));
    docs.upsert(entries);
    long used = tight.memoryUsed();
    var refusal =
        assertThrows(MemoryBudgetException.class, () -> docs.build(BuildRequest.defaults()));
    assertTrue(refusal.toString().contains("building collection 'docs'"), refusal.toString());
    assertEquals(used, tight.memoryUsed());
    assertEquals(5_000, docs.stats().hotBuffer());

    VectorStore enough = store(needed);
    VectorCollection built = enough.collection("docs", OPTIONS.withCompression(compression));
    built.upsert(entries);
    assertEquals(5_000, built.build(BuildRequest.defaults()).vectors());
    assertEquals(roomy.memoryUsed(), enough.memoryUsed());
  }

  @Test
  void collection_overTheBudget_isNotMade() {
    VectorStore store = store(10_000);
    int made = 0;
    while (made < 100) {
      try {
        store.collection("c" + made, OPTIONS);
        made++;
      } catch (MemoryBudgetException e) {
        break;
      }
    }
    assertTrue(made > 0 && made < 100, made + " collections");
    assertEquals(made, store.collections().size());
    String last = "c" + (made - 1);
    assertEquals(last, store.collection(last, OPTIONS).name());
    store.drop(last);
    store.collection("another", OPTIONS);
  }

  @Test
  void upsert_toManyCollectionsAtOnce_staysWithinTheBudget() throws Exception {
    VectorStore store = store(BUDGET);
    List<Callable<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      VectorCollection docs = store.collection("docs-" + i, OPTIONS);
      var own = new RandomVectors(i, DIMENSION, 3);
      tasks.add(
          () -> {
            int applied = 0;
            try {
              while (true) {
                docs.upsert(own.entries(applied, 50));
                applied += 50;
                assertTrue(store.memoryUsed() <= BUDGET);
              }
            } catch (MemoryBudgetException e) {
              assertEquals(applied, docs.size());
              return applied;
            }
          });
    }
    int applied = 0;
    try (var executor = Executors.newFixedThreadPool(8)) {
      for (Future<Integer> each : executor.invokeAll(tasks)) {
        applied += each.get();
      }
    }
    assertTrue(store.memoryUsed() <= BUDGET);
    assertTrue((long) applied * DIMENSION * Float.BYTES > BUDGET / 4, applied + " entries fit");
  }

  @Test
  void options_withoutABudgetToSpend_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> StoreOptions.defaults().withMemoryBudget(0));
  }
}

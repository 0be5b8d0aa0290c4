package io.memryx.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.AutomaticBuild;
import io.memryx.BuildCancelledException;
import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Entry;
import io.memryx.Metric;
import io.memryx.SearchInterruptedException;
import io.memryx.SearchRequest;
import io.memryx.StoreOptions;
import io.memryx.VectorCollection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Threads that are interrupted while they use a store, and those that it has itself. */
class InterruptedThreadsTest {
  private static final int WRITERS = 3;
  private static final int CALLS = 400;
  private static final long SEED = 11;

  @Test
  void interruptsAtAnyMoment_loseNothingAndBreakNothing(@TempDir Path directory) throws Exception {
    try (var store = DurableVectorStore.open(directory)) {
      VectorCollection collection =
          store.collection(
              "interrupted", new CollectionOptions(3, Metric.L2, Compression.LOSSLESS));
      List<Map<String, Entry>> models = playInterrupted(collection);
      assertAgree(models, collection);
      collection.build(BuildRequest.defaults());
      assertAgree(models, collection);
    }
    try (var store = DurableVectorStore.open(directory)) {
      assertTrue(store.find("interrupted").orElseThrow().size() > 0);
    }
  }

  /** What is there when all have played, by writer. */
  private static List<Map<String, Entry>> playInterrupted(VectorCollection collection)
      throws Exception {
    List<Writer> writers = new ArrayList<>();
    List<Future<?>> playing = new ArrayList<>();
    Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(WRITERS)) {
      for (int i = 0; i < WRITERS; i++) {
        var writer = new Writer(collection, i, threads);
        writers.add(writer);
        playing.add(executor.submit(writer::play));
      }
      for (Future<?> writer : playing) {
        writer.get();
      }
    }
    return writers.stream().map(writer -> writer.model).toList();
  }

  private static void assertAgree(List<Map<String, Entry>> models, VectorCollection collection) {
    for (Map<String, Entry> model : models) {
      model.values().forEach(entry -> assertEquals(entry, collection.get(entry.id()).orElse(null)));
    }
    assertEquals(
        models.stream().mapToInt(Map::size).sum(), collection.size(), () -> "seed " + SEED);
  }

  /** A thread that interrupts all, itself too, and goes on. */
  private static final class Writer {
    private final VectorCollection collection;
    private final int number;
    private final Queue<Thread> threads;
    private final SplittableRandom random;
    private final Map<String, Entry> model = new HashMap<>();

    Writer(VectorCollection collection, int number, Queue<Thread> threads) {
      this.collection = collection;
      this.number = number;
      this.threads = threads;
      this.random = new SplittableRandom(SEED + number);
    }

    void play() {
      threads.add(Thread.currentThread());
      for (int call = 0; call < CALLS; call++) {
        if (random.nextInt(4) == 0) {
          threads.forEach(Thread::interrupt);
        }
        switch (random.nextInt(8)) {
          case 0 -> build();
          case 1 -> search();
          case 2 -> delete("w" + number + "-" + random.nextInt(50));
          case 3 -> get("w" + number + "-" + random.nextInt(50));
          default -> upsert("w" + number + "-" + random.nextInt(50));
        }
      }
    }

    private void upsert(String id) {
      Entry entry = Entry.of(id, new float[] {random.nextInt(9), random.nextInt(9), number});
      int added = model.put(id, entry) == null ? 1 : 0;
      assertEquals(added, collection.upsert(List.of(entry)).added());
    }

    private void delete(String id) {
      assertEquals(model.remove(id) == null ? 0 : 1, collection.delete(List.of(id)));
    }

    private void get(String id) {
      assertEquals(model.get(id), collection.get(id).orElse(null));
    }

    private void search() {
      try {
        int found =
            collection.search(SearchRequest.of(new float[] {1, 2, 3}, 1_000)).neighbors().size();
        assertTrue(found >= model.size(), () -> found + " found");
      } catch (SearchInterruptedException _) {
        assertTrue(Thread.interrupted(), "the interrupt is kept");
      }
    }

    private void build() {
      try {
        collection.build(BuildRequest.defaults());
      } catch (BuildCancelledException _) {
        assertTrue(Thread.interrupted(), "the interrupt is kept");
      } catch (IllegalStateException _) {
        // Another one builds.
      }
    }
  }

  @Test
  void close_afterBuildsAndSearchesOnManyThreads_leavesNoThread(@TempDir Path directory)
      throws Exception {
    Set<Thread> before = threads();
    StoreOptions options =
        StoreOptions.defaults().withAutomaticBuild(AutomaticBuild.defaults().withHotEntries(10));
    try (var store = DurableVectorStore.open(directory, options);
        ExecutorService executor = Executors.newFixedThreadPool(2)) {
      VectorCollection collection = store.collection("busy", CollectionOptions.of(4));
      var random = new SplittableRandom(SEED);
      for (int i = 0; i < 300; i++) {
        collection.upsert(List.of(Entry.of("id" + i, new float[] {1, random.nextInt(5), 2, i})));
      }
      collection
          .buildAsync(BuildRequest.defaults().withParallelism(2, executor), executor)
          .handle((report, failure) -> report)
          .toCompletableFuture()
          .get();
      assertFalse(
          collection.search(SearchRequest.of(new float[] {1, 2, 3, 4}, 5)).neighbors().isEmpty());
    }
    for (Thread thread : threads()) {
      if (!before.contains(thread) && !thread.getName().startsWith("ForkJoinPool.commonPool")) {
        assertTrue(thread.join(Duration.ofMinutes(1)), () -> thread + " is left");
      }
    }
  }

  private static Set<Thread> threads() {
    return new HashSet<>(Thread.getAllStackTraces().keySet());
  }
}

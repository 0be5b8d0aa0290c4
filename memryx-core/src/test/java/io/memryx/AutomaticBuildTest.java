package io.memryx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AutomaticBuildTest {
  private static final CollectionOptions OPTIONS = CollectionOptions.of(16);
  private static final AutomaticBuild AT_A_THOUSAND =
      AutomaticBuild.defaults().withHotEntries(1_000);

  private final RandomVectors vectors = new RandomVectors(4, 16, 10);

  private static VectorStore store(AutomaticBuild automatic) {
    return Memryx.inMemory(StoreOptions.defaults().withAutomaticBuild(automatic));
  }

  private static List<Thread> builders() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("memryx-automatic-build"))
        .toList();
  }

  /** Tells when builds of the store's own begin to commit. */
  private static AutomaticBuild telling(LinkedBlockingQueue<BuildProgress> commits) {
    return AT_A_THOUSAND.withRequest(
        BuildRequest.defaults()
            .withProgress(
                progress -> {
                  if (progress.phase() == BuildProgress.Phase.COMMIT && progress.done() == 1) {
                    commits.add(progress);
                  }
                }));
  }

  @Test
  void upsert_pastTheSize_isBuiltByTheStore() throws Exception {
    var commits = new LinkedBlockingQueue<BuildProgress>();
    try (VectorStore store = store(telling(commits))) {
      VectorCollection docs = store.collection("docs", OPTIONS);
      docs.upsert(vectors.entries(0, 999));
      assertEquals(List.of(), builders());
      docs.upsert(vectors.entries(999, 1));
      commits.take();
      assertTrue(builders().stream().allMatch(Thread::isDaemon));
      assertEquals(0, docs.stats().hotBuffer());
      // Of 1,000 built entries a fifth is fewer than the least.
      docs.upsert(vectors.entries(1_000, 999));
      assertEquals(999, docs.stats().hotBuffer());
      docs.upsert(vectors.entries(1_999, 1));
      commits.take();
      assertEquals(0, docs.stats().hotBuffer());
      assertEquals(2_000, docs.size());
    }
    assertEquals(List.of(), builders(), "close() ends the thread");
  }

  @Test
  void upsert_withoutTheOption_isNeverBuilt() {
    try (VectorStore store = Memryx.inMemory()) {
      VectorCollection docs = store.collection("docs", OPTIONS);
      for (int i = 0; i < 4; i++) {
        docs.upsert(vectors.entries(10_000 * i, 10_000));
      }
      assertEquals(40_000, docs.stats().hotBuffer());
      assertEquals(List.of(), builders());
    }
    assertEquals(Long.MAX_VALUE, AutomaticBuild.never().dueAt(0));
  }

  @Test
  void dueAt_isTheLargerOfTheSizeAndTheShare() {
    assertEquals(10_000, AutomaticBuild.defaults().dueAt(0));
    assertEquals(10_000, AutomaticBuild.defaults().dueAt(50_000));
    assertEquals(200_000, AutomaticBuild.defaults().dueAt(1_000_000));
    assertThrows(IllegalArgumentException.class, () -> AutomaticBuild.defaults().withHotEntries(0));
    assertThrows(
        IllegalArgumentException.class, () -> AutomaticBuild.defaults().withHotShare(Double.NaN));
  }

  @Test
  void starter_isToldOnceAndAgainWhenAsMuchWasAdded() {
    var due = new ArrayList<VectorCollection>();
    try (VectorStore store = store(AT_A_THOUSAND.withStarter(due::add))) {
      VectorCollection docs = store.collection("docs", OPTIONS);
      docs.upsert(vectors.entries(0, 1_000));
      assertEquals(List.of(docs), due);
      for (int i = 0; i < 9; i++) {
        docs.upsert(vectors.entries(1_000 + 100 * i, 100));
      }
      assertEquals(1, due.size(), "900 more");
      docs.upsert(vectors.entries(1_900, 100));
      assertEquals(2, due.size());
      docs.build(BuildRequest.defaults());
      docs.upsert(vectors.entries(2_000, 999));
      assertEquals(2, due.size());
      docs.upsert(vectors.entries(2_999, 1));
      assertEquals(3, due.size());
      assertEquals(List.of(), builders());
    }
  }

  @Test
  void starter_thatThrows_doesNotFailTheUpsert() {
    var automatic =
        AT_A_THOUSAND.withStarter(
            collection -> {
              throw new IllegalStateException("no starts today");
            });
    try (VectorStore store = store(automatic)) {
      VectorCollection docs = store.collection("docs", OPTIONS);
      assertEquals(new UpsertResult(2_000, 0), docs.upsert(vectors.entries(0, 2_000)));
    }
  }

  @Test
  void build_thatFails_isToldAndTriedAgainOnlyAfterAsManyUpserts() throws Exception {
    var failures = new LinkedBlockingQueue<Throwable>();
    var builds = new AtomicInteger();
    var automatic =
        AT_A_THOUSAND
            .withRequest(
                BuildRequest.defaults()
                    .withMemoryBudget(1)
                    .withCancellation(
                        () -> {
                          builds.incrementAndGet();
                          return false;
                        }))
            .withFailureListener((collection, failure) -> failures.add(failure));
    try (VectorStore store = store(automatic)) {
      VectorCollection docs = store.collection("docs", OPTIONS);
      docs.upsert(vectors.entries(0, 1_000));
      assertInstanceOf(MemoryBudgetException.class, failures.take());
      docs.upsert(vectors.entries(1_000, 999));
      assertEquals(1, builds.get());
      docs.upsert(vectors.entries(1_999, 1));
      assertInstanceOf(MemoryBudgetException.class, failures.take());
      assertEquals(2, builds.get());
      assertEquals(2_000, docs.stats().hotBuffer());
    }
  }

  @Test
  void close_duringAnAutomaticBuild_cancelsItAndEndsTheThread() throws Exception {
    var begun = new CountDownLatch(1);
    var failures = new LinkedBlockingQueue<Throwable>();
    var automatic =
        AT_A_THOUSAND
            .withFailureListener((collection, failure) -> failures.add(failure))
            .withRequest(BuildRequest.defaults().withProgress(progress -> begun.countDown()));
    VectorStore store = store(automatic);
    VectorCollection docs = store.collection("docs", OPTIONS);
    docs.upsert(vectors.entries(0, 10_000));
    begun.await();
    store.close();
    assertEquals(List.of(), builders());
    assertEquals(0, failures.size(), "to be cancelled by close() is no failure");
  }

  @Test
  void close_byAListenerOfABuildThatTheStoreWaitsFor_ends() {
    VectorStore store = store(AT_A_THOUSAND);
    VectorCollection docs = store.collection("docs", OPTIONS);
    docs.upsert(vectors.entries(0, 999));
    BuildRequest request =
        BuildRequest.defaults()
            .withProgress(
                progress -> {
                  docs.upsert(vectors.entries(999, 1_000));
                  store.close();
                });
    assertThrows(IllegalStateException.class, () -> docs.build(request));
    assertEquals(List.of(), builders());
  }

  @Test
  void build_ofTheUser_isWaitedForAndNotRepeated() throws Exception {
    var commits = new LinkedBlockingQueue<BuildProgress>();
    try (VectorStore store = store(telling(commits))) {
      VectorCollection docs = store.collection("docs", OPTIONS);
      VectorCollection other = store.collection("other", OPTIONS);
      docs.upsert(vectors.entries(0, 999));
      BuildRequest request =
          BuildRequest.defaults()
              .withProgress(
                  progress -> {
                    if (docs.size() == 999) {
                      docs.upsert(vectors.entries(999, 500));
                    }
                  });
      assertEquals(999, docs.build(request).vectors());
      // One at a time: when the build of the other is over, the one of these was looked at.
      other.upsert(vectors.entries(0, 1_000));
      commits.take();
      assertEquals(500, docs.stats().hotBuffer(), "not due any more");
      assertEquals(0, commits.size());
    }
  }
}

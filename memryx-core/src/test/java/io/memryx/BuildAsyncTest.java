package io.memryx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BuildAsyncTest {
  private final RandomVectors vectors = new RandomVectors(9, 16, 10);
  private final VectorCollection docs =
      Memryx.inMemory().collection("docs", CollectionOptions.of(16));

  @BeforeEach
  void fill() {
    docs.upsert(vectors.entries(0, 5_000));
  }

  @Test
  void buildAsync_givesTheReportAndTellsProgress() {
    var phases = new ArrayList<BuildProgress.Phase>();
    BuildRequest request =
        BuildRequest.defaults().withProgress(progress -> phases.add(progress.phase()));
    BuildReport report =
        docs.buildAsync(request, task -> Thread.ofPlatform().start(task))
            .toCompletableFuture()
            .join();
    assertEquals(5_000, report.vectors());
    assertEquals(BuildProgress.Phase.COMMIT, phases.getLast());
    assertEquals(0, docs.stats().hotBuffer());
  }

  @Test
  void buildAsync_cancelled_endsTheBuildAndLeavesNothing() throws Exception {
    var begun = new CountDownLatch(1);
    var mayGoOn = new CountDownLatch(1);
    var thread = new CompletableFuture<Thread>();
    BuildRequest request =
        BuildRequest.defaults()
            .withProgress(
                progress -> {
                  begun.countDown();
                  awaitQuietly(mayGoOn);
                });
    var outcome =
        docs.buildAsync(request, task -> thread.complete(Thread.ofPlatform().start(task)))
            .toCompletableFuture();
    begun.await();
    assertTrue(outcome.cancel(false));
    mayGoOn.countDown();
    thread.join().join();
    assertThrows(CancellationException.class, outcome::join);
    assertEquals(5_000, docs.stats().hotBuffer());
    assertEquals(0, docs.stats().index().lists());
    assertEquals(5_000, docs.build(BuildRequest.defaults()).vectors());
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void buildAsync_cancelledBeforeItsTurn_isNotBegun() {
    var waiting = new ArrayList<Runnable>();
    var outcome = docs.buildAsync(BuildRequest.defaults(), waiting::add).toCompletableFuture();
    outcome.cancel(true);
    waiting.forEach(Runnable::run);
    assertEquals(5_000, docs.stats().hotBuffer());
  }

  @Test
  void buildAsync_buildFails_failsTheStage() {
    BuildRequest request = BuildRequest.defaults().withMemoryBudget(1);
    var outcome = docs.buildAsync(request, Runnable::run).toCompletableFuture();
    var failure = assertThrows(CompletionException.class, outcome::join);
    assertInstanceOf(MemoryBudgetException.class, failure.getCause());
    assertEquals(5_000, docs.build(BuildRequest.defaults()).vectors());
  }

  @Test
  void buildAsync_executorRefuses_failsTheStageAndLeavesNothing() {
    Executor full =
        task -> {
          throw new RejectedExecutionException("full");
        };
    var outcome = docs.buildAsync(BuildRequest.defaults(), full).toCompletableFuture();
    var failure = assertThrows(CompletionException.class, outcome::join);
    assertInstanceOf(RejectedExecutionException.class, failure.getCause());
    assertEquals(5_000, docs.build(BuildRequest.defaults()).vectors());
  }

  @Test
  void buildAsync_whileOneIsUnderWay_failsTheStage() {
    var second = new AtomicReference<Throwable>();
    BuildRequest request =
        BuildRequest.defaults()
            .withProgress(
                progress ->
                    docs.buildAsync(BuildRequest.defaults(), Runnable::run)
                        .exceptionally(
                            failure -> {
                              second.set(failure);
                              return null;
                            }));
    docs.build(request);
    assertInstanceOf(IllegalStateException.class, second.get());
    assertEquals(List.of(), List.copyOf(docs.page(PageRequest.first(1).after("x"))));
  }
}

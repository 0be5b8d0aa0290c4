package io.memryx.internal.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.BuildCancelledException;
import io.memryx.BuildRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class WorkersTest {
  private static final ExecutorService EXECUTOR = Executors.newFixedThreadPool(3);

  @AfterAll
  static void stop() {
    EXECUTOR.shutdownNow();
  }

  private static Workers workers(BuildRequest request) {
    return new Workers(request, new BuildMonitor(request));
  }

  @Test
  void forEachBlock_severalThreads_doesEveryItemOnceAndEndsWithTheTotal() {
    Workers workers = workers(BuildRequest.defaults().withParallelism(4, EXECUTOR));
    for (int total : new int[] {0, 1, 99, 100, 101, 12_345}) {
      var times = new AtomicIntegerArray(total);
      List<Long> progress = new ArrayList<>();
      workers.forEachBlock(
          total,
          100,
          progress::add,
          (from, to) -> {
            for (int i = from; i < to; i++) {
              times.incrementAndGet(i);
            }
          });
      for (int i = 0; i < total; i++) {
        assertEquals(1, times.get(i));
      }
      assertTrue(progress.stream().allMatch(done -> done <= total));
    }
  }

  @Test
  void forEachBlock_executorThatRefuses_isDoneByTheCallingThread() {
    Workers workers =
        workers(
            BuildRequest.defaults()
                .withParallelism(
                    4,
                    task -> {
                      throw new RejectedExecutionException("full");
                    }));
    var times = new AtomicIntegerArray(1_000);
    workers.forEachBlock(1_000, 10, done -> {}, (from, to) -> times.addAndGet(from, to - from));
    int sum = 0;
    for (int i = 0; i < 1_000; i++) {
      sum += times.get(i);
    }
    assertEquals(1_000, sum);
  }

  @Test
  void forEachBlock_executorThatNeverStartsTasks_stillEnds() {
    Workers workers = workers(BuildRequest.defaults().withParallelism(4, task -> {}));
    var times = new AtomicIntegerArray(1);
    workers.forEachBlock(1_000, 10, done -> {}, (from, to) -> times.addAndGet(0, to - from));
    assertEquals(1_000, times.get(0));
  }

  @Test
  void forEachBlock_workThatFails_throwsWhatItThrew() {
    Workers workers = workers(BuildRequest.defaults().withParallelism(4, EXECUTOR));
    var failure = new OutOfMemoryError("made up");
    Error thrown =
        assertThrows(
            OutOfMemoryError.class,
            () ->
                workers.forEachBlock(
                    1_000,
                    10,
                    done -> {},
                    (from, to) -> {
                      if (from == 500) {
                        throw failure;
                      }
                    }));
    assertSame(failure, thrown);
  }

  @Test
  void forEachBlock_progressThatFails_endsAfterItsHelpers() {
    Workers workers = workers(BuildRequest.defaults().withParallelism(2, EXECUTOR));
    var helperWorks = new CountDownLatch(1);
    var returned = new CountDownLatch(1);
    var helperOutlivesTheCall = new AtomicBoolean();
    Thread caller = Thread.currentThread();
    var failure = new IllegalStateException("made up");
    Throwable thrown =
        assertThrows(
            IllegalStateException.class,
            () ->
                workers.forEachBlock(
                    20,
                    10,
                    done -> {
                      throw failure;
                    },
                    (from, to) -> {
                      if (Thread.currentThread().equals(caller)) {
                        await(helperWorks, 60_000);
                      } else {
                        helperWorks.countDown();
                        // In vain, unless the call ends before this does.
                        helperOutlivesTheCall.set(await(returned, 100));
                      }
                    }));
    returned.countDown();
    assertSame(failure, thrown);
    assertFalse(helperOutlivesTheCall.get());
  }

  private static boolean await(CountDownLatch latch, long timeoutMillis) {
    try {
      return latch.await(timeoutMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void forEachBlock_cancelled_endsBetweenBlocks() {
    var done = new AtomicIntegerArray(1);
    Workers workers = workers(BuildRequest.defaults().withCancellation(() -> done.get(0) >= 50));
    assertThrows(
        BuildCancelledException.class,
        () ->
            workers.forEachBlock(
                1_000, 10, progress -> {}, (from, to) -> done.addAndGet(0, to - from)));
    assertEquals(50, done.get(0));
  }

  @Test
  void forEachBlock_interruptedBuilder_isCancelledAndStaysInterrupted() {
    Workers workers = workers(BuildRequest.defaults());
    Thread.currentThread().interrupt();
    assertThrows(
        BuildCancelledException.class,
        () -> workers.forEachBlock(1_000, 10, progress -> {}, (from, to) -> {}));
    assertTrue(Thread.interrupted());
  }
}

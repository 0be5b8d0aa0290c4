package io.memryx.internal.build;

import io.memryx.BuildRequest;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one build: the calling one and, where the request gives some, helpers from its
 * executor. Work is cut into blocks of a fixed size that any thread takes; so results must not
 * depend on who does a block, and a helper that never comes costs nothing but time.
 */
final class Workers {
  private final BuildRequest request;
  private final BuildMonitor monitor;

  Workers(BuildRequest request, BuildMonitor monitor) {
    this.request = request;
    this.monitor = monitor;
  }

  /**
   * Calls {@code work} for the ranges {@code [0, blockSize), [blockSize, 2 × blockSize) …} below
   * {@code total}, in any order, in parallel, and returns when all are done. After each block the
   * calling thread tells {@code progress} how many items are done. Whatever is thrown, no helper
   * works on any more when this returns.
   *
   * @throws io.memryx.BuildCancelledException between blocks
   */
  void forEachBlock(int total, int blockSize, LongConsumer progress, BlockWork work) {
    int blocks = Math.ceilDiv(total, blockSize);
    var run = new Run(total, blockSize, blocks, work);
    try {
      for (int helper = 1; helper < Math.min(request.parallelism(), blocks); helper++) {
        if (!startHelper(run)) {
          break;
        }
      }
      while (run.doOneBlock()) {
        progress.accept(Math.min(total, (long) run.completed() * blockSize));
      }
    } catch (RuntimeException | Error e) {
      // The executor or the listener; without this helpers would go on after the build has ended.
      run.fail(e);
    }
    run.awaitHelpers();
  }

  private boolean startHelper(Run run) {
    try {
      request
          .executor()
          .execute(
              () -> {
                while (run.doOneBlock()) {}
              });
      return true;
    } catch (RejectedExecutionException e) {
      // A full executor is no reason to fail: the calling thread does the work alone.
      return false;
    }
  }

  /** Works on the items of {@code [from, to)}. */
  @FunctionalInterface
  interface BlockWork {
    void accept(int from, int to);
  }

  /** One call of {@link #forEachBlock}, shared by the threads that work on it. */
  private final class Run {
    private final int total;
    private final int blockSize;
    private final int blocks;
    private final BlockWork work;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger completed = new AtomicInteger();
    private final CountDownLatch unfinished;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Run(int total, int blockSize, int blocks, BlockWork work) {
      this.total = total;
      this.blockSize = blockSize;
      this.blocks = blocks;
      this.work = work;
      this.unfinished = new CountDownLatch(blocks);
    }

    /**
     * Takes and does the next block; after a failure blocks are only counted off. False when none
     * is left.
     */
    // Errors too: an OutOfMemoryError of a helper must end the build, not hang it.
    @SuppressWarnings("CatchAndPrintStackTrace")
    boolean doOneBlock() {
      int block = next.getAndUpdate(taken -> Math.min(taken + 1, blocks));
      if (block >= blocks) {
        return false;
      }
      try {
        if (failure.get() == null) {
          monitor.checkCancelled();
          int from = block * blockSize;
          work.accept(from, Math.min(total - from, blockSize) + from);
        }
      } catch (RuntimeException | Error e) {
        failure.compareAndSet(null, e);
      } finally {
        completed.incrementAndGet();
        unfinished.countDown();
      }
      return true;
    }

    /** Counts off every block that nobody has taken yet. */
    void fail(Throwable cause) {
      failure.compareAndSet(null, cause);
      while (doOneBlock()) {}
    }

    int completed() {
      return completed.get();
    }

    /**
     * Waits for blocks that helpers have taken, whatever interrupts: they read memory that the
     * caller owns.
     */
    void awaitHelpers() {
      boolean interrupted = false;
      while (unfinished.getCount() > 0) {
        try {
          unfinished.await();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      rethrow(failure.get());
    }

    private static void rethrow(@Nullable Throwable failure) {
      switch (failure) {
        case null -> {}
        case RuntimeException exception -> throw exception;
        case Error error -> throw error;
        default -> throw new AssertionError("blocks throw unchecked only", failure);
      }
    }
  }
}

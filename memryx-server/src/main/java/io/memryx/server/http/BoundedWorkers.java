package io.memryx.server.http;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that answer requests: so many and no more, with a queue that ends. Thread-safe.
 *
 * <p>Platform threads: on virtual ones the buffer pool of the server underneath keeps direct memory
 * for every thread.
 */
final class BoundedWorkers implements AutoCloseable {
  private final ThreadPoolExecutor threads;
  private final Semaphore places;

  BoundedWorkers(int workers, int waiting) {
    AtomicInteger number = new AtomicInteger();
    threads =
        new ThreadPoolExecutor(
            workers,
            workers,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "memryx-worker-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    places = new Semaphore(workers + waiting);
  }

  /** Takes a place for a request; every place is given back with {@link #leave}. */
  void enter() {
    if (!places.tryAcquire()) {
      throw Problem.of(
              ProblemCode.OVERLOADED,
              "all workers are busy and the queue is full",
              "try again after the given time, with fewer requests at one time")
          .retryAfter(1)
          .toException();
    }
  }

  /** Gives a place back. */
  void leave() {
    places.release();
  }

  /** Runs what entered. */
  Executor executor() {
    return threads;
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}

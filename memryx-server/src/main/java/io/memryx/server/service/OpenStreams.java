package io.memryx.server.service;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The answers of one tenant that go on for long: so many and no more, since each holds a connection
 * and an export also the state that it reads. Thread-safe.
 */
final class OpenStreams {
  /** Exports at one time: more would not end sooner. */
  private static final int MAX_EXPORTS = 4;

  /** Watchers of operations at one time. */
  private static final int MAX_WATCHERS = 16;

  private static final int RETRY_SECONDS = 5;

  private final Semaphore exports = new Semaphore(MAX_EXPORTS);
  private final Semaphore watchers = new Semaphore(MAX_WATCHERS);

  /** A place, to be given back once; giving it back again does nothing. */
  @FunctionalInterface
  interface Stream extends AutoCloseable {
    @Override
    void close();
  }

  /** Takes a place for an export. */
  Stream openExport() {
    return open(exports, MAX_EXPORTS + " exports at one time");
  }

  /** Takes a place for a watcher of an operation. */
  Stream openWatcher() {
    return open(watchers, MAX_WATCHERS + " watchers of operations at one time");
  }

  private static Stream open(Semaphore places, String limit) {
    if (!places.tryAcquire()) {
      throw Problem.of(
              ProblemCode.RATE_LIMITED,
              "a tenant may have " + limit,
              "wait for one to end, or close one")
          .retryAfter(RETRY_SECONDS)
          .toException();
    }
    AtomicBoolean open = new AtomicBoolean(true);
    return () -> {
      if (open.compareAndSet(true, false)) {
        places.release();
      }
    };
  }
}

package io.memryx.internal.collection;

import io.memryx.AutomaticBuild;
import io.memryx.BuildRequest;
import io.memryx.VectorCollection;
import java.lang.System.Logger.Level;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Builds a store's collections as they become due, one at a time, on a daemon thread that is there
 * only while there is something to build; or has someone else build them. Thread-safe.
 */
final class AutomaticBuilds implements Surroundings.BuildTrigger, AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.memryx");

  /** An idle thread goes, so that a store that nobody closes leaks none. */
  private static final int IDLE_SECONDS = 5;

  private final AutomaticBuild options;
  private final ThreadPoolExecutor builder;
  private volatile boolean closed;

  /** The one thread that there is, if there is one. */
  private volatile @Nullable Thread thread;

  AutomaticBuilds(AutomaticBuild options) {
    this.options = options;
    this.builder =
        new ThreadPoolExecutor(
            1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), this::newThread);
    builder.allowCoreThreadTimeOut(true);
  }

  private Thread newThread(Runnable task) {
    Thread made = Thread.ofPlatform().name("memryx-automatic-build").daemon(true).unstarted(task);
    thread = made;
    return made;
  }

  @Override
  public long dueAt(int builtEntries) {
    return options.dueAt(builtEntries);
  }

  // Whatever a starter throws, the upsert that made the build due has succeeded.
  @Override
  public void due(ClusteredCollection collection) {
    Consumer<VectorCollection> starter = options.starter();
    try {
      if (starter != null) {
        starter.accept(collection);
      } else {
        builder.execute(() -> build(collection));
      }
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "collection ''{0}'' is not built: the store closes", collection.name());
    } catch (RuntimeException e) {
      LOG.log(
          Level.WARNING, "the build of '" + collection.name() + "' that is due did not start", e);
    }
  }

  private void build(ClusteredCollection collection) {
    BuildRequest asked = options.request();
    BuildRequest request = asked.withCancellation(() -> closed || asked.cancelled().getAsBoolean());
    try {
      collection.buildWhenFree(request);
    } catch (RuntimeException | Error e) {
      if (!closed && !collection.isEnded()) {
        failed(collection, e);
      }
    }
  }

  private void failed(ClusteredCollection collection, Throwable failure) {
    LOG.log(
        Level.WARNING,
        "automatic build of collection ''{0}'' failed; it serves on, and is tried again when as much again was upserted: {1}",
        collection.name(),
        failure.toString());
    try {
      options.failures().accept(collection, failure);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the listener for failed builds failed", e);
    }
  }

  /** Cancels what is under way, and returns when the thread has ended. */
  @Override
  public void close() {
    closed = true;
    // The interrupt cancels a build, and ends the wait for one that someone else runs.
    builder.shutdownNow();
    Thread last = thread;
    // A build that closes its own store, by its listeners, does not wait for itself.
    if (last != null && !last.equals(Thread.currentThread())) {
      awaitEnd(last);
    }
  }

  private static void awaitEnd(Thread ending) {
    boolean interrupted = false;
    while (ending.isAlive()) {
      try {
        ending.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.memryx.server.service;

import io.memryx.BuildCancelledException;
import io.memryx.BuildReport;
import io.memryx.BuildRequest;
import io.memryx.CollectionStats;
import io.memryx.MemoryBudgetException;
import io.memryx.MemryxException;
import io.memryx.VectorCollection;
import io.memryx.persistence.PersistenceException;
import io.memryx.server.fair.FairLimits;
import io.memryx.server.fair.FairPool;
import io.memryx.server.log.Subject;
import io.memryx.server.metrics.BuildEnd;
import io.memryx.server.metrics.ServerMeters;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs builds on threads of its own, so that searches keep the workers: one large build at a time,
 * and beside it one small one, which waits for a large one only where there is no memory for both.
 * Of those that wait, tenants take turns. Thread-safe.
 */
final class BuildRunner implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BuildRunner.class);

  /** Builds that may wait; more than that would only be known to be late. */
  private static final FairLimits.Share PLACES = new FairLimits.Share(10_000, 1_000);

  private static final FairLimits.Share ONE_AT_A_TIME = new FairLimits.Share(1, 1);

  /** A build of so many vector components takes seconds: 50,000 vectors of 400. */
  private static final long SMALL_COMPONENTS = 20_000_000;

  /** Fixed, so that the same vectors give the same index. */
  private static final long SEED = 42;

  /** Made beforehand, for when there is no memory. */
  private static final BuildStatus.Failure DEFECT = BuildProblems.internal();

  private static final int PRIORITY = Thread.NORM_PRIORITY - 1;

  private final MemoryGuard memory;
  private final Usage usage;
  private final ServerMeters meters;
  private final LongSupplier nanoClock;
  private final int parallelism;
  private final FairPool large;
  private final FairPool small;
  private final ExecutorService team;
  private final Set<Build> atWork = ConcurrentHashMap.newKeySet();

  /** Builds with so many threads, the one that leads included. */
  BuildRunner(
      MemoryGuard memory,
      Usage usage,
      ServerMeters meters,
      LongSupplier nanoClock,
      int parallelism) {
    this.memory = memory;
    this.usage = usage;
    this.meters = meters;
    this.nanoClock = nanoClock;
    this.parallelism = parallelism;
    this.large = pool("memryx-build", nanoClock);
    this.small = pool("memryx-build-small", nanoClock);
    int others = Math.max(1, parallelism - 1);
    this.team =
        new ThreadPoolExecutor(
            others,
            others,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            threads("memryx-build-team"));
  }

  private static FairPool pool(String name, LongSupplier nanoClock) {
    return new FairPool(new FairLimits(name, ONE_AT_A_TIME, PLACES), PRIORITY, nanoClock);
  }

  /** Correctness does not hang on the priority: it only lets searches go first where it counts. */
  @SuppressWarnings("ThreadPriorityCheck")
  private static ThreadFactory threads(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      thread.setPriority(PRIORITY);
      return thread;
    };
  }

  /**
   * Runs a build when its turn has come.
   *
   * @param stats the collection's, as of now
   * @throws io.memryx.server.problem.ProblemException if too many wait
   */
  void enter(Task task, CollectionStats stats) {
    requirePlace(task.space);
    switch (size(task.collection, stats)) {
      case LARGE -> enter(large, task, () -> runLarge(task));
      case SMALL -> enter(small, task, () -> runSmall(task));
    }
  }

  /** Those that wait for memory have no place in a queue, but count. */
  private void requirePlace(TenantSpace space) {
    boolean ownFull = space.builds().underWay().size() > PLACES.ofOne();
    if (ownFull || memory.builds().waiting() >= PLACES.inAll()) {
      throw BuildProblems.tooMany(PLACES);
    }
  }

  /** A build and what it is for. */
  record Task(
      TenantSpace space,
      VectorCollection collection,
      Build build,
      Optional<Duration> timeout,
      Subject subject) {
    /** What is logged meanwhile is said of its subject. */
    Runnable logged(Runnable work) {
      return () -> {
        try (var _ = subject.enter()) {
          work.run();
        }
      };
    }

    String party() {
      return space.tenant().value();
    }

    /** Memory that it takes, as of now: the collection may have grown while it waited. */
    long needed() {
      return collection.stats().buildBytes();
    }
  }

  private enum Size {
    SMALL,
    LARGE
  }

  private static Size size(VectorCollection built, CollectionStats stats) {
    long components = (long) stats.vectors() * built.options().dimension();
    return components <= SMALL_COMPONENTS ? Size.SMALL : Size.LARGE;
  }

  private static void enter(FairPool pool, Task task, Runnable run) {
    FairPool.Place place =
        pool.tryEnter(task.party()).orElseThrow(() -> BuildProblems.tooMany(PLACES));
    task.build.waitsIn(place::withdraw);
    place.execute(task.logged(() -> runToItsEnd(task, run)));
  }

  /** Whatever happens, such as no memory for words: it must not seem to be under way for ever. */
  private static void runToItsEnd(Task task, Runnable run) {
    try {
      run.run();
    } catch (RuntimeException | Error e) {
      if (task.build.underWay()) {
        task.build.failed(DEFECT);
      }
      throw e;
    }
  }

  /** Until there is memory beside the build that is under way, it counts as waiting. */
  private void runLarge(Task task) {
    task.build.waitsIn(memory.builds()::lookAgain);
    try {
      memory.builds().enter(task.needed(), task.build::underWay).ifPresent(room -> run(task, room));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      task.build.cancel(Build.Cancellation.SHUTDOWN);
    } catch (IllegalStateException e) {
      endGone(task.build, e);
    }
  }

  /** Where there is no memory for it now, the next one may be smaller still. */
  private void runSmall(Task task) {
    Runnable again = () -> queueAgain(task);
    try {
      memory.builds().tryEnter(task.needed(), again).ifPresent(room -> run(task, room));
    } catch (IllegalStateException e) {
      endGone(task.build, e);
    }
    task.build.waitsIn(() -> memory.builds().forget(again));
  }

  private void queueAgain(Task task) {
    try {
      small.goOn(task.party(), task.logged(() -> runToItsEnd(task, () -> runSmall(task))));
    } catch (RuntimeException | Error e) {
      LOG.error("finalize {} failed", task.build.id(), e);
      task.build.failed(BuildProblems.internal());
    }
  }

  /** The collection went before the build began; who made it go may have ended the build, too. */
  private static void endGone(Build build, IllegalStateException failure) {
    if (build.underWay()) {
      endUnbuilt(build, failure);
    }
  }

  private void run(Task task, BuildMemory.Room room) {
    try (room) {
      if (task.build.begin()) {
        atWork.add(task.build);
        run(task.space, task.collection, task.build, task.timeout, room.bytes());
      }
    } finally {
      atWork.remove(task.build);
    }
  }

  private void run(
      TenantSpace space,
      VectorCollection collection,
      Build build,
      Optional<Duration> timeout,
      long budgetBytes) {
    long startedAt = nanoClock.getAsLong();
    long timeoutNanos = timeout.map(Duration::toNanos).orElse(Long.MAX_VALUE);
    LOG.info("finalize {}: {} vectors", build.id(), build.status().vectors());
    ProgressLines lines = new ProgressLines(build, Subject.current(), nanoClock, LOG);
    BuildRequest request =
        BuildRequest.defaults()
            .withSeed(SEED)
            .withParallelism(parallelism, team)
            // As of now: the collection may have grown while the build waited for its turn.
            .withMemoryBudget(budgetBytes)
            .withProgress(
                progress -> {
                  build.progressed(progress);
                  lines.progressed();
                })
            .withCancellation(
                () -> build.isCancelled() || nanoClock.getAsLong() - startedAt > timeoutNanos);
    try {
      BuildReport report = collection.build(request);
      usage.update(space.tenant(), collection);
      build.swapped(report);
      meters.built(report);
      LOG.info(
          "finalize {}: {} vectors in {} clusters, {} ms",
          build.id(),
          report.vectors(),
          report.lists(),
          report.totalTime().toMillis());
    } catch (BuildCancelledException e) {
      LOG.warn("finalize {}: {}", build.id(), e.getMessage());
      endCancelled(build, timeout);
    } catch (MemoryBudgetException e) {
      LOG.warn("finalize {}: {}", build.id(), e.getMessage());
      build.failed(BuildProblems.noRoom());
    } catch (PersistenceException e) {
      LOG.error("Error saving snapshot: {}", e.getMessage());
      build.failed(BuildProblems.unsaved(e));
    } catch (MemryxException e) {
      LOG.error("finalize {} failed: {}", build.id(), e.getMessage());
      build.failed(BuildProblems.internal());
    } catch (OutOfMemoryError e) {
      LOG.error("finalize {} failed: not enough memory; raise -Xmx", build.id(), e);
      build.failed(BuildProblems.noRoom());
    } catch (IllegalStateException e) {
      endUnbuilt(build, e);
    } catch (RuntimeException | Error e) {
      LOG.error("finalize {} failed", build.id(), e);
      build.failed(BuildProblems.internal());
    }
    BuildStatus end = build.status();
    switch (end.state()) {
      case SWAPPED -> space.builds().succeeded(build);
      case FAILED, CANCELLED -> space.builds().failed(build);
      case BUILDING, READY -> throw new IllegalStateException("not at its end: " + end);
    }
    meters.buildEnded(how(end.state()), nanoClock.getAsLong() - startedAt);
  }

  private static BuildEnd how(BuildStatus.State end) {
    return switch (end) {
      case SWAPPED -> BuildEnd.SWAPPED;
      case FAILED -> BuildEnd.FAILED;
      case CANCELLED -> BuildEnd.CANCELLED;
      case BUILDING, READY -> throw new IllegalStateException("not at its end: " + end);
    };
  }

  private static void endCancelled(Build build, Optional<Duration> timeout) {
    if (build.isCancelled()) {
      build.endCancelled();
    } else {
      build.failed(BuildProblems.tookTooLong(timeout.orElse(Duration.ZERO)));
    }
  }

  /** A collection that is dropped or closed ends its builds in this way. */
  private static void endUnbuilt(Build build, IllegalStateException failure) {
    if (build.isCancelled()) {
      LOG.info("finalize {}: {}", build.id(), failure.getMessage());
      build.endCancelled();
    } else {
      LOG.error("finalize {} failed", build.id(), failure);
      build.failed(BuildProblems.internal());
    }
  }

  /** Number of builds at work in which nothing was done for long. */
  int stalled() {
    return (int) atWork.stream().filter(build -> build.status().work().stalled()).count();
  }

  /** Number of builds under way or waiting. */
  int underWay() {
    return large.running()
        + large.waiting()
        + small.running()
        + small.waiting()
        + memory.builds().waiting();
  }

  /** Nothing begins any more. */
  void stop() {
    large.close();
    small.close();
  }

  /** Waits for what is at work to end; whether it did within the time. */
  boolean awaitEnd(long timeoutNanos) throws InterruptedException {
    long end = nanoClock.getAsLong() + timeoutNanos;
    return large.awaitEnd(timeoutNanos) && small.awaitEnd(Math.max(0, end - nanoClock.getAsLong()));
  }

  @Override
  public void close() {
    stop();
    team.shutdown();
  }
}

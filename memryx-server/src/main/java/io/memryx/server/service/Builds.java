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
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import io.memryx.server.tenant.TenantId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
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
public final class Builds implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Builds.class);

  /** Builds that may wait; more than that would only be known to be late. */
  private static final FairLimits.Share PLACES = new FairLimits.Share(10_000, 1_000);

  private static final FairLimits.Share ONE_AT_A_TIME = new FairLimits.Share(1, 1);

  /** A build of so many vector components takes seconds: 50,000 vectors of 400. */
  private static final long SMALL_COMPONENTS = 20_000_000;

  /** Fixed, so that the same vectors give the same index. */
  private static final long SEED = 42;

  private static final int PRIORITY = Thread.NORM_PRIORITY - 1;

  private final TenantSpaces spaces;
  private final MemoryGuard memory;
  private final Usage usage;
  private final ServerMeters meters;
  private final Build.Clocks clocks;
  private final AutomaticBuilds automatic;
  private final int parallelism;
  private final FairPool large;
  private final FairPool small;
  private final ExecutorService team;
  private final Set<Build> atWork = ConcurrentHashMap.newKeySet();

  /**
   * Builds with so many threads, the one that leads included.
   *
   * @param automatic when a build begins by itself
   */
  public Builds(
      TenantSpaces spaces,
      MemoryGuard memory,
      Usage usage,
      ServerMeters meters,
      LongSupplier nanoClock,
      InstantSource clock,
      AutomaticBuilds automatic,
      int parallelism) {
    this.spaces = spaces;
    this.memory = memory;
    this.usage = usage;
    this.meters = meters;
    this.clocks = new Build.Clocks(nanoClock, clock);
    this.automatic = automatic;
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
   * Begins a build of a tenant's collection.
   *
   * @param timeout the build is cancelled when it takes longer; waiting for its turn does not count
   * @throws io.memryx.server.problem.ProblemException if there is nothing to build, a build of the
   *     collection is under way, or there is too little memory for one
   */
  public BuildStatus begin(TenantId tenant, String collection, Optional<Duration> timeout) {
    return begin(
        named(tenant, collection).orElseThrow(() -> BuildProblems.nothingToFinalize(collection)),
        timeout);
  }

  /**
   * Begins a build of a tenant's collection.
   *
   * @throws io.memryx.server.problem.ProblemException if it is not there, and as {@link #begin}
   */
  public BuildStatus beginNamed(TenantId tenant, String collection, Optional<Duration> timeout) {
    return begin(
        named(tenant, collection).orElseThrow(() -> TenantCollections.noSuchCollection(collection)),
        timeout);
  }

  private Optional<OpenCollection> named(TenantId tenant, String collection) {
    return spaces
        .find(tenant)
        .flatMap(
            space -> space.store().find(collection).map(found -> new OpenCollection(space, found)));
  }

  private BuildStatus begin(OpenCollection open, Optional<Duration> timeout) {
    TenantSpace space = open.space();
    VectorCollection built = open.collection();
    String collection = built.name();
    CollectionStats stats = open.ask(VectorCollection::stats);
    // What was deleted is gone for good only once a build has left it out.
    if (stats.vectors() == 0 && stats.tombstones() == 0) {
      throw BuildProblems.nothingToFinalize(collection);
    }
    Build build = build(built, Build.Cause.ASKED, stats);
    space
        .builds()
        .tryBegin(build)
        .ifPresent(
            other -> {
              throw BuildProblems.inProgress(other);
            });
    enqueue(open, build, timeout);
    return build.status();
  }

  private Build build(VectorCollection built, Build.Cause cause, CollectionStats stats) {
    return new Build(UUID.randomUUID().toString(), built.name(), cause, stats, clocks);
  }

  private void enqueue(OpenCollection open, Build build, Optional<Duration> timeout) {
    TenantSpace space = open.space();
    try {
      // May be refused too: the collection may be gone by now.
      CollectionStats stats = open.ask(VectorCollection::stats);
      memory.requireRoomToBuild(stats);
      requirePlace(space);
      Task task = new Task(space, open.collection(), build, timeout, subject(build, space));
      switch (size(open.collection(), stats)) {
        case LARGE -> enter(large, task, () -> runLarge(task));
        case SMALL -> enter(small, task, () -> runSmall(task));
      }
    } catch (RuntimeException | Error e) {
      // Errors too: where there is no thread for it, it must not seem to be under way.
      space.builds().forget(build);
      throw e;
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
  private record Task(
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

  /** A build that nobody asked for is the tenant's, not that of the request that made it due. */
  private static Subject subject(Build build, TenantSpace space) {
    String tenant = space.tenant().value();
    return switch (build.cause()) {
      case ASKED -> new Subject(Subject.current().requestId(), tenant);
      case AUTOMATIC -> Subject.ofTenant(tenant);
    };
  }

  private static Size size(VectorCollection built, CollectionStats stats) {
    long components = (long) stats.vectors() * built.options().dimension();
    return components <= SMALL_COMPONENTS ? Size.SMALL : Size.LARGE;
  }

  private static void enter(FairPool pool, Task task, Runnable run) {
    FairPool.Place place =
        pool.tryEnter(task.party()).orElseThrow(() -> BuildProblems.tooMany(PLACES));
    task.build.waitsIn(place::withdraw);
    place.execute(task.logged(run));
  }

  /**
   * Begins a build of a collection whose hot buffer has grown enough, unless one is under way or
   * there is no room for one. Costs next to nothing where nothing is to be done.
   *
   * @param stats the collection's, as of now
   */
  void beginIfDue(TenantSpace space, VectorCollection collection, CollectionStats stats) {
    if (!automatic.isDue(stats, space.builds().failedHotBuffer(collection.name()))) {
      return;
    }
    beginByItself(
        space, collection, "%d vectors are in the hot buffer".formatted(stats.hotBuffer()));
  }

  /** Begins a build of each collection that is due, after a restart. */
  public void beginAllDue() {
    for (TenantSpace space : spaces.all()) {
      for (VectorCollection collection : space.store().collections()) {
        CollectionView.of(collection)
            .ifPresent(view -> beginIfDue(space, collection, view.stats()));
      }
    }
  }

  /**
   * Begins a build of a collection whose log has grown out of proportion, unless one is under way
   * or there is no room for one.
   */
  public void beginForLog(TenantId tenant, VectorCollection collection) {
    spaces
        .known(tenant)
        .ifPresent(space -> beginByItself(space, collection, "its log has grown long"));
  }

  private void beginByItself(TenantSpace space, VectorCollection collection, String reason) {
    Build build = build(collection, Build.Cause.AUTOMATIC, collection.stats());
    if (space.builds().tryBegin(build).isPresent()) {
      return;
    }
    try {
      enqueue(new OpenCollection(space, collection), build, Optional.empty());
      LOG.info("finalize {}: begins by itself, {}", build.id(), reason);
    } catch (ProblemException | OutOfMemoryError e) {
      space.builds().failed(build);
      LOG.warn("no finalize by itself: {}", e.getMessage());
    }
  }

  /**
   * Asks a build to end soon.
   *
   * @return how it stands then: it goes on for a moment, and ends as if nobody had asked where it
   *     is being made durable already; or empty if the tenant has no such build
   * @throws io.memryx.server.problem.ProblemException if it has ended already, and not for that
   */
  public Optional<BuildStatus> cancel(TenantId tenant, String buildId) {
    Optional<Build> build = find(tenant, buildId);
    build.ifPresent(
        known -> {
          BuildStatus before = known.status();
          if (before.state().isEnd() && before.state() != BuildStatus.State.CANCELLED) {
            throw Problem.of(
                    ProblemCode.OPERATION_ENDED,
                    "the operation has ended, there is nothing to cancel",
                    "GET /v1/operations/" + buildId + " tells how it ended")
                .toException();
          }
          known.cancel(Build.Cancellation.ASKED);
        });
    return build.map(Build::status);
  }

  /**
   * Somebody who looks at a build, to its end: also where the tenant is gone before. Closing it
   * again does nothing.
   */
  public interface Watch extends AutoCloseable {
    /** How the build stands. */
    BuildStatus status();

    @Override
    void close();
  }

  /**
   * Takes a place among those who watch a tenant's operations.
   *
   * @return to be closed when nobody looks any more; or empty if the tenant has no such build
   */
  public Optional<Watch> watch(TenantId tenant, String buildId) {
    return spaces
        .find(tenant)
        .flatMap(space -> space.builds().find(buildId).map(build -> watch(space, build)));
  }

  private static Watch watch(TenantSpace space, Build build) {
    OpenStreams.Stream place = space.streams().openWatcher();
    return new Watch() {
      @Override
      public BuildStatus status() {
        return build.status();
      }

      @Override
      public void close() {
        place.close();
      }
    };
  }

  /** How a build of a tenant stands, or empty if the tenant has no such build. */
  public Optional<BuildStatus> status(TenantId tenant, String buildId) {
    return find(tenant, buildId).map(Build::status);
  }

  private Optional<Build> find(TenantId tenant, String buildId) {
    return spaces.find(tenant).flatMap(space -> space.builds().find(buildId));
  }

  /**
   * Waits for a build to end.
   *
   * @return how it ended, or empty if the tenant has no such build
   */
  public Optional<BuildStatus> await(TenantId tenant, String buildId) throws InterruptedException {
    Optional<Build> build = find(tenant, buildId);
    if (build.isPresent()) {
      build.get().awaitEnd();
    }
    return build.map(Build::status);
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
      small.goOn(task.party(), task.logged(() -> runSmall(task)));
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
    long startedAt = clocks.nanos().getAsLong();
    long timeoutNanos = timeout.map(Duration::toNanos).orElse(Long.MAX_VALUE);
    LOG.info("finalize {}: {} vectors", build.id(), build.status().vectors());
    ProgressLines lines = new ProgressLines(build, Subject.current(), clocks.nanos(), LOG);
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
                () -> build.isCancelled() || clocks.nanos().getAsLong() - startedAt > timeoutNanos);
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
    meters.buildEnded(how(end.state()), clocks.nanos().getAsLong() - startedAt);
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
  public int stalled() {
    return (int) atWork.stream().filter(build -> build.status().work().stalled()).count();
  }

  /** Number of builds under way or waiting. */
  public int underWay() {
    return large.running()
        + large.waiting()
        + small.running()
        + small.waiting()
        + memory.builds().waiting();
  }

  /** Cancels every build; none begins any more. What is being built is given up within moments. */
  public void stop() {
    large.close();
    small.close();
    for (TenantSpace space : spaces.all()) {
      space.builds().underWay().forEach(build -> build.cancel(Build.Cancellation.SHUTDOWN));
    }
  }

  /**
   * Waits for the builds at work to end, after {@link #stop}.
   *
   * @return whether they did within the time; one that writes its snapshot goes on to its end
   */
  public boolean awaitEnd(long timeoutNanos) throws InterruptedException {
    long end = clocks.nanos().getAsLong() + timeoutNanos;
    return large.awaitEnd(timeoutNanos)
        && small.awaitEnd(Math.max(0, end - clocks.nanos().getAsLong()));
  }

  /** Cancels every build; whoever wants to know that they have ended, waits before. */
  @Override
  public void close() {
    stop();
    team.shutdown();
  }
}

package io.memryx.server.service;

import io.memryx.CollectionStats;
import io.memryx.VectorCollection;
import io.memryx.server.log.Subject;
import io.memryx.server.metrics.ServerMeters;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import io.memryx.server.tenant.TenantId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The builds of all tenants: begins, finds, watches and cancels them. Thread-safe. */
public final class Builds implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Builds.class);

  private final TenantSpaces spaces;
  private final MemoryGuard memory;
  private final Build.Clocks clocks;
  private final AutomaticBuilds automatic;
  private final BuildRunner runner;

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
    this.clocks = new Build.Clocks(nanoClock, clock);
    this.automatic = automatic;
    this.runner = new BuildRunner(memory, usage, meters, nanoClock, parallelism);
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
      runner.enter(
          new BuildRunner.Task(space, open.collection(), build, timeout, subject(build, space)),
          stats);
    } catch (RuntimeException | Error e) {
      // Errors too: where there is no thread for it, it must not seem to be under way.
      space.builds().forget(build);
      throw e;
    }
  }

  /** A build that nobody asked for is the tenant's, not that of the request that made it due. */
  private static Subject subject(Build build, TenantSpace space) {
    String tenant = space.tenant().value();
    return switch (build.cause()) {
      case ASKED -> new Subject(Subject.current().requestId(), tenant);
      case AUTOMATIC -> Subject.ofTenant(tenant);
    };
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

  /** Number of builds at work in which nothing was done for long. */
  public int stalled() {
    return runner.stalled();
  }

  /** Number of builds under way or waiting. */
  public int underWay() {
    return runner.underWay();
  }

  /** Cancels every build; none begins any more. What is being built is given up within moments. */
  public void stop() {
    runner.stop();
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
    return runner.awaitEnd(timeoutNanos);
  }

  /** Cancels every build; whoever wants to know that they have ended, waits before. */
  @Override
  public void close() {
    stop();
    runner.close();
  }
}

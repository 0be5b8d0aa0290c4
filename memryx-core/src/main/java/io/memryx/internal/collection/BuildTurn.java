package io.memryx.internal.collection;

import io.memryx.BuildCancelledException;
import io.memryx.BuildReport;
import io.memryx.BuildRequest;
import io.memryx.MemoryBudgetException;
import io.memryx.internal.build.BuildMonitor;
import io.memryx.internal.events.BuildTrace;
import io.memryx.internal.ivf.ClusterIndex;
import io.memryx.snapshot.GenerationCommit;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The turn to build a collection, or to end it, which one thread has at a time. Thread-safe.
 *
 * <p>A build freezes what is there, works without the lock of {@link Contents}, and publishes.
 */
final class BuildTurn {
  private final String name;
  private final Contents contents;
  private final Changes changes;
  private final GenerationCommit commit;

  /** Held by the one build under way, or by whoever makes sure that there is none. */
  private final Semaphore turn = new Semaphore(1);

  /** The thread that builds. Written with {@link #turn} held; volatile for those who end. */
  private volatile @Nullable Thread builder;

  /** Memory that the build under way works with. For whoever has {@link #turn}. */
  private final MemoryAccount.Share worked;

  /**
   * Why builds are to stop; taken back if the collection does not end after all. Volatile: builds
   * look at it as they go.
   */
  private volatile @Nullable End stopping;

  BuildTurn(String name, Contents contents, Changes changes, Surroundings surroundings) {
    this.name = name;
    this.contents = contents;
    this.changes = changes;
    this.commit = surroundings.commit();
    this.worked = surroundings.memory().newShare();
  }

  /** Cancels the build under way, and those that begin later. */
  void stop(End why) {
    stopping = why;
  }

  /**
   * Stops the build under way and ends the contents.
   *
   * @param removal done first, when no build is under way any more; if it throws, the collection is
   *     as it was
   */
  void end(End why, Runnable removal) {
    stop(why);
    // A build that ends its own collection, by its listener, does not wait for itself.
    boolean alone = !Thread.currentThread().equals(builder);
    if (alone) {
      turn.acquireUninterruptibly();
    }
    try {
      changes.end(
          () -> {
            removal.run();
            contents.end(why);
          });
    } finally {
      stopping = contents.ended();
      if (alone) {
        turn.release();
      }
    }
  }

  /** Builds; refused if a build is under way. */
  BuildReport build(BuildRequest request) {
    if (!turn.tryAcquire()) {
      throw new IllegalStateException(
          "a build of collection '%s' is under way: wait for it or cancel it".formatted(name));
    }
    return buildInTurn(request);
  }

  /**
   * Waits for the build under way, then builds if there is still demand.
   *
   * @return whether there was
   */
  boolean buildIfNeeded(BuildRequest request, BuildDemand demand) throws InterruptedException {
    turn.acquire();
    boolean needed = demand.isThere();
    if (needed) {
      BuildReport _ = buildInTurn(request);
    } else {
      turn.release();
    }
    return needed;
  }

  /** Builds, and gives {@link #turn} back. */
  private BuildReport buildInTurn(BuildRequest request) {
    builder = Thread.currentThread();
    var trace = BuildTrace.begin(name);
    try {
      contents.requireUsable();
      BuildReport report =
          buildAlone(
              request.withCancellation(
                  () -> stopping != null || request.cancelled().getAsBoolean()));
      trace.succeeded(report);
      return report;
    } catch (BuildCancelledException e) {
      End end = stopping;
      throw end == null ? e : new IllegalStateException("the build ended: " + end.refusal(name), e);
    } finally {
      trace.end();
      worked.settle(0);
      builder = null;
      turn.release();
    }
  }

  private BuildReport buildAlone(BuildRequest request) {
    var monitor = new BuildMonitor(request);
    monitor.checkCancelled();
    requireBudget(request);
    CollectionState frozen = changes.freeze();
    GenerationBuilder.Built built;
    try {
      built = new GenerationBuilder(frozen, request, monitor).build(commit);
    } catch (RuntimeException | Error e) {
      contents.thaw();
      throw e;
    }
    contents.publish(frozen, built.generation(), worked);
    monitor.end();
    ClusterIndex index = built.generation().index();
    return new BuildReport(
        built.generation().size(),
        index == null ? 0 : index.lists().count(),
        frozen.tombstones(),
        built.method(),
        built.drift(),
        monitor.timeByPhase(),
        monitor.elapsed());
  }

  private void requireBudget(BuildRequest request) {
    long needed = new StateFigures(contents.current(), commit).buildBytes();
    if (needed > request.memoryBudget()) {
      throw MemoryBudgetException.ofBuild(name, needed, request.memoryBudget());
    }
    worked.raiseTo(needed, "building collection '%s'".formatted(name));
  }
}

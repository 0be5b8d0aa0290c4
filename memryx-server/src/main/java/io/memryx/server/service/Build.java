package io.memryx.server.service;

import io.memryx.BuildProgress;
import io.memryx.BuildReport;
import io.memryx.CollectionStats;
import io.memryx.server.problem.ProblemCode;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One build, from request to end. Thread-safe: steps are taken under the monitor and read without
 * it.
 */
final class Build {
  /** A phase that says nothing for so long may hang: the steps between two reports take seconds. */
  static final long STALLED_SECONDS = 60;

  /** But for the last one, which is one step: a snapshot of 12 GB at 20 MB a second. */
  static final long STALLED_COMMIT_SECONDS = 600;

  private static final String QUEUED = "queued";
  private static final String DONE = "done";
  private static final double NANOS_PER_SECOND = 1e9;

  private final String id;
  private final String collection;
  private final Cause cause;
  private final CollectionStats atStart;
  private final Clocks clocks;
  private final long askedAt;
  private final Instant startedAt;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile Step step;
  private volatile @Nullable Instant finishedAt;
  private volatile @Nullable Cancellation cancellation;

  /** Takes it out of the queue it waits in. */
  private Runnable withdrawal = () -> {};

  /** Why there is a build. */
  enum Cause {
    /** A client finalizes. */
    ASKED,
    /** The hot buffer has grown, or the log. */
    AUTOMATIC
  }

  /** Why a build is not wanted any more. */
  enum Cancellation {
    /** A client said so. */
    ASKED("cancelled on request; nothing is lost: finalize again when you like"),
    /** Its collection goes. */
    DROPPED("cancelled because the collection was deleted"),
    /** The server goes. */
    SHUTDOWN("cancelled because the server is shutting down; nothing is lost, finalize again");

    private final String reason;

    Cancellation(String reason) {
      this.reason = reason;
    }
  }

  /**
   * What time it is, for measuring and for telling.
   *
   * @param nanos a clock that only goes on
   * @param wall the time of day
   */
  record Clocks(LongSupplier nanos, InstantSource wall) {}

  /** A build that waits for its turn. */
  Build(String id, String collection, Cause cause, CollectionStats atStart, Clocks clocks) {
    this.id = id;
    this.collection = collection;
    this.cause = cause;
    this.atStart = atStart;
    this.clocks = clocks;
    this.askedAt = clocks.nanos().getAsLong();
    this.startedAt = clocks.wall().instant();
    this.step = Step.queued(askedAt);
  }

  String id() {
    return id;
  }

  String collection() {
    return collection;
  }

  Cause cause() {
    return cause;
  }

  /** Size of the hot buffer when it was asked for. */
  int hotBufferAtStart() {
    return atStart.hotBuffer();
  }

  /** Whether it has not ended. */
  boolean underWay() {
    return !step.state.isEnd();
  }

  /**
   * Says how it is taken out of the queue that it waits in now, if it is cancelled there: at once
   * if it has been.
   */
  synchronized void waitsIn(Runnable howToLeave) {
    withdrawal = howToLeave;
    if (!underWay()) {
      howToLeave.run();
    }
  }

  /**
   * Its turn has come.
   *
   * @return whether it is still wanted
   */
  synchronized boolean begin() {
    if (!underWay()) {
      return false;
    }
    step = step.begun(clocks.nanos().getAsLong());
    return true;
  }

  /** Asks it to end soon; in the queue it ends at once. */
  synchronized void cancel(Cancellation why) {
    if (!underWay()) {
      return;
    }
    if (cancellation == null) {
      cancellation = why;
    }
    if (step.begunAt == null) {
      endCancelled();
      withdrawal.run();
    }
  }

  boolean isCancelled() {
    return cancellation != null;
  }

  synchronized void progressed(BuildProgress progress) {
    if (underWay()) {
      step = step.progressed(progress, clocks.nanos().getAsLong());
    }
  }

  synchronized void swapped(BuildReport report) {
    int vectors = Math.max(1, report.vectors());
    end(
        new Step(
            BuildStatus.State.SWAPPED,
            new Counts(DONE, vectors, vectors, Span.ALL),
            step.begunAt,
            clocks.nanos().getAsLong(),
            clocks.nanos().getAsLong(),
            report,
            null));
  }

  synchronized void failed(BuildStatus.Failure failure) {
    endWithout(BuildStatus.State.FAILED, failure);
  }

  /** It ended because it was asked to. */
  synchronized void endCancelled() {
    Cancellation why = cancellation == null ? Cancellation.ASKED : cancellation;
    endWithout(
        BuildStatus.State.CANCELLED,
        new BuildStatus.Failure(ProblemCode.OPERATION_CANCELLED, why.reason));
  }

  private void endWithout(BuildStatus.State state, BuildStatus.Failure failure) {
    long now = clocks.nanos().getAsLong();
    end(new Step(state, step.counts, step.begunAt, step.phaseAt, now, null, failure));
  }

  private void end(Step last) {
    finishedAt = clocks.wall().instant();
    step = last;
    ended.countDown();
  }

  /** Waits until it has ended. */
  void awaitEnd() throws InterruptedException {
    ended.await();
  }

  /** As of now. */
  BuildStatus status() {
    Step now = step;
    long at = now.state.isEnd() ? now.lastAt : clocks.nanos().getAsLong();
    BuildReport report = now.report;
    return new BuildStatus(
        id,
        collection,
        now.state,
        now.work(at),
        report == null ? atStart.vectors() : report.vectors(),
        report == null ? 0 : report.lists(),
        startedAt,
        now.state.isEnd() ? finishedAt : null,
        (at - askedAt) / NANOS_PER_SECOND,
        report == null ? null : report.totalTime().toNanos() / NANOS_PER_SECOND,
        now.failure);
  }

  /** How much of a phase is done, and where in the build that is. */
  private record Counts(String phase, long done, long total, Span span) {}

  /**
   * A part of a build, in percent of one that has every phase.
   *
   * @param from where the first phase of this build begins: those that extend an index, or keep
   *     vectors as they are, have only the later ones
   * @param reached where it is
   * @param to where the phase ends that it is in
   */
  private record Span(double from, double reached, double to) {
    static final Span NOTHING = new Span(0, 0, 0);
    static final Span ALL = new Span(0, 100, 100);

    /** Share of this build that is done, 0 to 100. */
    double percent() {
      return share(reached);
    }

    /** Share of this build that will be done when the phase ends, 0 to 100. */
    double percentAtPhaseEnd() {
      return share(to);
    }

    private double share(double percent) {
      return (percent - from) / (100 - from) * 100;
    }
  }

  /**
   * How far it has come.
   *
   * @param begunAt when its turn came, or null
   * @param phaseAt when its phase began
   * @param lastAt when something was done last
   */
  private record Step(
      BuildStatus.State state,
      Counts counts,
      @Nullable Long begunAt,
      long phaseAt,
      long lastAt,
      @Nullable BuildReport report,
      BuildStatus.@Nullable Failure failure) {

    static Step queued(long now) {
      return new Step(
          BuildStatus.State.BUILDING,
          new Counts(QUEUED, 0, 1, Span.NOTHING),
          null,
          now,
          now,
          null,
          null);
    }

    Step begun(long now) {
      return new Step(state, counts, now, now, now, null, null);
    }

    Step progressed(BuildProgress progress, long now) {
      BuildStatus.State next =
          switch (progress.phase()) {
            case CLUSTER, TRAIN, ASSIGN, ENCODE, CALIBRATE -> BuildStatus.State.BUILDING;
            case COMMIT -> BuildStatus.State.READY;
          };
      String phase = progress.phase().name().toLowerCase(Locale.ROOT);
      // One that was to be extended may turn out to be better trained anew: then all is to be done.
      double begin = percent(progress, 0);
      double from = counts.phase.equals(QUEUED) ? begin : Math.min(counts.span.from, begin);
      var span = new Span(from, progress.percent(), percent(progress, progress.total()));
      var there = new Counts(phase, progress.done(), progress.total(), span);
      long since = phase.equals(counts.phase) ? phaseAt : now;
      return new Step(next, there, begunAt, since, now, null, null);
    }

    private static double percent(BuildProgress progress, long done) {
      return new BuildProgress(progress.phase(), done, progress.total()).percent();
    }

    BuildStatus.Work work(long now) {
      return new BuildStatus.Work(
          counts.phase,
          counts.done,
          counts.total,
          counts.span.percent(),
          rate(now),
          etaSeconds(now),
          begunAt != null && !state.isEnd() && now - lastAt > patienceNanos());
    }

    private long patienceNanos() {
      long seconds =
          switch (state) {
            case BUILDING, SWAPPED, FAILED, CANCELLED -> STALLED_SECONDS;
            case READY -> STALLED_COMMIT_SECONDS;
          };
      return seconds * (long) NANOS_PER_SECOND;
    }

    private @Nullable Double rate(long now) {
      boolean known = !state.isEnd() && counts.done > 0 && now > phaseAt;
      return known ? counts.done * NANOS_PER_SECOND / (now - phaseAt) : null;
    }

    private @Nullable Double etaSeconds(long now) {
      if (state == BuildStatus.State.SWAPPED) {
        return 0.0;
      }
      double percent = counts.span.percent();
      if (state.isEnd() || begunAt == null || percent == 0) {
        return null;
      }
      // This phase at its own pace, which is known; those to come at the pace so far.
      double secondsPerPercent = (now - begunAt) / NANOS_PER_SECOND / percent;
      double phaseEnd = counts.span.percentAtPhaseEnd();
      Double rate = rate(now);
      double restOfPhase =
          rate == null
              ? secondsPerPercent * (phaseEnd - percent)
              : (counts.total - counts.done) / rate;
      return restOfPhase + secondsPerPercent * (100 - phaseEnd);
    }
  }
}

package io.memryx.server.service;

import io.memryx.BuildProgress;
import io.memryx.BuildReport;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One build, from request to end. Written by the thread that builds, read by any; each step is
 * published by one volatile write.
 */
final class Build {
  private static final String QUEUED = "queued";
  private static final String DONE = "done";
  private static final double NANOS_PER_SECOND = 1e9;

  private final String id;
  private final String collection;
  private final int vectorsAtStart;
  private final LongSupplier nanoClock;
  private final long askedAt;
  private volatile Step step = new Step(BuildStatus.State.BUILDING, QUEUED, 0, null, null, null);
  private volatile boolean cancelled;
  private final CountDownLatch ended = new CountDownLatch(1);

  /** A build that waits for its turn. */
  Build(String id, String collection, int vectorsAtStart, LongSupplier nanoClock) {
    this.id = id;
    this.collection = collection;
    this.vectorsAtStart = vectorsAtStart;
    this.nanoClock = nanoClock;
    this.askedAt = nanoClock.getAsLong();
  }

  String id() {
    return id;
  }

  String collection() {
    return collection;
  }

  /** Whether it is neither swapped nor failed. */
  boolean underWay() {
    return step.endedAt == null;
  }

  /** Asks it to end soon. */
  void cancel() {
    cancelled = true;
  }

  boolean isCancelled() {
    return cancelled;
  }

  void progressed(BuildProgress progress) {
    BuildStatus.State state =
        switch (progress.phase()) {
          case CLUSTER, TRAIN, ASSIGN, ENCODE, CALIBRATE -> BuildStatus.State.BUILDING;
          case COMMIT -> BuildStatus.State.READY;
        };
    String phase = progress.phase().name().toLowerCase(Locale.ROOT);
    step = new Step(state, phase, progress.percent(), null, null, null);
  }

  void swapped(BuildReport report) {
    step = new Step(BuildStatus.State.SWAPPED, DONE, 100, nanoClock.getAsLong(), report, null);
    ended.countDown();
  }

  void failed(BuildStatus.Failure failure) {
    Step last = step;
    step =
        new Step(
            BuildStatus.State.ERROR,
            last.phase,
            last.percent,
            nanoClock.getAsLong(),
            null,
            failure);
    ended.countDown();
  }

  /** Waits until it is swapped or has failed. */
  void awaitEnd() throws InterruptedException {
    ended.await();
  }

  /** As of now. */
  BuildStatus status() {
    Step now = step;
    long until = now.endedAt == null ? nanoClock.getAsLong() : now.endedAt;
    BuildReport report = now.report;
    return new BuildStatus(
        id,
        collection,
        now.state,
        now.phase,
        now.percent,
        report == null ? vectorsAtStart : report.vectors(),
        report == null ? 0 : report.lists(),
        (until - askedAt) / NANOS_PER_SECOND,
        report == null ? null : report.totalTime().toNanos() / NANOS_PER_SECOND,
        now.failure);
  }

  private record Step(
      BuildStatus.State state,
      String phase,
      double percent,
      @Nullable Long endedAt,
      @Nullable BuildReport report,
      BuildStatus.@Nullable Failure failure) {}
}

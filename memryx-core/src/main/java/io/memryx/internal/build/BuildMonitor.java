package io.memryx.internal.build;

import io.memryx.BuildCancelledException;
import io.memryx.BuildProgress;
import io.memryx.BuildRequest;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a build tells and is told: progress out, cancellation in, time by phase. {@link
 * #checkCancelled} is for any thread, everything else for the building one.
 */
public final class BuildMonitor {
  private final BuildRequest request;
  private final Thread builder = Thread.currentThread();
  private final long startNanos = System.nanoTime();
  private final Map<BuildProgress.Phase, Long> nanosByPhase =
      new EnumMap<>(BuildProgress.Phase.class);
  private volatile BuildProgress.Phase phase = BuildProgress.Phase.CLUSTER;
  private long phaseStartNanos = startNanos;
  private long total = 1;

  /** Begins now, on the calling thread. */
  public BuildMonitor(BuildRequest request) {
    this.request = request;
  }

  /** Ends the phase before and begins another one of so many units of work. */
  public void begin(BuildProgress.Phase next, long units) {
    endPhase();
    phase = next;
    total = Math.max(1, units);
    report(0);
  }

  /** Tells that so many units of the phase are done. */
  public void report(long done) {
    request.progress().accept(new BuildProgress(phase, Math.min(done, total), total));
  }

  /** Ends the last phase; tells that it is complete. */
  public void end() {
    report(total);
    endPhase();
  }

  private void endPhase() {
    long now = System.nanoTime();
    nanosByPhase.merge(phase, now - phaseStartNanos, Long::sum);
    phaseStartNanos = now;
  }

  /**
   * Ends the build if its caller wants that, by the request or by interrupting the building thread.
   *
   * @throws BuildCancelledException if so
   */
  public void checkCancelled() {
    if (request.cancelled().getAsBoolean() || builder.isInterrupted()) {
      throw new BuildCancelledException(phase);
    }
  }

  /** Time spent in each phase that has ended. */
  public Map<BuildProgress.Phase, Duration> timeByPhase() {
    Map<BuildProgress.Phase, Duration> times = new EnumMap<>(BuildProgress.Phase.class);
    nanosByPhase.forEach((ended, nanos) -> times.put(ended, Duration.ofNanos(nanos)));
    return times;
  }

  /** Time since the build began. */
  public Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }
}

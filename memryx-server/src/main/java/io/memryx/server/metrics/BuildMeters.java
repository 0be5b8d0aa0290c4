package io.memryx.server.metrics;

import io.memryx.BuildProgress;
import io.memryx.BuildReport;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What is counted and timed of builds. Thread-safe. */
final class BuildMeters {
  private final Map<BuildEnd, Counter> ends = new EnumMap<>(BuildEnd.class);
  private final Map<BuildProgress.Phase, Timer> phases = new EnumMap<>(BuildProgress.Phase.class);
  private final Timer time;

  /** At zero. */
  BuildMeters(MeterRegistry registry) {
    for (BuildEnd end : BuildEnd.values()) {
      ends.put(
          end,
          Counter.builder("memryx.builds")
              .description("Finalizes that ended, by how")
              .tag("state", label(end))
              .register(registry));
    }
    for (BuildProgress.Phase phase : BuildProgress.Phase.values()) {
      phases.put(
          phase,
          Timer.builder("memryx.build.phase")
              .description("Time of a phase of a finalize that succeeded")
              .tag("phase", label(phase))
              .serviceLevelObjectives(Buckets.OF_BUILDS.bounds())
              .register(registry));
    }
    time =
        Timer.builder("memryx.build.time")
            .description("Time of a finalize, without waiting for its turn")
            .serviceLevelObjectives(Buckets.OF_BUILDS.bounds())
            .register(registry);
  }

  private static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** A build has made an index. */
  void built(BuildReport report) {
    report.timeByPhase().forEach(this::spent);
  }

  private void spent(BuildProgress.Phase phase, Duration spent) {
    Timer timer = phases.get(phase);
    if (timer != null) {
      timer.record(spent);
    }
  }

  /** A build has ended. */
  void ended(BuildEnd how, long nanos) {
    Counter counter = ends.get(how);
    if (counter != null) {
      counter.increment();
    }
    time.record(nanos, TimeUnit.NANOSECONDS);
  }
}

package io.memryx.persistence;

import io.memryx.ValidationException;
import io.memryx.Violation;
import java.time.Duration;

/**
 * How durable a change is when the call that made it returns.
 *
 * @param mode what has happened to it by then
 * @param interval with {@link Mode#ASYNC} the time between two forces, 1 ms to 60 s; else unused
 */
public record DurabilityOptions(Mode mode, Duration interval) {
  private static final Duration DEFAULT_INTERVAL = Duration.ofMillis(100);
  private static final Duration MIN_INTERVAL = Duration.ofMillis(1);
  private static final Duration MAX_INTERVAL = Duration.ofSeconds(60);

  /** What has happened to a change when its call returns. */
  public enum Mode {
    /** It was forced to the disk: it survives a power cut. Calls at the same time share a force. */
    FSYNC,
    /**
     * It was handed to the operating system, which is made to write it within the interval: it
     * survives the end of the process; a power cut may take what came in the last two intervals.
     */
    ASYNC,
    /** It was handed to the operating system: it survives the end of the process only. */
    OS
  }

  /** Refuses an interval out of range. */
  public DurabilityOptions {
    if (interval.compareTo(MIN_INTERVAL) < 0 || interval.compareTo(MAX_INTERVAL) > 0) {
      throw new ValidationException(
          Violation.Code.OUT_OF_RANGE,
          "an interval of %d ms between forces".formatted(interval.toMillis()),
          "give 1 ms to 60 s");
    }
  }

  /** {@link Mode#FSYNC}. */
  public static DurabilityOptions fsync() {
    return new DurabilityOptions(Mode.FSYNC, DEFAULT_INTERVAL);
  }

  /** {@link Mode#ASYNC}, forced every so often. */
  public static DurabilityOptions async(Duration interval) {
    return new DurabilityOptions(Mode.ASYNC, interval);
  }

  /** {@link Mode#OS}. */
  public static DurabilityOptions os() {
    return new DurabilityOptions(Mode.OS, DEFAULT_INTERVAL);
  }
}

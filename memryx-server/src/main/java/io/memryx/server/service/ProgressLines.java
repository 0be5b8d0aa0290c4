package io.memryx.server.service;

import io.memryx.server.log.Subject;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Tells the log now and then how far a long build has come. Of a short one it says nothing.
 * Thread-safe: whichever of the build's threads comes first writes the line.
 */
final class ProgressLines {
  /** Often enough to see that it goes on; of an hour's build, not more than can be read. */
  static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Build build;
  private final Subject subject;
  private final LongSupplier nanoClock;
  private final Logger log;
  private final AtomicLong due;

  /**
   * Of a build that begins now.
   *
   * @param subject whose build it is
   */
  ProgressLines(Build build, Subject subject, LongSupplier nanoClock, Logger log) {
    this.build = build;
    this.subject = subject;
    this.nanoClock = nanoClock;
    this.log = log;
    this.due = new AtomicLong(nanoClock.getAsLong() + INTERVAL_NANOS);
  }

  /** It has come on; writes a line if it is time for one. */
  void progressed() {
    long now = nanoClock.getAsLong();
    long at = due.get();
    if (now - at >= 0 && due.compareAndSet(at, now + INTERVAL_NANOS)) {
      try (var _ = subject.enter()) {
        log.info("finalize {}: {}", build.id(), text(build.status().work()));
      }
    }
  }

  private static String text(BuildStatus.Work work) {
    String text =
        String.format(
            Locale.ROOT,
            "%.1f percent, %s %d of %d",
            work.percent(),
            work.phase(),
            work.done(),
            work.total());
    Double rate = work.rate();
    if (rate != null) {
      text += String.format(Locale.ROOT, ", %.0f a second", rate);
    }
    Double rest = work.etaSeconds();
    return rest == null ? text : text + String.format(Locale.ROOT, ", about %.0f s to go", rest);
  }
}

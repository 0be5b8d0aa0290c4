package io.memryx.internal.collection;

import io.memryx.internal.collection.Contents.Growth;
import io.memryx.internal.collection.Surroundings.BuildTrigger;
import io.memryx.snapshot.ChangeLog;

/**
 * When the next automatic build of a collection is due: when it has so many hot rows, or when its
 * log has grown out of proportion, for a build is what makes the log short again. Thread-safe.
 */
final class BuildDemand {
  /** A log below this is not worth a build. */
  private static final long LOG_BYTES = 256L << 20;

  /** A log of so many times what the collection holds is mostly of entries that were replaced. */
  private static final int LOG_SHARE = 3;

  private final Contents contents;
  private final BuildTrigger automatic;
  private final ChangeLog log;

  /** Rows of the hot buffers at which the next build is due. Changed under this monitor. */
  private volatile long dueAt;

  /** Size of the log below which no build is due for it. Changed under this monitor. */
  private volatile long logDueAt;

  /** Of contents as they are now. */
  BuildDemand(Contents contents, Surroundings surroundings) {
    this.contents = contents;
    this.automatic = surroundings.automatic();
    this.log = surroundings.log();
    this.dueAt = automatic.dueAt(contents.growth().built());
  }

  /** Whether a build is worth while, whoever has asked for it. */
  boolean isThere() {
    Growth growth = contents.growth();
    return growth.hotRows() >= automatic.dueAt(growth.built()) || isLogLong(growth);
  }

  /**
   * Whether it has come up; asked after rows were added. If so, it comes up again later. Nobody
   * waits here for another before it does: changes at the same time all ask.
   */
  boolean comesUp() {
    Growth growth = contents.growth();
    return (areRowsDue(growth) || isLogDue(growth)) && raise();
  }

  /** Puts off the next one, unless another thread has done so. */
  private synchronized boolean raise() {
    Growth growth = contents.growth();
    // If this build fails, the next is due when as much again was added.
    boolean rowsDue = areRowsDue(growth);
    if (rowsDue) {
      dueAt = growth.hotRows() + automatic.dueAt(growth.built());
    }
    boolean logDue = isLogDue(growth);
    if (logDue) {
      logDueAt = 2 * log.bytes();
    }
    return rowsDue || logDue;
  }

  private boolean areRowsDue(Growth growth) {
    return growth.hotRows() >= dueAt;
  }

  private boolean isLogDue(Growth growth) {
    return log.bytes() >= logDueAt && isLogLong(growth);
  }

  private boolean isLogLong(Growth growth) {
    return log.bytes() > Math.max(LOG_BYTES, LOG_SHARE * growth.bytes());
  }

  /** A build was published: counting begins anew. */
  synchronized void met() {
    dueAt = automatic.dueAt(contents.growth().built());
    logDueAt = 0;
  }
}

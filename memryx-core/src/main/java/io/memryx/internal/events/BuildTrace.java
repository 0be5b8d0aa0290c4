package io.memryx.internal.events;

import io.memryx.BuildProgress.Phase;
import io.memryx.BuildReport;
import org.jspecify.annotations.Nullable;

/** One build as flight recordings see it. For the building thread. */
public final class BuildTrace {
  /** Null where nothing can be recorded. */
  private final @Nullable BuildEvent event;

  private BuildTrace(@Nullable BuildEvent event) {
    this.event = event;
  }

  /** A build that begins now. */
  public static BuildTrace begin(String collection) {
    if (!FlightRecording.AVAILABLE) {
      return new BuildTrace(null);
    }
    var event = new BuildEvent();
    event.collection = collection;
    event.begin();
    return new BuildTrace(event);
  }

  /** The build has succeeded. */
  public void succeeded(BuildReport report) {
    if (event == null) {
      return;
    }
    event.succeeded = true;
    event.entries = report.vectors();
    event.lists = report.lists();
    event.reclaimed = report.reclaimed();
    event.method = report.method().name();
    event.clusterMillis = report.timeOf(Phase.CLUSTER).toMillis();
    event.trainMillis = report.timeOf(Phase.TRAIN).toMillis();
    event.assignMillis = report.timeOf(Phase.ASSIGN).toMillis();
    event.encodeMillis = report.timeOf(Phase.ENCODE).toMillis();
    event.calibrateMillis = report.timeOf(Phase.CALIBRATE).toMillis();
    event.commitMillis = report.timeOf(Phase.COMMIT).toMillis();
  }

  /** The build has ended, one way or another. */
  public void end() {
    if (event != null) {
      event.commit();
    }
  }
}

package io.memryx.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A build of a collection, in flight recordings: event {@code io.memryx.Build}. */
@Name("io.memryx.Build")
@Label("Build")
@Category("Memryx")
@Description("A build of a collection's index, from its request to its end")
@StackTrace(false)
final class BuildEvent extends Event {
  @Label("Collection")
  String collection = "";

  @Label("Succeeded")
  @Description("False if it failed or was cancelled; the fields after this are zero then")
  boolean succeeded;

  @Label("Entries")
  int entries;

  @Label("Lists")
  int lists;

  @Label("Reclaimed")
  @Description("Replaced and deleted entries whose memory was given back")
  int reclaimed;

  @Label("Method")
  String method = "";

  @Label("Cluster Time")
  @Timespan(Timespan.MILLISECONDS)
  long clusterMillis;

  @Label("Train Time")
  @Timespan(Timespan.MILLISECONDS)
  long trainMillis;

  @Label("Assign Time")
  @Timespan(Timespan.MILLISECONDS)
  long assignMillis;

  @Label("Encode Time")
  @Timespan(Timespan.MILLISECONDS)
  long encodeMillis;

  @Label("Calibrate Time")
  @Timespan(Timespan.MILLISECONDS)
  long calibrateMillis;

  @Label("Commit Time")
  @Timespan(Timespan.MILLISECONDS)
  long commitMillis;
}

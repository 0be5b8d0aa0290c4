package io.memryx.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A search or a batch of them, in flight recordings: event {@code io.memryx.Search}. */
@Name("io.memryx.Search")
@Label("Search")
@Category("Memryx")
@Description("A search of a collection, or a batch of searches, from its request to its end")
@StackTrace(false)
final class SearchEvent extends Event {
  @Label("Collection")
  String collection = "";

  @Label("Succeeded")
  @Description("False if it was refused, interrupted or too late; what it did is zero then")
  boolean succeeded;

  @Label("Requests")
  @Description("Searches answered together")
  int requests;

  @Label("K")
  @Description("Neighbors wanted, by all requests together")
  int k;

  @Label("Probes")
  @Description("Inverted lists scanned")
  int probes;

  @Label("Codes Scanned")
  long codesScanned;

  @Label("Vectors Scored")
  long vectorsScored;

  @Label("Matched")
  @Description("Entries that pass the filter; -1 if that was not counted, or for several requests")
  int matched = -1;
}

package io.memryx.internal.events;

import io.memryx.SearchRequest;
import io.memryx.SearchResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A search, or a batch of them, as flight recordings see it; nothing is made where none is under
 * way. For the searching thread.
 */
public final class SearchTrace {
  private static final SearchTrace NONE = new SearchTrace(null);

  private final @Nullable SearchEvent event;

  private SearchTrace(@Nullable SearchEvent event) {
    this.event = event;
  }

  /** A search that begins now. */
  public static SearchTrace begin(String collection, List<SearchRequest> requests) {
    return FlightRecording.AVAILABLE ? beginEvent(collection, requests) : NONE;
  }

  private static SearchTrace beginEvent(String collection, List<SearchRequest> requests) {
    var event = new SearchEvent();
    if (!event.isEnabled()) {
      return NONE;
    }
    event.collection = collection;
    event.requests = requests.size();
    for (SearchRequest request : requests) {
      event.k += request.k();
    }
    event.begin();
    return new SearchTrace(event);
  }

  /** The search has succeeded. */
  public void succeeded(List<SearchResult> results) {
    if (event == null) {
      return;
    }
    event.succeeded = true;
    for (SearchResult result : results) {
      event.probes += result.work().listsProbed();
      event.codesScanned += result.work().codesScanned();
      event.vectorsScored += result.work().vectorsScored();
    }
    event.matched = results.size() == 1 ? results.getFirst().work().matched() : -1;
  }

  /** The search has ended, one way or another. */
  public void end() {
    if (event != null) {
      event.commit();
    }
  }
}

package io.memryx.internal.collection;

import java.util.List;

/** A stopwatch for searches answered together: each lap goes to those that it was run for. */
final class Laps {
  private long last = System.nanoTime();

  /** Ends a lap; its time is shared out in equal parts. */
  void end(SearchPhase phase, List<Query> queries) {
    long nanos = lap();
    for (Query query : queries) {
      query.addNanos(phase, nanos / queries.size());
    }
  }

  /** Ends a lap that was run for one search. */
  void end(SearchPhase phase, Query query) {
    query.addNanos(phase, lap());
  }

  private long lap() {
    long now = System.nanoTime();
    long nanos = now - last;
    last = now;
    return nanos;
  }
}

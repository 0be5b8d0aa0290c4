package io.memryx.bench.peers;

import java.io.IOException;
import java.util.List;

/**
 * What is measured with filters.
 *
 * @param label in reports
 * @param configuration what it was built with
 * @param searcher of this thread
 * @param ladder its default, then settings of rising effort
 */
record FilteredPeer(String label, String configuration, Searcher searcher, List<Rung> ladder) {

  FilteredPeer {
    ladder = List.copyOf(ladder);
  }

  /** Searches among the rows that pass a field's filter. */
  @FunctionalInterface
  interface Searcher {
    /** Row numbers, best first, at most k. */
    int[] search(float[] query, SyntheticField field, Rung rung, int k) throws IOException;
  }
}

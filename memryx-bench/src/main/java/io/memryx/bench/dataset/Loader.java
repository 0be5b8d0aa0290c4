package io.memryx.bench.dataset;

import io.memryx.Entry;
import io.memryx.VectorCollection;
import io.memryx.persistence.exchange.VectorRows;
import java.util.ArrayList;
import java.util.List;

/** Upserts rows of a data set under their row numbers as ids. */
public final class Loader {
  private static final int BATCH_ENTRIES = 1_000;

  private Loader() {}

  /** Upserts the rows {@code from} to {@code to - 1} in batches. */
  public static void upsert(VectorCollection collection, VectorRows base, int from, int to) {
    for (int start = from; start < to; start += BATCH_ENTRIES) {
      collection.upsert(batch(base, start, Math.min(start + BATCH_ENTRIES, to)));
    }
  }

  private static List<Entry> batch(VectorRows base, int from, int to) {
    List<Entry> entries = new ArrayList<>(to - from);
    float[] vector = new float[base.dimension()];
    for (int row = from; row < to; row++) {
      base.copyRow(row, vector, 0);
      entries.add(Entry.of(Integer.toString(row), vector));
    }
    return entries;
  }
}

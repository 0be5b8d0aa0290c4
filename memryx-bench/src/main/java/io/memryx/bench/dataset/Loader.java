package io.memryx.bench.dataset;

import io.memryx.Entry;
import io.memryx.Metadata;
import io.memryx.VectorCollection;
import io.memryx.persistence.exchange.VectorRows;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Upserts rows of a data set under their row numbers as ids. */
public final class Loader {
  private static final int BATCH_ENTRIES = 1_000;

  private Loader() {}

  /** Upserts the rows {@code from} to {@code to - 1} in batches. */
  public static void upsert(VectorCollection collection, VectorRows base, int from, int to) {
    upsert(collection, base, from, to, row -> Metadata.empty());
  }

  /** Upserts rows with metadata by row. */
  public static void upsert(
      VectorCollection collection,
      VectorRows base,
      int from,
      int to,
      IntFunction<Metadata> metadata) {
    for (int start = from; start < to; start += BATCH_ENTRIES) {
      collection.upsert(batch(base, start, Math.min(start + BATCH_ENTRIES, to), metadata));
    }
  }

  /** Rows as entries under their numbers. */
  public static List<Entry> batch(
      VectorRows base, int from, int to, IntFunction<Metadata> metadata) {
    List<Entry> entries = new ArrayList<>(to - from);
    float[] vector = new float[base.dimension()];
    for (int row = from; row < to; row++) {
      base.copyRow(row, vector, 0);
      entries.add(Entry.of(Integer.toString(row), vector, metadata.apply(row)));
    }
    return entries;
  }
}

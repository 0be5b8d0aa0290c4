package io.memryx.server.service;

import io.memryx.CollectionStats;
import io.memryx.VectorCollection;
import io.memryx.server.tenant.TenantId;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What all collections hold together, kept up to date by whoever changes one, so that a look costs
 * nothing however many tenants there are. Thread-safe; totals are guarded by the monitor, which
 * nobody holds while a collection is asked for its figures: that may wait for writes to it.
 */
public final class Usage {
  private static final CollectionStats.Bytes NO_BYTES =
      new CollectionStats.Bytes(0, 0, 0, 0, 0, 0, 0, 0);

  private final ConcurrentHashMap<Key, CollectionStats> known = new ConcurrentHashMap<>();
  private Totals totals = new Totals(0, 0, NO_BYTES);

  /** Takes a collection's figures in, as of now. */
  CollectionStats update(TenantId tenant, VectorCollection collection) {
    return known.compute(
        new Key(tenant, collection.name()),
        (_, before) -> {
          CollectionStats now = collection.stats();
          replace(before, now);
          return now;
        });
  }

  /** Takes a collection's figures out: it is gone. */
  void forget(TenantId tenant, String collection) {
    known.computeIfPresent(
        new Key(tenant, collection),
        (_, before) -> {
          replace(before, null);
          return null;
        });
  }

  private synchronized void replace(
      @Nullable CollectionStats before, @Nullable CollectionStats now) {
    totals = before == null ? totals : totals.plus(before, -1);
    totals = now == null ? totals : totals.plus(now, 1);
  }

  /** The sums, as of now. */
  public synchronized Totals totals() {
    return totals;
  }

  private record Key(TenantId tenant, String collection) {}

  /**
   * Sums over all collections.
   *
   * @param vectors entries that searches can find
   * @param hotBuffer entries not yet in a built index, part of {@code vectors}
   * @param components memory of the collections' data, by component
   */
  public record Totals(long vectors, long hotBuffer, CollectionStats.Bytes components) {
    private Totals plus(CollectionStats stats, int sign) {
      return new Totals(
          vectors + (long) sign * stats.vectors(),
          hotBuffer + (long) sign * stats.hotBuffer(),
          plus(stats.bytes(), sign));
    }

    private CollectionStats.Bytes plus(CollectionStats.Bytes more, int sign) {
      return new CollectionStats.Bytes(
          components.codes() + sign * more.codes(),
          components.routing() + sign * more.routing(),
          components.originals() + sign * more.originals(),
          components.ids() + sign * more.ids(),
          components.metadata() + sign * more.metadata(),
          components.bitmaps() + sign * more.bitmaps(),
          components.hotBuffer() + sign * more.hotBuffer(),
          components.tombstones() + sign * more.tombstones());
    }

    /** All of the memory. */
    public long bytes() {
      return components.total();
    }

    /** Entries in built indexes. */
    public long indexed() {
      return vectors - hotBuffer;
    }
  }
}

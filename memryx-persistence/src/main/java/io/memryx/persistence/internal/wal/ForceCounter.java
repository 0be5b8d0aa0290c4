package io.memryx.persistence.internal.wal;

import io.memryx.persistence.LogForces;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts forces as they happen. One thread counts, any may look. Counting allocates nothing, waits
 * for nobody and can't fail: it stands between a force and the answers that wait for it.
 */
final class ForceCounter {
  /** From a disk with a cache of its own that keeps what it has, to one that is about to fail. */
  private static final long[] MICROS = {
    100,
    250,
    500,
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    1_000_000,
    5_000_000,
    Long.MAX_VALUE
  };

  /** As many requests wait for one force as there are threads that write. */
  private static final long[] CHANGES = {1, 2, 4, 8, 16, 32, 64, 128, 256, 1_024, Long.MAX_VALUE};

  private final Tally micros = new Tally(MICROS);
  private final Tally changes = new Tally(CHANGES);

  /** A force has succeeded. */
  void forced(long nanos, long changesForced) {
    micros.add(TimeUnit.NANOSECONDS.toMicros(nanos));
    changes.add(changesForced);
  }

  /** All of them so far; of one that is being counted now, some figures may be there already. */
  LogForces forces() {
    return new LogForces(micros.distribution(), changes.distribution());
  }

  /** Figures by size. */
  private static final class Tally {
    private final long[] bounds;
    private final AtomicLongArray counts;
    private final AtomicLong sum = new AtomicLong();

    Tally(long[] bounds) {
      this.bounds = bounds;
      this.counts = new AtomicLongArray(bounds.length);
    }

    void add(long figure) {
      int bucket = 0;
      while (figure > bounds[bucket]) {
        bucket++;
      }
      long _ = counts.incrementAndGet(bucket);
      long _ = sum.addAndGet(figure);
    }

    LogForces.Distribution distribution() {
      List<LogForces.Bucket> buckets = new ArrayList<>(bounds.length);
      for (int bucket = 0; bucket < bounds.length; bucket++) {
        buckets.add(new LogForces.Bucket(bounds[bucket], counts.get(bucket)));
      }
      return new LogForces.Distribution(buckets, sum.get());
    }
  }
}

package io.memryx.server.tenant;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.TokensInheritanceStrategy;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A limit of so much per period: a bucket of that many tokens, which come back evenly over the
 * period. Who wants more than it holds gets them when it is full, and what is missing then has to
 * come back first: it takes its time, but not for ever. How many may change at any time: if they
 * are more then, those that are more are there at once. Thread-safe; changes of the limit are
 * guarded by the monitor.
 */
final class RateLimit {
  private final Duration period;
  private final TimeMeter clock;
  private volatile @Nullable Sized sized;

  /** Nothing used so far. */
  RateLimit(Duration period, LongSupplier nanoClock) {
    this.period = period;
    this.clock = new NanoClock(nanoClock);
  }

  /**
   * Takes tokens if they are all there, or if all are there that can be.
   *
   * @param wanted how many, at least 1
   * @param limit how many there are in a period as of now; {@link Limit#NONE} for no limit
   * @return 0 if they were taken, else the nanoseconds until they can be; nothing is taken then
   */
  long tryTake(long wanted, long limit) {
    if (limit == Limit.NONE) {
      return 0;
    }
    Bucket bucket = bucket(limit);
    ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(Math.min(wanted, limit));
    if (!probe.isConsumed()) {
      return Math.max(1, probe.getNanosToWaitForRefill());
    }
    if (wanted > limit) {
      long _ = bucket.consumeIgnoringRateLimits(wanted - limit);
    }
    return 0;
  }

  private Bucket bucket(long limit) {
    Sized now = sized;
    return now != null && now.limit == limit ? now.bucket : resized(limit).bucket;
  }

  private synchronized Sized resized(long limit) {
    Sized now = sized;
    if (now == null) {
      now = new Sized(limit, full(limit));
    } else if (now.limit != limit) {
      now.bucket.replaceConfiguration(
          BucketConfiguration.builder().addLimit(bandwidth(limit)).build(),
          TokensInheritanceStrategy.ADDITIVE);
      now = new Sized(limit, now.bucket);
    }
    sized = now;
    return now;
  }

  private Bucket full(long limit) {
    return Bucket.builder().withCustomTimePrecision(clock).addLimit(bandwidth(limit)).build();
  }

  private Bandwidth bandwidth(long limit) {
    return Bandwidth.builder().capacity(limit).refillGreedy(limit, period).build();
  }

  /** A bucket, and how many tokens it is made for. */
  private record Sized(long limit, Bucket bucket) {}

  /** A clock as the buckets want it. */
  private record NanoClock(LongSupplier nanos) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
      return nanos.getAsLong();
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }
}

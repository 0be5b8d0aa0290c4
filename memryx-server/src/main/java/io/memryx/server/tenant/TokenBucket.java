package io.memryx.server.tenant;

import java.util.function.LongSupplier;

/**
 * A rate limit: tokens flow in at a steady rate up to a capacity, calls take them out. Thread-safe;
 * guarded by its own monitor.
 */
final class TokenBucket {
  /** The wait for more tokens than the bucket can ever hold. */
  static final long NEVER = Long.MAX_VALUE;

  private final long capacity;
  private final double tokensPerNano;
  private final LongSupplier nanoClock;
  private double tokens;
  private long filledAt;

  /** A full bucket. */
  TokenBucket(long capacity, double tokensPerSecond, LongSupplier nanoClock) {
    this.capacity = capacity;
    this.tokensPerNano = tokensPerSecond / 1e9;
    this.nanoClock = nanoClock;
    this.tokens = capacity;
    this.filledAt = nanoClock.getAsLong();
  }

  /**
   * Takes tokens if they are all there.
   *
   * @return 0 if they were taken, else the nanoseconds until they will be there, or {@link #NEVER};
   *     nothing is taken then
   */
  synchronized long tryTake(long wanted) {
    long now = nanoClock.getAsLong();
    double inflow = (double) Math.max(0, now - filledAt) * tokensPerNano;
    tokens = Math.min((double) capacity, tokens + inflow);
    filledAt = now;
    double needed = (double) wanted;
    if (needed <= tokens) {
      tokens -= needed;
      return 0;
    }
    return wanted > capacity ? NEVER : (long) Math.ceil((needed - tokens) / tokensPerNano);
  }
}

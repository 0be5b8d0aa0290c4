package io.memryx.server.tenant;

/** What a plan limits. */
public enum Limit {
  /** Vectors that a tenant may hold. */
  VECTORS,
  /** Vectors that may be added in a minute. */
  ADDS_PER_MINUTE,
  /** Queries in a second; a batch counts each of its queries. */
  SEARCHES_PER_SECOND,
  /** Search requests at one time. */
  CONCURRENT_SEARCHES,
  /** Queries in a day of UTC. */
  SEARCHES_PER_DAY;

  /** The figure of what is not limited. */
  public static final long NONE = Long.MAX_VALUE;

  /** The largest figure that is a limit: more is not counted exactly everywhere. */
  public static final long LARGEST = 1_000_000_000_000L;
}

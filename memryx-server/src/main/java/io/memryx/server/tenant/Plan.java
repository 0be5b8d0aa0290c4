package io.memryx.server.tenant;

/** What a tenant may use, unless the operator gives it limits of its own. */
public enum Plan {
  /** To try it. */
  FREE(10_000, 100, 5, 2, 5_000),
  /** Small. */
  STARTER(100_000, 1_000, 10, 5, 50_000),
  /** Medium. */
  PRO(250_000, 5_000, 25, 10, 200_000),
  /** Large. */
  SCALE(1_000_000, 10_000, 60, 25, 1_000_000),
  /** Very large. */
  ENTERPRISE(10_000_000, 50_000, 200, 100, 10_000_000),
  /** Whatever the machine gives. */
  UNLIMITED(Limit.NONE, Limit.NONE, Limit.NONE, Limit.NONE, Limit.NONE);

  private final long vectors;
  private final long addsPerMinute;
  private final long searchesPerSecond;
  private final long concurrentSearches;
  private final long searchesPerDay;

  Plan(
      long vectors,
      long addsPerMinute,
      long searchesPerSecond,
      long concurrentSearches,
      long searchesPerDay) {
    this.vectors = vectors;
    this.addsPerMinute = addsPerMinute;
    this.searchesPerSecond = searchesPerSecond;
    this.concurrentSearches = concurrentSearches;
    this.searchesPerDay = searchesPerDay;
  }

  /** How much of something it gives; {@link Limit#NONE} where it does not limit it. */
  public long of(Limit limit) {
    return switch (limit) {
      case VECTORS -> vectors;
      case ADDS_PER_MINUTE -> addsPerMinute;
      case SEARCHES_PER_SECOND -> searchesPerSecond;
      case CONCURRENT_SEARCHES -> concurrentSearches;
      case SEARCHES_PER_DAY -> searchesPerDay;
    };
  }
}

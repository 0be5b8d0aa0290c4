package io.memryx.server.tenant;

/** What a tenant may use. */
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
  UNLIMITED(
      Long.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE);

  private final long vectors;
  private final int addsPerMinute;
  private final int searchesPerSecond;
  private final int concurrentSearches;
  private final long searchesPerDay;

  Plan(
      long vectors,
      int addsPerMinute,
      int searchesPerSecond,
      int concurrentSearches,
      long searchesPerDay) {
    this.vectors = vectors;
    this.addsPerMinute = addsPerMinute;
    this.searchesPerSecond = searchesPerSecond;
    this.concurrentSearches = concurrentSearches;
    this.searchesPerDay = searchesPerDay;
  }

  /** Vectors that a tenant may hold. */
  public long vectors() {
    return vectors;
  }

  /** Vectors that may be added in a minute. */
  public int addsPerMinute() {
    return addsPerMinute;
  }

  /** Queries in a second; a batch counts each of its queries. */
  public int searchesPerSecond() {
    return searchesPerSecond;
  }

  /** Search requests at one time. */
  public int concurrentSearches() {
    return concurrentSearches;
  }

  /** Queries in a day of UTC. */
  public long searchesPerDay() {
    return searchesPerDay;
  }
}

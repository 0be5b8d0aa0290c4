package io.memryx.server.tenant;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/**
 * What one tenant has used of its plan. Thread-safe; the count of the day is guarded by the
 * monitor.
 */
public final class PlanLimits {
  private final Plan plan;
  private final InstantSource clock;
  private final TokenBucket adds;
  private final TokenBucket searches;
  private final Semaphore concurrentSearches;
  private LocalDate day;
  private long searchesToday;

  /** Nothing used so far. */
  public PlanLimits(Plan plan, InstantSource clock, LongSupplier nanoClock) {
    this.plan = plan;
    this.clock = clock;
    this.adds = new TokenBucket(plan.addsPerMinute(), plan.addsPerMinute() / 60.0, nanoClock);
    this.searches = new TokenBucket(plan.searchesPerSecond(), plan.searchesPerSecond(), nanoClock);
    this.concurrentSearches = new Semaphore(plan.concurrentSearches());
    this.day = today();
  }

  /** Whether the plan limits the number of vectors at all. */
  public boolean limitsVectors() {
    return plan != Plan.UNLIMITED;
  }

  /** Whether so many vectors are within the plan. */
  public boolean allowsVectors(long vectors) {
    return vectors <= plan.vectors();
  }

  /**
   * Refuses an add that would exceed the plan's number of vectors.
   *
   * @param held vectors of the tenant now
   * @param more vectors that would come in addition
   */
  public void requireRoom(long held, long more) {
    if (!allowsVectors(held + more)) {
      throw Problem.of(
              ProblemCode.QUOTA_EXCEEDED,
              "%d vectors are held and %d would come; plan '%s' allows %d"
                  .formatted(held, more, planName(), plan.vectors()),
              "ask the operator for a larger plan; nothing of this request was applied")
          .toException();
    }
  }

  /** Refuses an add that comes too soon after others. */
  public void admitAdds(int vectors) {
    long waitNanos = adds.tryTake(vectors);
    if (waitNanos != 0) {
      throw rateLimited(waitNanos, vectors, plan.addsPerMinute(), "added vectors per minute");
    }
  }

  /**
   * Refuses a search that comes too soon after others, or beside too many.
   *
   * @return to be closed when the search is over
   */
  public Admission admitSearches(int queries) {
    if (!concurrentSearches.tryAcquire()) {
      throw limited(
          1, plan.concurrentSearches() + " searches at one time", "wait for one to be answered");
    }
    boolean admitted = false;
    try {
      long waitNanos = searches.tryTake(queries);
      if (waitNanos != 0) {
        throw rateLimited(waitNanos, queries, plan.searchesPerSecond(), "searches per second");
      }
      countToday(queries);
      admitted = true;
      return concurrentSearches::release;
    } finally {
      if (!admitted) {
        concurrentSearches.release();
      }
    }
  }

  private synchronized void countToday(int queries) {
    LocalDate today = today();
    if (today.isAfter(day)) {
      day = today;
      searchesToday = 0;
    }
    if (searchesToday + queries > plan.searchesPerDay()) {
      LocalTime now = LocalTime.ofInstant(clock.instant(), ZoneOffset.UTC);
      int untilMidnight = (int) Duration.ofDays(1).minusNanos(now.toNanoOfDay()).toSeconds() + 1;
      throw limited(
          untilMidnight,
          plan.searchesPerDay() + " searches per day (UTC)",
          "wait for the next day, or ask the operator for a larger plan");
    }
    searchesToday += queries;
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  private ProblemException rateLimited(long waitNanos, int wanted, int limit, String unit) {
    if (waitNanos == TokenBucket.NEVER) {
      return Problem.of(
              ProblemCode.RATE_LIMITED,
              "one request asks for %d, plan '%s' allows %d %s"
                  .formatted(wanted, planName(), limit, unit),
              "send at most %d in one request".formatted(limit))
          .retryAfter(1)
          .toException();
    }
    int seconds = (int) Math.max(1, Math.ceilDiv(waitNanos, 1_000_000_000L));
    return limited(seconds, limit + " " + unit, "wait %d s".formatted(seconds));
  }

  private ProblemException limited(int seconds, String limit, String hint) {
    return Problem.of(
            ProblemCode.RATE_LIMITED, "plan '%s' allows %s".formatted(planName(), limit), hint)
        .retryAfter(seconds)
        .toException();
  }

  private String planName() {
    return plan.name().toLowerCase(Locale.ROOT);
  }

  /** A search that is going on. */
  @FunctionalInterface
  public interface Admission extends AutoCloseable {
    /** The search is over. */
    @Override
    void close();
  }
}

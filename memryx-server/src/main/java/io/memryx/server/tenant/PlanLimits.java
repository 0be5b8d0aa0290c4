package io.memryx.server.tenant;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What one tenant has used of its plan. The terms are asked for with every call: a change counts
 * from the next one. Thread-safe; the count of the day is guarded by the monitor.
 */
public final class PlanLimits {
  private static final String LARGER_PLAN = "ask the operator for a larger plan";

  private final Supplier<Terms> terms;
  private final InstantSource clock;
  private final RateLimit adds;
  private final RateLimit searches;
  private final AtomicInteger searchesUnderWay = new AtomicInteger();
  private LocalDate day;
  private long searchesToday;

  /**
   * Nothing used so far.
   *
   * @param terms what the tenant may use, as of now
   */
  public PlanLimits(Supplier<Terms> terms, InstantSource clock, LongSupplier nanoClock) {
    this.terms = terms;
    this.clock = clock;
    this.adds = new RateLimit(Duration.ofMinutes(1), nanoClock);
    this.searches = new RateLimit(Duration.ofSeconds(1), nanoClock);
    this.day = today();
  }

  /** Whether the number of vectors is limited at all. */
  public boolean limitsVectors() {
    return terms.get().of(Limit.VECTORS) != Limit.NONE;
  }

  /** Whether so many vectors are within the plan. */
  public boolean allowsVectors(long vectors) {
    return vectors <= terms.get().of(Limit.VECTORS);
  }

  /**
   * Refuses an add that would exceed the plan's number of vectors.
   *
   * @param held vectors of the tenant now
   * @param more vectors that would come in addition
   */
  public void requireRoom(long held, long more) {
    Terms now = terms.get();
    long limit = now.of(Limit.VECTORS);
    if (held + more > limit) {
      throw Problem.of(
              ProblemCode.QUOTA_EXCEEDED,
              "%d vectors are held and %d would come; %s allows %d"
                  .formatted(held, more, now.giver(Limit.VECTORS), limit),
              LARGER_PLAN + "; nothing of this request was applied")
          .toException();
    }
  }

  /** Refuses an add that comes too soon after others. */
  public void admitAdds(int vectors) {
    take(adds, Limit.ADDS_PER_MINUTE, vectors, "added vectors per minute");
  }

  /**
   * Refuses a search that comes too soon after others, or beside too many.
   *
   * @return to be closed when the search is over
   */
  public Admission admitSearches(int queries) {
    Terms now = terms.get();
    long atOneTime = now.of(Limit.CONCURRENT_SEARCHES);
    boolean admitted = false;
    try {
      if (searchesUnderWay.incrementAndGet() > atOneTime) {
        String limit = atOneTime + " searches at one time";
        throw limited(
            1, now.giver(Limit.CONCURRENT_SEARCHES), limit, "wait for one to be answered");
      }
      LocalDate counted = takeOfToday(queries, now);
      try {
        take(searches, Limit.SEARCHES_PER_SECOND, queries, "searches per second");
      } catch (ProblemException e) {
        giveBack(queries, counted);
        throw e;
      }
      admitted = true;
      return searchesUnderWay::decrementAndGet;
    } finally {
      if (!admitted) {
        searchesUnderWay.decrementAndGet();
      }
    }
  }

  /** Queries so far on this day of UTC. */
  public synchronized long searchesToday() {
    return today().isAfter(day) ? 0 : searchesToday;
  }

  /** Counts queries on the day that it returns, if that has as many left. */
  private synchronized LocalDate takeOfToday(int queries, Terms now) {
    long limit = now.of(Limit.SEARCHES_PER_DAY);
    if (queries > limit - searchesToday()) {
      LocalTime time = LocalTime.ofInstant(clock.instant(), ZoneOffset.UTC);
      int untilMidnight = (int) Duration.ofDays(1).minusNanos(time.toNanoOfDay()).toSeconds() + 1;
      throw limited(
          untilMidnight,
          now.giver(Limit.SEARCHES_PER_DAY),
          limit + " searches per day (UTC)",
          queries > limit
              ? "send at most %d queries in one request, or %s".formatted(limit, LARGER_PLAN)
              : "wait for the next day, or " + LARGER_PLAN);
    }
    LocalDate today = today();
    if (today.isAfter(day)) {
      day = today;
      searchesToday = 0;
    }
    searchesToday += queries;
    return day;
  }

  private synchronized void giveBack(int queries, LocalDate counted) {
    if (day.equals(counted)) {
      searchesToday -= queries;
    }
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  private void take(RateLimit rate, Limit limit, int wanted, String unit) {
    if (wanted == 0) {
      return;
    }
    Terms now = terms.get();
    long waitNanos = rate.tryTake(wanted, now.of(limit));
    if (waitNanos != 0) {
      int seconds = (int) Math.max(1, Math.ceilDiv(waitNanos, 1_000_000_000L));
      throw limited(
          seconds, now.giver(limit), now.of(limit) + " " + unit, "wait %d s".formatted(seconds));
    }
  }

  private static ProblemException limited(int seconds, String giver, String limit, String hint) {
    return Problem.of(ProblemCode.RATE_LIMITED, "%s allows %s".formatted(giver, limit), hint)
        .retryAfter(seconds)
        .toException();
  }

  /** A search that is going on. */
  @FunctionalInterface
  public interface Admission extends AutoCloseable {
    /** The search is over. */
    @Override
    void close();
  }
}

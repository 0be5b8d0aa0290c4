package io.memryx.server.service;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.tenant.TenantId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The requests that came with an idempotency key, and their outcomes: one that comes again is
 * answered again, not applied again. Kept in memory, as what is added is until it is finalized.
 * Thread-safe.
 */
public final class Idempotency {
  /** How long a key is remembered. */
  private static final long REMEMBERED_NANOS = TimeUnit.HOURS.toNanos(24);

  /** Keys of one tenant that are remembered; beyond that the oldest are forgotten early. */
  static final int MAX_KEYS = 10_000;

  /** Rejected entries of one tenant that are remembered, as a bound on large outcomes. */
  private static final int MAX_REJECTED = 20 * AddOutcome.MAX_LISTED;

  private final ConcurrentHashMap<TenantId, Known> tenants = new ConcurrentHashMap<>();
  private final LongSupplier nanoClock;

  /** No key so far. */
  public Idempotency(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /**
   * A request that is to be applied once.
   *
   * @param key what the client calls it
   * @param fingerprint of all that it asks for
   */
  public record Once(String key, String fingerprint) {}

  /** Whether an outcome is of this request or of one before it. */
  public enum Origin {
    /** It was applied now. */
    APPLIED,
    /** It had been applied before. */
    REPLAYED
  }

  /**
   * What became of a request.
   *
   * @param outcome what applying it did
   * @param origin whether that was now
   */
  public record Result(AddOutcome outcome, Origin origin) {}

  /**
   * Applies a request unless it was applied before. One that fails leaves its key free.
   *
   * @throws io.memryx.server.problem.ProblemException if the key is that of another request, or the
   *     same request is being applied just now; and what applying it throws
   */
  public Result apply(TenantId tenant, Once once, Supplier<AddOutcome> application) {
    AddOutcome before = claim(tenant, once);
    if (before != null) {
      return new Result(before, Origin.REPLAYED);
    }
    AddOutcome outcome = null;
    try {
      outcome = application.get();
      return new Result(outcome, Origin.APPLIED);
    } finally {
      settle(tenant, once, outcome);
    }
  }

  private @Nullable AddOutcome claim(TenantId tenant, Once once) {
    AddOutcome[] before = new AddOutcome[1];
    tenants.compute(
        tenant,
        (_, known) -> {
          Known requests = known == null ? new Known() : known;
          before[0] = requests.claim(once, nanoClock.getAsLong());
          return requests;
        });
    return before[0];
  }

  private void settle(TenantId tenant, Once once, @Nullable AddOutcome outcome) {
    tenants.computeIfPresent(
        tenant,
        (_, known) -> {
          known.settle(once, outcome);
          // A key that nobody has must leave nothing behind.
          return known.requests.isEmpty() ? null : known;
        });
  }

  /**
   * A request that was begun.
   *
   * @param outcome null while it is being applied
   */
  private record Request(String fingerprint, long begunAt, @Nullable AddOutcome outcome) {}

  /** The requests of one tenant, oldest first; guarded by the map that it is in. */
  private static final class Known {
    private final LinkedHashMap<String, Request> requests = new LinkedHashMap<>();
    private int rejected;

    @Nullable AddOutcome claim(Once once, long now) {
      forget(now);
      Request there = requests.get(once.key());
      if (there == null) {
        requests.put(once.key(), new Request(once.fingerprint(), now, null));
        return null;
      }
      if (!there.fingerprint.equals(once.fingerprint())) {
        throw Problem.of(
                ProblemCode.IDEMPOTENCY_KEY_REUSED,
                "the Idempotency-Key was used for another request within the last 24 hours",
                "give every request a key of its own; only a repetition has that of the first")
            .toException();
      }
      if (there.outcome == null) {
        throw Problem.of(
                ProblemCode.IDEMPOTENCY_KEY_IN_USE,
                "the request with this Idempotency-Key is being applied just now",
                "send it again in a moment: then the answer is there")
            .retryAfter(1)
            .toException();
      }
      return there.outcome;
    }

    void settle(Once once, @Nullable AddOutcome outcome) {
      Request begun = requests.get(once.key());
      if (begun == null) {
        return;
      }
      if (outcome == null) {
        requests.remove(once.key());
      } else {
        requests.put(once.key(), new Request(begun.fingerprint, begun.begunAt, outcome));
        rejected += outcome.rejected().size();
      }
    }

    private void forget(long now) {
      Iterator<Map.Entry<String, Request>> oldest = requests.entrySet().iterator();
      while (oldest.hasNext()) {
        Request request = oldest.next().getValue();
        boolean tooMany = requests.size() >= MAX_KEYS || rejected > MAX_REJECTED;
        if (!tooMany && now - request.begunAt <= REMEMBERED_NANOS) {
          return;
        }
        if (request.outcome != null) {
          rejected -= request.outcome.rejected().size();
          oldest.remove();
        }
      }
    }
  }
}

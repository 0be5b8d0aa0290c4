package io.memryx.server.service;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.tenant.TenantId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
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

  /** Keys and rejected entries of all tenants that are remembered: some 50 MB. */
  static final int MAX_OF_ALL = 100_000;

  /** So often keys are forgotten whose tenants don't ask any more. */
  private static final long SWEEP_NANOS = TimeUnit.HOURS.toNanos(1);

  private final ConcurrentHashMap<TenantId, Known> tenants = new ConcurrentHashMap<>();
  private final AtomicLong remembered = new AtomicLong();
  private final AtomicLong sweptAt;
  private final LongSupplier nanoClock;

  /** No key so far. */
  public Idempotency(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.sweptAt = new AtomicLong(nanoClock.getAsLong());
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
   * @param collection what it is applied to
   * @throws io.memryx.server.problem.ProblemException if the key is that of another request, or the
   *     same request is being applied just now; and what applying it throws
   */
  public Result apply(
      TenantId tenant, String collection, Once once, Supplier<AddOutcome> application) {
    var request = new Request(collection, once.fingerprint(), nanoClock.getAsLong(), null);
    sweep(request.begunAt());
    AddOutcome before = claim(tenant, once.key(), request);
    if (before != null) {
      return new Result(before, Origin.REPLAYED);
    }
    AddOutcome outcome = null;
    try {
      outcome = application.get();
      return new Result(outcome, Origin.APPLIED);
    } finally {
      settle(tenant, once.key(), request, outcome);
    }
  }

  /**
   * Forgets the requests to a collection that is gone, those under way too: to another one of its
   * name they were not applied.
   */
  void forget(TenantId tenant, String collection) {
    change(tenant, known -> known.forget(collection));
  }

  /** Keys and rejected entries that are remembered. */
  long remembered() {
    return remembered.get();
  }

  /** What is too old goes, and where all have too much, what is too much of those who have most. */
  private void sweep(long now) {
    long last = sweptAt.get();
    if (now - last > SWEEP_NANOS && sweptAt.compareAndSet(last, now)) {
      tenants.keySet().forEach(tenant -> change(tenant, known -> known.forgetOld(now)));
    }
    if (remembered.get() > MAX_OF_ALL) {
      int share = shareOf(tenants.values().stream().mapToInt(Known::size).sorted().toArray());
      tenants.keySet().forEach(tenant -> change(tenant, known -> known.forgetBeyond(share)));
    }
  }

  /**
   * What each may keep, so that nine tenths stay of what all may have, and it is long until this is
   * to be done again: only who has more than that loses something.
   *
   * @param sizes of all tenants, ascending
   */
  static int shareOf(int[] sizes) {
    int left = MAX_OF_ALL / 10 * 9;
    for (int i = 0; i < sizes.length; i++) {
      int share = left / (sizes.length - i);
      if (sizes[i] > share) {
        return share;
      }
      left -= sizes[i];
    }
    return MAX_OF_ALL;
  }

  private @Nullable AddOutcome claim(TenantId tenant, String key, Request request) {
    AddOutcome[] before = new AddOutcome[1];
    tenants.compute(
        tenant,
        (_, known) -> {
          Known requests = known == null ? new Known() : known;
          counted(requests, one -> before[0] = one.claim(key, request));
          return requests;
        });
    return before[0];
  }

  private void counted(Known known, Consumer<Known> change) {
    int before = known.size();
    try {
      change.accept(known);
    } finally {
      remembered.addAndGet(known.size() - before);
    }
  }

  private void settle(TenantId tenant, String key, Request begun, @Nullable AddOutcome outcome) {
    change(tenant, known -> known.settle(key, begun, outcome));
  }

  private void change(TenantId tenant, Consumer<Known> change) {
    tenants.computeIfPresent(
        tenant,
        (_, known) -> {
          counted(known, change);
          // A key that nobody has must leave nothing behind.
          return known.requests.isEmpty() ? null : known;
        });
  }

  /**
   * A request that was begun.
   *
   * @param outcome null while it is being applied
   */
  private record Request(
      String collection, String fingerprint, long begunAt, @Nullable AddOutcome outcome) {

    Request with(AddOutcome known) {
      return new Request(collection, fingerprint, begunAt, known);
    }
  }

  /** The requests of one tenant, oldest first; guarded by the map that it is in. */
  private static final class Known {
    private final LinkedHashMap<String, Request> requests = new LinkedHashMap<>();
    private int rejected;

    @Nullable AddOutcome claim(String key, Request request) {
      forgetOld(request.begunAt);
      Request there = requests.putIfAbsent(key, request);
      if (there == null) {
        return null;
      }
      if (!there.fingerprint.equals(request.fingerprint)) {
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

    // By reference on purpose: another request may have taken the key that was forgotten.
    @SuppressWarnings("ReferenceEquality")
    void settle(String key, Request begun, @Nullable AddOutcome outcome) {
      if (requests.get(key) != begun) {
        return;
      }
      if (outcome == null) {
        requests.remove(key);
      } else {
        requests.put(key, begun.with(outcome));
        rejected += outcome.rejected().size();
      }
    }

    void forget(String collection) {
      Iterator<Request> all = requests.values().iterator();
      while (all.hasNext()) {
        Request request = all.next();
        if (request.collection.equals(collection)) {
          countOut(request);
          all.remove();
        }
      }
    }

    /** Keys and rejected entries. */
    int size() {
      return requests.size() + rejected;
    }

    void forgetOld(long now) {
      forgetWhile(
          oldest ->
              requests.size() >= MAX_KEYS
                  || rejected > MAX_REJECTED
                  || now - oldest.begunAt > REMEMBERED_NANOS);
    }

    void forgetBeyond(int size) {
      forgetWhile(_ -> size() > size);
    }

    private void forgetWhile(Predicate<Request> wanted) {
      Iterator<Request> oldest = requests.values().iterator();
      while (oldest.hasNext()) {
        Request request = oldest.next();
        if (!wanted.test(request)) {
          return;
        }
        if (request.outcome != null) {
          countOut(request);
          oldest.remove();
        }
      }
    }

    private void countOut(Request request) {
      rejected -= request.outcome == null ? 0 : request.outcome.rejected().size();
    }
  }
}

package io.memryx.server.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import io.memryx.server.service.Idempotency.Once;
import io.memryx.server.service.Idempotency.Origin;
import io.memryx.server.tenant.TenantId;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class IdempotencyTest {
  private static final TenantId TENANT = new TenantId("acme");
  private static final String DOCS = "docs";

  private final AtomicLong nanos = new AtomicLong();
  private final Idempotency idempotency = new Idempotency(nanos::get);

  private static AddOutcome outcome(int added) {
    return new AddOutcome(added, 0, List.of(), 0, added, 0);
  }

  private Idempotency.Result apply(String key, String fingerprint, int added) {
    return idempotency.apply(TENANT, DOCS, new Once(key, fingerprint), () -> outcome(added));
  }

  private void assertRefused(ProblemCode code, String key, String fingerprint) {
    var refused = assertThrows(ProblemException.class, () -> apply(key, fingerprint, 9));
    assertEquals(code, refused.problem().code());
  }

  @Test
  void apply_again_givesTheFirstOutcomeForADay() {
    AddOutcome first = apply("k", "f", 1).outcome();
    nanos.addAndGet(TimeUnit.HOURS.toNanos(24));
    Idempotency.Result again = apply("k", "f", 2);
    assertSame(first, again.outcome());
    assertEquals(Origin.REPLAYED, again.origin());
    assertRefused(ProblemCode.IDEMPOTENCY_KEY_REUSED, "k", "g");
    nanos.incrementAndGet();
    assertEquals(Origin.APPLIED, apply("k", "g", 3).origin());
  }

  @Test
  void apply_whileTheSameIsApplied_isRefusedForNow() {
    var result =
        idempotency.apply(
            TENANT,
            DOCS,
            new Once("k", "f"),
            () -> {
              assertRefused(ProblemCode.IDEMPOTENCY_KEY_IN_USE, "k", "f");
              assertRefused(ProblemCode.IDEMPOTENCY_KEY_REUSED, "k", "g");
              return outcome(1);
            });
    assertEquals(Origin.APPLIED, result.origin());
    assertEquals(Origin.REPLAYED, apply("k", "f", 2).origin());
  }

  @Test
  void apply_failed_leavesTheKeyFree() {
    assertThrows(
        IllegalStateException.class,
        () ->
            idempotency.apply(
                TENANT,
                DOCS,
                new Once("k", "f"),
                () -> {
                  throw new IllegalStateException("no room");
                }));
    assertEquals(Origin.APPLIED, apply("k", "other", 1).origin());
  }

  @Test
  void apply_moreKeysThanAreRemembered_forgetsTheOldest() {
    for (int key = 0; key <= Idempotency.MAX_KEYS; key++) {
      assertEquals(Origin.APPLIED, apply("k" + key, "f", 1).origin());
    }
    assertEquals(Origin.REPLAYED, apply("k" + Idempotency.MAX_KEYS, "f", 1).origin());
    assertEquals(Origin.APPLIED, apply("k0", "f", 1).origin());
  }

  @Test
  void forget_collection_itsKeysAreFreeAndOthersAreNot() {
    apply("k", "f", 1);
    idempotency.forget(TENANT, "others");
    assertEquals(Origin.REPLAYED, apply("k", "f", 2).origin());
    idempotency.forget(TENANT, DOCS);
    assertEquals(Origin.APPLIED, apply("k", "f", 3).origin());
  }

  @Test
  void forget_whileARequestIsApplied_itsOutcomeIsNotRemembered() {
    var _ =
        idempotency.apply(
            TENANT,
            DOCS,
            new Once("k", "f"),
            () -> {
              idempotency.forget(TENANT, DOCS);
              apply("k", "f", 2);
              return outcome(1);
            });
    assertEquals(2, apply("k", "f", 3).outcome().added());
  }

  @Test
  void keys_ofTenantsThatAskNoMore_goAfterADay() {
    apply("k", "f", 1);
    nanos.addAndGet(TimeUnit.HOURS.toNanos(25));
    Idempotency.Result other =
        idempotency.apply(new TenantId("globex"), DOCS, new Once("k", "f"), () -> outcome(1));
    assertEquals(Origin.APPLIED, other.origin());
    assertEquals(1, idempotency.remembered());
  }

  @Test
  void keys_ofAllTenants_areBounded_andThoseWhoHaveManyLoseThem() {
    assertEquals(Origin.APPLIED, apply("k", "f", 1).origin());
    int tenants = Idempotency.MAX_OF_ALL / Idempotency.MAX_KEYS + 2;
    for (int tenant = 0; tenant < tenants; tenant++) {
      TenantId busy = new TenantId("busy" + tenant);
      for (int key = 0; key < Idempotency.MAX_KEYS; key++) {
        var _ = idempotency.apply(busy, DOCS, new Once("k" + key, "f"), () -> outcome(1));
      }
    }
    assertTrue(
        idempotency.remembered() <= Idempotency.MAX_OF_ALL + 1, "" + idempotency.remembered());
    assertEquals(Origin.REPLAYED, apply("k", "f", 2).origin());
  }

  @Test
  void shareOf_oneHasMuch_takesFromThatOneOnly() {
    int[] sizes = new int[501];
    Arrays.fill(sizes, 150);
    sizes[500] = 25_500;
    assertEquals(15_000, Idempotency.shareOf(sizes));
    Arrays.fill(sizes, 1_000);
    assertEquals(90_000 / 501, Idempotency.shareOf(sizes));
  }
}

package io.memryx.server.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.persistence.StoreCondition;
import io.memryx.server.tenant.Plan;
import io.memryx.server.tenant.TenantId;
import io.memryx.server.tenant.Terms;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class TenantSpacesTest {
  private static final long TIMEOUT_SECONDS = 20;

  private final TenantSpaces spaces =
      new TenantSpaces(
          new TenantRegistry(Terms.of(Plan.UNLIMITED), 10, InstantSource.system()),
          10,
          new Usage(),
          InstantSource.system(),
          System::nanoTime);

  /** Loading takes minutes where there is much, and is when operators look. */
  @Test
  void condition_waitsForNobodyWhoLoads() throws Exception {
    synchronized (spaces) {
      CompletableFuture<StoreCondition> seen = CompletableFuture.supplyAsync(spaces::condition);
      assertEquals(StoreCondition.State.SOUND, seen.get(TIMEOUT_SECONDS, TimeUnit.SECONDS).state());
    }
  }

  /** The tenant was removed while its call was decoded: nothing may come back for the next one. */
  @Test
  void obtain_keyIsGoodNoMore_makesNothing() {
    spaces.load(Storage.inMemory(), new Readiness(), (_, _) -> {});
    TenantId acme = new TenantId("acme");
    Runnable revoked =
        () -> {
          throw new SecurityException("revoked");
        };
    assertThrows(SecurityException.class, () -> spaces.obtain(acme, revoked));
    assertTrue(spaces.known(acme).isEmpty());
    assertEquals(acme, spaces.obtain(acme, () -> {}).tenant());
    assertThrows(SecurityException.class, () -> spaces.obtain(acme, revoked));
  }
}

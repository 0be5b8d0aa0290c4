package io.memryx.server.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.CollectionOptions;
import io.memryx.Entry;
import io.memryx.VectorStore;
import io.memryx.persistence.DurabilityOptions;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import io.memryx.server.tenant.Limit;
import io.memryx.server.tenant.Plan;
import io.memryx.server.tenant.Scope;
import io.memryx.server.tenant.Tenant;
import io.memryx.server.tenant.Tenant.Standing;
import io.memryx.server.tenant.TenantId;
import io.memryx.server.tenant.Terms;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class TenantRegistryTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final TenantId GLOBEX = new TenantId("globex");
  private static final Terms FREE = Terms.of(Plan.FREE);

  @TempDir Path directory;
  private Instant now = Instant.parse("2026-11-23T00:00:00Z");

  private Storage storage() {
    return Storage.onDisk(directory, DurabilityOptions.fsync());
  }

  private TenantRegistry registry() {
    return new TenantRegistry(FREE, 10_000, () -> now);
  }

  private TenantRegistry loaded(Storage storage) {
    TenantRegistry registry = registry();
    registry.load(storage);
    return registry;
  }

  @Test
  void everythingOfTenantsAndKeys_isThereAgain() {
    Terms terms = new Terms(Plan.SCALE, Map.of(Limit.VECTORS, 7L, Limit.SEARCHES_PER_DAY, 8L));
    Tenant tenant;
    TenantRegistry.NewKey key;
    try (Storage storage = storage();
        TenantRegistry registry = loaded(storage)) {
      tenant =
          registry.change(
              ACME, before -> before.with(terms).withPodUrl(Optional.of("https://pod")));
      key = registry.makeKey(ACME, Set.of(Scope.READ), Optional.of(now.plusSeconds(5)));
    }
    try (Storage storage = storage();
        TenantRegistry registry = loaded(storage)) {
      assertEquals(Optional.of(tenant), registry.find(ACME));
      assertEquals(terms, registry.termsOf(ACME));
      assertEquals(FREE, registry.termsOf(GLOBEX));
      var found = registry.find(key.issued().id()).orElseThrow();
      assertEquals(key.issued().caller(), found.caller());
      assertEquals(key.issued().expiresAt(), found.expiresAt());
      assertEquals(key.issued().createdAt(), found.createdAt());
      assertTrue(found.hash().matches(key.key().secret()));
      assertEquals(List.of(), storage.tenants());
    }
  }

  @Test
  void keys_thatExpired_makeRoomForOthers() {
    TenantRegistry registry = registry();
    registry.load(Storage.inMemory());
    Optional<Instant> soon = Optional.of(now.plusSeconds(5));
    var expiring = registry.makeKey(ACME, EnumSet.allOf(Scope.class), soon);
    var lasting = registry.makeKey(ACME, EnumSet.allOf(Scope.class), Optional.empty());
    var refused =
        assertThrows(
            ProblemException.class,
            () -> registry.makeKey(ACME, EnumSet.allOf(Scope.class), Optional.empty()));
    assertEquals(ProblemCode.KEY_CAP_REACHED, refused.problem().code());
    now = now.plusSeconds(5);
    var third = registry.makeKey(ACME, EnumSet.allOf(Scope.class), Optional.empty());
    assertTrue(registry.find(expiring.issued().id()).isEmpty());
    assertEquals(
        List.of(lasting.issued().id(), third.issued().id()),
        registry.keysOf(ACME).stream().map(key -> key.id()).toList());
  }

  /** What a server does at its next start that ended while a tenant's data were moved. */
  @ParameterizedTest
  @EnumSource(value = Standing.class, names = "ACTIVE", mode = EnumSource.Mode.EXCLUDE)
  void removalOrRestore_cutOff_isEndedAtTheNextStart(Standing standing) {
    String key;
    try (Storage storage = storage();
        TenantRegistry registry = loaded(storage)) {
      add(storage, ACME);
      add(storage, GLOBEX);
      key = registry.makeKey(ACME, EnumSet.allOf(Scope.class), Optional.empty()).issued().id();
      registry.suspend(ACME, standing);
    }
    try (Storage storage = storage()) {
      TenantRegistry registry = registry();
      Usage usage = new Usage();
      TenantSpaces spaces =
          new TenantSpaces(registry, 10_000, usage, InstantSource.system(), System::nanoTime);
      spaces.load(storage, new Readiness(), (_, _) -> {});
      assertTrue(spaces.find(ACME).isEmpty());
      assertTrue(spaces.find(GLOBEX).isPresent());
      assertEquals(1, usage.totals().vectors());
      boolean stays = standing == Standing.ARRIVING;
      assertEquals(stays, registry.find(ACME).isPresent());
      assertEquals(stays, registry.find(key).isPresent());
      registry.requireActive(ACME);
      assertEquals(List.of(GLOBEX), storage.tenants());
      spaces.close();
    }
  }

  /** Who is marked loses its data if the server ends now: that must be nobody who has some. */
  @Test
  void restore_toATenantWithData_isRefusedBeforeItIsMarked() {
    try (Storage storage = storage()) {
      add(storage, ACME);
      TenantRegistry registry = registry();
      Usage usage = new Usage();
      TenantSpaces spaces =
          new TenantSpaces(registry, 10_000, usage, InstantSource.system(), System::nanoTime);
      spaces.load(storage, new Readiness(), (_, _) -> {});
      TenantMoves moves =
          new TenantMoves(registry, spaces, usage, new Idempotency(System::nanoTime));
      var refused = assertThrows(ProblemException.class, () -> moves.bring(ACME, List.of()));
      assertEquals(ProblemCode.TENANT_HAS_DATA, refused.problem().code());
      assertTrue(registry.find(ACME).isEmpty(), "it was marked");
      registry.requireActive(ACME);
      assertEquals(1, spaces.find(ACME).orElseThrow().holdings().vectors());
      spaces.close();
    }
  }

  private static void add(Storage storage, TenantId tenant) {
    try (VectorStore store = storage.open(tenant, _ -> {})) {
      store
          .collection("docs", CollectionOptions.of(2))
          .upsert(List.of(Entry.of("a", new float[] {1, 0})));
    }
  }
}

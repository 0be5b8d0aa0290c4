package io.memryx.server.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.CollectionOptions;
import io.memryx.Entry;
import io.memryx.Memryx;
import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.StorageFullException;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import io.memryx.server.service.Idempotency.Once;
import io.memryx.server.service.Idempotency.Origin;
import io.memryx.server.tenant.Plan;
import io.memryx.server.tenant.Scope;
import io.memryx.server.tenant.TenantId;
import io.memryx.server.tenant.Terms;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Removals and restores on a disk that is full in the middle of them. */
final class TenantMovesTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final TenantId GLOBEX = new TenantId("globex");
  private static final CollectionOptions OPTIONS = CollectionOptions.of(2);

  @TempDir Path directory;

  /** What a server has of tenants, from start to end. */
  private static final class Service implements AutoCloseable {
    private final FaultySnapshots faults;
    private final TenantRegistry registry;
    private final Usage usage = new Usage();
    private final Idempotency idempotency = new Idempotency(System::nanoTime);
    private final TenantSpaces spaces;
    private final TenantMoves moves;

    Service(Path directory, int maxTenants) {
      faults = new FaultySnapshots(directory);
      registry = new TenantRegistry(Terms.of(Plan.UNLIMITED), 10, InstantSource.system());
      spaces =
          new TenantSpaces(registry, maxTenants, usage, InstantSource.system(), System::nanoTime);
      moves = new TenantMoves(registry, spaces, usage, idempotency);
      spaces.load(new Storage.OnDisk(faults), new Readiness(), (_, _) -> {});
    }

    void add(TenantId tenant, String collection, String id) {
      VectorCollection to = spaces.obtain(tenant, () -> {}).collection(collection, OPTIONS);
      upsert(to, id);
      var _ = usage.update(tenant, to);
    }

    long vectors(TenantId tenant) {
      return spaces.find(tenant).map(space -> space.holdings().vectors()).orElse(0L);
    }

    @Override
    public void close() {
      spaces.close();
    }
  }

  private Service service() {
    return new Service(directory, 10);
  }

  private static void upsert(VectorCollection to, String id) {
    var _ = to.upsert(List.of(Entry.of(id, new float[] {1, 0})));
  }

  private static List<VectorCollection> oneCollection(VectorStore store) {
    VectorCollection docs = store.collection("docs", OPTIONS);
    upsert(docs, "restored");
    return store.collections();
  }

  private static void assertRefused(ProblemCode code, Executable call) {
    assertEquals(code, assertThrows(ProblemException.class, call).problem().code());
  }

  @Test
  void restore_thatCannotBeSettled_takesNoAdds_andCanBeRepeated() {
    try (Service service = service();
        VectorStore source = Memryx.inMemory()) {
      List<VectorCollection> collections = oneCollection(source);
      service.faults.allowRegistryChanges(1);
      assertThrows(StorageFullException.class, () -> service.moves.bring(ACME, collections));
      // An add that was answered now would be gone after the next start.
      assertRefused(ProblemCode.TENANT_BUSY, () -> service.spaces.obtain(ACME, () -> {}));
      assertRefused(ProblemCode.TENANT_BUSY, () -> service.spaces.find(ACME));
      assertEquals(0, service.usage.totals().vectors());
      service.faults.allowRegistryChanges(10);
      service.moves.bring(ACME, collections);
      service.add(ACME, "docs", "added");
    }
    try (Service service = service()) {
      assertEquals(2, service.vectors(ACME));
    }
  }

  @Test
  void restore_thatCannotBeSettled_isGoneAfterTheNextStart() {
    try (Service service = service();
        VectorStore source = Memryx.inMemory()) {
      service.faults.allowRegistryChanges(1);
      service.faults.refuseToDelete("acme/docs");
      List<VectorCollection> collections = oneCollection(source);
      assertThrows(StorageFullException.class, () -> service.moves.bring(ACME, collections));
    }
    try (Service service = service()) {
      assertEquals(0, service.vectors(ACME));
      service.add(ACME, "docs", "added");
      assertEquals(1, service.vectors(ACME));
    }
  }

  @Test
  void removal_thatFailsHalfway_shutsTheTenant_andCanBeRepeated() {
    try (Service service = service()) {
      service.add(ACME, "a", "one");
      service.add(ACME, "b", "two");
      Once once = new Once("key", "fingerprint");
      assertEquals(Origin.APPLIED, applied(service, once));
      String key =
          service
              .registry
              .makeKey(ACME, EnumSet.allOf(Scope.class), Optional.empty())
              .issued()
              .id();
      service.faults.refuseToDelete("acme/b");
      var failure = assertThrows(RuntimeException.class, () -> service.moves.remove(ACME));
      assertRefused(ProblemCode.TENANT_BUSY, () -> service.spaces.obtain(ACME, () -> {}));
      assertRefused(ProblemCode.TENANT_BUSY, () -> service.spaces.find(ACME));
      assertTrue(service.registry.find(key).isEmpty());
      assertEquals(1, service.usage.totals().vectors(), "what is gone is counted");
      assertEquals(Origin.APPLIED, applied(service, once));
      assertEquals(
          ProblemCode.STORAGE_FULL, ((ProblemException) failure).problem().code(), "what is told");
      service.faults.refuseToDelete("");
      service.moves.remove(ACME);
      assertEquals(0, service.vectors(ACME));
      assertEquals(0, service.usage.totals().vectors());
      assertTrue(service.registry.find(ACME).isEmpty());
      service.add(ACME, "b", "three");
    }
    try (Service service = service()) {
      assertEquals(1, service.vectors(ACME));
    }
  }

  private static Origin applied(Service service, Once once) {
    return service
        .idempotency
        .apply(ACME, "a", once, () -> new AddOutcome(1, 0, List.of(), 0, 1, 0))
        .origin();
  }

  @Test
  void removal_thatFailsHalfway_isEndedByTheNextStart() {
    String key;
    try (Service service = service()) {
      service.add(ACME, "a", "one");
      key =
          service
              .registry
              .makeKey(ACME, EnumSet.allOf(Scope.class), Optional.empty())
              .issued()
              .id();
      service.faults.allowRegistryChanges(1);
      assertThrows(RuntimeException.class, () -> service.moves.remove(ACME));
      assertTrue(service.registry.find(key).isEmpty(), "a key that leads nowhere");
    }
    try (Service service = service()) {
      assertEquals(0, service.vectors(ACME));
      assertTrue(service.registry.find(ACME).isEmpty());
      assertTrue(service.registry.find(key).isEmpty());
    }
  }

  @Test
  void restore_ofOneTenantTooMany_isRefused_andRegistersNobody() {
    try (Service service = new Service(directory, 1);
        VectorStore source = Memryx.inMemory()) {
      List<VectorCollection> collections = oneCollection(source);
      service.add(GLOBEX, "docs", "other");
      assertRefused(ProblemCode.TENANT_CAP_REACHED, () -> service.moves.bring(ACME, collections));
      assertTrue(service.registry.find(ACME).isEmpty());
      assertEquals(0, service.vectors(ACME));
      service.moves.remove(GLOBEX);
      service.moves.bring(ACME, collections);
      assertEquals(1, service.vectors(ACME));
    }
  }

  @Test
  void restore_ofOneRegisteredTenantTooMany_isRefused() {
    try (Service service = service();
        VectorStore source = Memryx.inMemory()) {
      List<VectorCollection> collections = oneCollection(source);
      for (int tenant = 0; tenant < 10; tenant++) {
        var _ = service.registry.change(new TenantId("tenant" + tenant), before -> before);
      }
      assertRefused(ProblemCode.TENANT_CAP_REACHED, () -> service.moves.bring(ACME, collections));
      assertEquals(0, service.vectors(ACME));
    }
  }

  @Test
  void revocation_onAFullDisk_countsAtOnce_andCanBeRepeated() {
    String key;
    try (Service service = service()) {
      key =
          service
              .registry
              .makeKey(ACME, EnumSet.allOf(Scope.class), Optional.empty())
              .issued()
              .id();
      service.faults.allowRegistryChanges(0);
      assertThrows(PersistenceException.class, () -> service.registry.revoke(key));
      assertTrue(service.registry.find(key).isEmpty(), "it lets somebody in");
      assertEquals(List.of(), service.registry.keysOf(ACME));
      assertThrows(PersistenceException.class, () -> service.registry.revoke(key));
      service.faults.allowRegistryChanges(10);
      assertTrue(service.registry.revoke(key));
      assertFalse(service.registry.revoke(key));
    }
    try (Service service = service()) {
      assertTrue(service.registry.find(key).isEmpty(), "it is there again");
    }
  }

  @Test
  void revocation_onAFullDisk_isToldAsWhatItIs() {
    try (Service service = service()) {
      String key =
          service
              .registry
              .makeKey(ACME, EnumSet.allOf(Scope.class), Optional.empty())
              .issued()
              .id();
      service.faults.allowRegistryChanges(0);
      Administration administration =
          new Administration(
              service.registry, service.spaces, service.moves, List.of(), InstantSource.system());
      var told = assertThrows(ProblemException.class, () -> administration.revoke(key)).problem();
      assertEquals(ProblemCode.STORAGE_FULL, told.code());
      assertEquals(
          "the key lets nobody in any more, but would after the next start: the disk is full",
          told.detail());
    }
  }

  @Test
  void holdings_ofACollectionThatIsDroppedMeanwhile_areThoseOfTheOthers() {
    try (Service service = service()) {
      service.add(ACME, "a", "one");
      service.add(ACME, "b", "two");
      TenantSpace space = service.spaces.find(ACME).orElseThrow();
      VectorCollection dropped = space.store().find("a").orElseThrow();
      assertEquals("a", CollectionView.of(dropped).orElseThrow().name());
      assertTrue(space.store().drop("a"));
      assertTrue(CollectionView.of(dropped).isEmpty());
      assertEquals(1, space.holdings().collections());
      assertEquals(1, space.holdings().vectors());
    }
  }
}

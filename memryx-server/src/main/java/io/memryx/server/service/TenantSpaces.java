package io.memryx.server.service;

import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import io.memryx.persistence.LogForces;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.StoreCondition;
import io.memryx.server.log.Subject;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.tenant.PlanLimits;
import io.memryx.server.tenant.TenantId;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tenants that have data. A tenant's space begins with its first add, so that a made-up key
 * costs nothing. Thread-safe; creation is guarded by the monitor.
 */
public final class TenantSpaces implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TenantSpaces.class);

  private final ConcurrentSkipListMap<TenantId, TenantSpace> spaces = new ConcurrentSkipListMap<>();

  /** Tenants whose space is being restored: they have a place among those that may be. */
  private final Set<TenantId> arriving = new HashSet<>();

  private final TenantRegistry registry;
  private final int maxTenants;
  private final Usage usage;
  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private volatile @Nullable Storage storage;
  private BiConsumer<TenantId, VectorCollection> longLogs = (tenant, collection) -> {};

  /**
   * No tenants yet.
   *
   * @param registry tells what they may use
   */
  public TenantSpaces(
      TenantRegistry registry,
      int maxTenants,
      Usage usage,
      InstantSource clock,
      LongSupplier nanoClock) {
    this.registry = registry;
    this.maxTenants = maxTenants;
    this.usage = usage;
    this.clock = clock;
    this.nanoClock = nanoClock;
  }

  /**
   * Loads every tenant of the storage, and keeps new ones there from now on.
   *
   * @param readiness told of the progress
   * @param longLogs told of collections whose log is so long that they should be built
   * @throws io.memryx.MemryxException if a tenant's data can't be loaded; nothing is served then
   */
  public synchronized void load(
      Storage from, Readiness readiness, BiConsumer<TenantId, VectorCollection> longLogs) {
    storage = from;
    this.longLogs = longLogs;
    loadRegistry(from);
    List<TenantId> tenants = from.tenants();
    readiness.loading(0, tenants.size());
    int loaded = 0;
    for (TenantId tenant : tenants) {
      try (var _ = Subject.ofTenant(tenant.value()).enter()) {
        for (VectorCollection collection : open(from, tenant).store().collections()) {
          usage.update(tenant, collection);
        }
      }
      readiness.loading(++loaded, tenants.size());
    }
  }

  /** What was not removed or restored to its end goes now. */
  private void loadRegistry(Storage from) {
    registry.load(from);
    for (TenantId tenant : registry.suspended()) {
      LOG.warn(
          "tenant '{}' was being removed or restored when the server ended: its data goes", tenant);
      from.remove(tenant);
      registry.settle(tenant);
    }
  }

  /**
   * Removes all that a moving tenant has. Where that fails, it can be tried again.
   *
   * @param dropped told of each collection that is gone
   */
  void remove(TenantId tenant, Consumer<String> dropped) {
    TenantSpace space = ofMoving(tenant);
    if (space != null) {
      space.remove(dropped);
    }
    spaces.remove(tenant);
    discard(tenant);
  }

  /** Removes what is on the disk of a tenant that has no space. */
  void discard(TenantId tenant) {
    storage().remove(tenant);
  }

  /** None is being made: that would have been before it began to move. */
  private synchronized @Nullable TenantSpace ofMoving(TenantId tenant) {
    return spaces.get(tenant);
  }

  /**
   * Makes way for collections that come as a whole to a moving tenant, and keeps a place for it
   * until {@link #endArrival}.
   *
   * @return whether it has none
   * @throws io.memryx.server.problem.ProblemException if the server takes no more tenants
   */
  boolean makeWay(TenantId tenant) {
    TenantSpace space = ofMoving(tenant);
    if (space != null && !(space.removeIfEmpty() && spaces.remove(tenant, space))) {
      return false;
    }
    beginArrival(tenant);
    return true;
  }

  private synchronized void beginArrival(TenantId tenant) {
    requireRoom();
    arriving.add(tenant);
  }

  /** Gives the place back that {@link #makeWay} kept: the tenant has a space by now, or none. */
  synchronized void endArrival(TenantId tenant) {
    arriving.remove(tenant);
  }

  /**
   * Takes collections over for a moving tenant that has none, with all that is in them, built or
   * not. Where that fails, some may be on the disk.
   *
   * @return found by nobody until {@link #publish}
   */
  TenantSpace prepare(TenantId tenant, List<VectorCollection> collections) {
    Storage to = storage();
    to.adopt(tenant, collections);
    VectorStore store = to.open(tenant, built -> longLogs.accept(tenant, built));
    try {
      for (VectorCollection collection : collections) {
        new Replica(collection, store.find(collection.name()).orElseThrow()).complete();
      }
      return new TenantSpace(tenant, store, limits(tenant));
    } catch (RuntimeException | Error e) {
      store.close();
      throw e;
    }
  }

  /** Lets a space be found that was prepared. */
  void publish(TenantSpace prepared) {
    TenantId tenant = prepared.tenant();
    spaces.put(tenant, prepared);
    prepared.store().collections().forEach(collection -> usage.update(tenant, collection));
  }

  private synchronized Storage storage() {
    Storage known = storage;
    if (known == null) {
      throw new IllegalStateException("no tenant before loading");
    }
    return known;
  }

  /**
   * The space of a tenant, to be used on its behalf, or empty if it has no data.
   *
   * @throws io.memryx.server.problem.ProblemException if it is being removed or restored: nobody
   *     may be answered from data that go at the next start
   */
  Optional<TenantSpace> find(TenantId tenant) {
    registry.requireOpen(tenant);
    return known(tenant);
  }

  /** The space of a tenant, to be looked at whatever happens to it. */
  Optional<TenantSpace> known(TenantId tenant) {
    return Optional.ofNullable(spaces.get(tenant));
  }

  /**
   * The space of a tenant, made if there is none.
   *
   * @param stillGood throws if the tenant may have been removed since its call was let in. A
   *     removal takes the keys before the space, so that a key which is good once there is a space
   *     says that this is its tenant's
   * @throws io.memryx.server.problem.ProblemException if the server takes no more tenants, and as
   *     {@link #find}
   */
  TenantSpace obtain(TenantId tenant, Runnable stillGood) {
    TenantSpace space = find(tenant).orElseGet(() -> create(tenant, stillGood));
    stillGood.run();
    return space;
  }

  private synchronized TenantSpace create(TenantId tenant, Runnable stillGood) {
    registry.requireActive(tenant);
    stillGood.run(); // A removal that begins after this waits for the monitor, and finds the space.
    TenantSpace existing = spaces.get(tenant);
    if (existing != null) {
      return existing;
    }
    requireRoom();
    return open(storage(), tenant);
  }

  /** Refuses one tenant too many; the monitor is held. */
  private void requireRoom() {
    int held = spaces.size() + arriving.size();
    if (held >= maxTenants) {
      throw Problem.of(
              ProblemCode.TENANT_CAP_REACHED,
              "the server holds %d tenants, MAX_TENANTS is %d".formatted(held, maxTenants),
              "use a key that has data already, or ask the operator to raise MAX_TENANTS")
          .toException();
    }
  }

  private TenantSpace open(Storage from, TenantId tenant) {
    List<VectorCollection> whileLoading = new ArrayList<>();
    VectorStore store =
        from.open(
            tenant,
            collection -> {
              if (spaces.containsKey(tenant)) {
                longLogs.accept(tenant, collection);
              } else {
                whileLoading.add(collection);
              }
            });
    TenantSpace space = new TenantSpace(tenant, store, limits(tenant));
    spaces.put(tenant, space);
    whileLoading.forEach(collection -> longLogs.accept(tenant, collection));
    return space;
  }

  private PlanLimits limits(TenantId tenant) {
    return new PlanLimits(() -> registry.termsOf(tenant), clock, nanoClock);
  }

  /** All tenants that have data, in order. */
  List<TenantSpace> all() {
    return List.copyOf(spaces.values());
  }

  /** Whether all is as it should be with what is kept. */
  public StoreCondition condition() {
    Storage known = storage;
    return known == null ? StoreCondition.sound() : known.condition();
  }

  /** How logs were forced to the disk so far. */
  LogForces logForces() {
    Storage known = storage;
    return known == null ? LogForces.NONE : known.logForces();
  }

  /** Number of tenants that have data. */
  public int count() {
    return spaces.size();
  }

  private static void close(Storage open) {
    try {
      open.close();
    } catch (PersistenceException e) {
      LOG.error("what was not on the disk yet can't be brought there: {}", e.getMessage());
    }
  }

  @Override
  public synchronized void close() {
    for (TenantSpace space : spaces.values()) {
      space.store().close();
    }
    registry.close();
    if (storage != null) {
      close(storage);
    }
    LOG.debug("{} tenants closed", spaces.size());
  }
}

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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;
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
   * @return the names of its collections
   */
  List<String> remove(TenantId tenant) {
    TenantSpace space = ofMoving(tenant);
    List<String> names = space == null ? List.of() : space.remove();
    spaces.remove(tenant);
    discard(tenant);
    return names;
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
   * Makes way for collections that come as a whole to a moving tenant.
   *
   * @return whether it has none
   */
  boolean clear(TenantId tenant) {
    TenantSpace space = ofMoving(tenant);
    if (space == null) {
      return true;
    }
    return space.removeIfEmpty() && spaces.remove(tenant, space);
  }

  /**
   * Takes collections over for a moving tenant that has none, with all that is in them, built or
   * not. They are found when all are there; where that fails, none is, but some may be on the disk.
   */
  void adopt(TenantId tenant, List<VectorCollection> collections) {
    Storage to = storage();
    VectorStore store = null;
    try {
      to.adopt(tenant, collections);
      store = to.open(tenant, built -> longLogs.accept(tenant, built));
      for (VectorCollection collection : collections) {
        new Replica(collection, store.find(collection.name()).orElseThrow()).complete();
      }
      spaces.put(tenant, new TenantSpace(tenant, store, limits(tenant)));
    } catch (RuntimeException | Error e) {
      if (store != null) {
        store.close();
      }
      throw e;
    }
    store.collections().forEach(collection -> usage.update(tenant, collection));
  }

  private synchronized Storage storage() {
    Storage known = storage;
    if (known == null) {
      throw new IllegalStateException("no tenant before loading");
    }
    return known;
  }

  /** The space of a tenant, or empty if it has no data. */
  Optional<TenantSpace> find(TenantId tenant) {
    return Optional.ofNullable(spaces.get(tenant));
  }

  /**
   * The space of a tenant, made if there is none.
   *
   * @throws io.memryx.server.problem.ProblemException if the server takes no more tenants
   */
  TenantSpace obtain(TenantId tenant) {
    TenantSpace space = spaces.get(tenant);
    return space != null ? space : create(tenant);
  }

  private synchronized TenantSpace create(TenantId tenant) {
    TenantSpace existing = spaces.get(tenant);
    if (existing != null) {
      return existing;
    }
    registry.requireActive(tenant);
    if (spaces.size() >= maxTenants) {
      throw Problem.of(
              ProblemCode.TENANT_CAP_REACHED,
              "the server holds %d tenants, MAX_TENANTS is %d".formatted(spaces.size(), maxTenants),
              "use a key that has data already, or ask the operator to raise MAX_TENANTS")
          .toException();
    }
    return open(storage(), tenant);
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

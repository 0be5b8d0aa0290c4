package io.memryx.server.service;

import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.StoreCondition;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.tenant.Plan;
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
  private final Plan plan;
  private final int maxTenants;
  private final Usage usage;
  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private @Nullable Storage storage;
  private BiConsumer<TenantId, VectorCollection> longLogs = (tenant, collection) -> {};

  /** No tenants yet. */
  public TenantSpaces(
      Plan plan, int maxTenants, Usage usage, InstantSource clock, LongSupplier nanoClock) {
    this.plan = plan;
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
    List<TenantId> tenants = from.tenants();
    readiness.loading(0, tenants.size());
    int loaded = 0;
    for (TenantId tenant : tenants) {
      TenantSpace space = open(from, tenant);
      for (VectorCollection collection : space.store().collections()) {
        usage.update(tenant, collection);
      }
      readiness.loading(++loaded, tenants.size());
    }
    readiness.ready();
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
    if (spaces.size() >= maxTenants) {
      throw Problem.of(
              ProblemCode.TENANT_CAP_REACHED,
              "the server holds %d tenants, MAX_TENANTS is %d".formatted(spaces.size(), maxTenants),
              "use a key that has data already, or ask the operator to raise MAX_TENANTS")
          .toException();
    }
    if (storage == null) {
      throw new IllegalStateException("no tenant before loading");
    }
    return open(storage, tenant);
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
    TenantSpace space = new TenantSpace(tenant, store, new PlanLimits(plan, clock, nanoClock));
    spaces.put(tenant, space);
    whileLoading.forEach(collection -> longLogs.accept(tenant, collection));
    return space;
  }

  /** All tenants that have data, in order. */
  List<TenantSpace> all() {
    return List.copyOf(spaces.values());
  }

  /** Whether all is as it should be with what is kept. */
  public synchronized StoreCondition condition() {
    return storage == null ? StoreCondition.sound() : storage.condition();
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
    if (storage != null) {
      close(storage);
    }
    LOG.debug("{} tenants closed", spaces.size());
  }
}

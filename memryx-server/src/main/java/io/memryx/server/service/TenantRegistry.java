package io.memryx.server.service;

import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Entry;
import io.memryx.Metric;
import io.memryx.UpsertResult;
import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import io.memryx.server.tenant.ApiKey;
import io.memryx.server.tenant.Caller;
import io.memryx.server.tenant.IssuedKey;
import io.memryx.server.tenant.IssuedKeys;
import io.memryx.server.tenant.Scope;
import io.memryx.server.tenant.SecretHash;
import io.memryx.server.tenant.Tenant;
import io.memryx.server.tenant.Tenant.Standing;
import io.memryx.server.tenant.TenantId;
import io.memryx.server.tenant.Terms;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The tenants and keys that the administrator made. They are entries of a collection that no tenant
 * can name, in the same store as the tenants' own, and so as durable as those; what is looked up is
 * in maps. Nothing is found before it is durable, and a key that is taken back is not found any
 * more, even where that can't be made durable. Look-ups wait for nobody; changes are guarded by the
 * monitor.
 */
public final class TenantRegistry implements IssuedKeys, AutoCloseable {
  /** Live keys of one tenant: the one in use, and the one that replaces it. */
  public static final int MAX_LIVE_KEYS = 2;

  private static final String COLLECTION = "registry";

  /** Entries are looked up by id alone: the vector only has to be one. */
  private static final CollectionOptions OPTIONS =
      new CollectionOptions(1, Metric.DOT, Compression.LOSSLESS);

  private final Terms defaultTerms;
  private final int maxTenants;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final ConcurrentSkipListMap<TenantId, Tenant> tenants = new ConcurrentSkipListMap<>();
  private final ConcurrentHashMap<TenantId, List<IssuedKey>> keysOfTenants =
      new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, IssuedKey> keys = new ConcurrentHashMap<>();
  private final Set<TenantId> moving = ConcurrentHashMap.newKeySet();

  /** Ids of keys that let nobody in any more, but are in the store still. */
  private final Set<String> revokedButStored = new LinkedHashSet<>();

  private @Nullable VectorStore store;
  private Runnable force = () -> {};

  /**
   * Nobody yet.
   *
   * @param defaultTerms of tenants that are not registered, or without a plan
   * @param maxTenants tenants that may be registered
   */
  public TenantRegistry(Terms defaultTerms, int maxTenants, InstantSource clock) {
    this.defaultTerms = defaultTerms;
    this.maxTenants = maxTenants;
    this.clock = clock;
  }

  /**
   * A key that was just made, the only time that its secret is known.
   *
   * @param key the key with its secret
   * @param issued what is kept of it
   */
  public record NewKey(ApiKey key, IssuedKey issued) {}

  /** Reads what a store has, and keeps everything there from now on. */
  public synchronized void load(Storage storage) {
    VectorStore from = storage.openOwn();
    store = from;
    force = storage::force;
    from.find(COLLECTION)
        .ifPresent(
            collection -> {
              try (Stream<Entry> entries = collection.entries()) {
                entries.map(RegistryEntry::read).forEach(this::publish);
              }
            });
  }

  private void publish(RegistryEntry entry) {
    switch (entry) {
      case RegistryEntry.OfTenant(Tenant tenant) -> tenants.put(tenant.id(), tenant);
      case RegistryEntry.OfKey(IssuedKey key) -> {
        keys.put(key.id(), key);
        tenantOf(key)
            .ifPresent(tenant -> keysOfTenants.merge(tenant, List.of(key), TenantRegistry::joined));
      }
    }
  }

  private static Optional<TenantId> tenantOf(IssuedKey key) {
    return switch (key.caller()) {
      case Caller.OfTenant of -> Optional.of(of.tenant());
      case Caller.Administrator _ -> Optional.empty();
    };
  }

  private static List<IssuedKey> joined(List<IssuedKey> some, List<IssuedKey> more) {
    List<IssuedKey> all = new ArrayList<>(some);
    all.addAll(more);
    return List.copyOf(all);
  }

  /** Made with the first entry: most servers on a developer's machine never have one. */
  private VectorCollection collection() {
    VectorStore open = store;
    if (open == null) {
      throw new IllegalStateException("no registry before loading");
    }
    return open.collection(COLLECTION, OPTIONS);
  }

  // ---- tenants

  /** A registered tenant. */
  public Optional<Tenant> find(TenantId tenant) {
    return Optional.ofNullable(tenants.get(tenant));
  }

  /** All registered tenants, in order of name. */
  List<Tenant> all() {
    return List.copyOf(tenants.values());
  }

  /** What a tenant may use, registered or not. */
  Terms termsOf(TenantId tenant) {
    Tenant registered = tenants.get(tenant);
    return registered == null ? defaultTerms : registered.terms();
  }

  /** Refuses what concerns the data of a tenant that is marked as being removed or restored. */
  void requireOpen(TenantId tenant) {
    Tenant registered = tenants.get(tenant);
    if (registered != null && registered.standing() != Standing.ACTIVE) {
      throw busy(tenant);
    }
  }

  /** Refuses to make something for a tenant that is removed or restored, or about to be. */
  void requireActive(TenantId tenant) {
    requireOpen(tenant);
    if (moving.contains(tenant)) {
      throw busy(tenant);
    }
  }

  /**
   * Does something with all of a tenant's data, which nobody else may begin to use meanwhile.
   *
   * @throws ProblemException if somebody else does
   */
  void alone(TenantId tenant, Runnable move) {
    if (!moving.add(tenant)) {
      throw busy(tenant);
    }
    try {
      move.run();
    } finally {
      moving.remove(tenant);
    }
  }

  static ProblemException busy(TenantId tenant) {
    return Problem.of(
            ProblemCode.TENANT_BUSY,
            "tenant '%s' is being removed or restored".formatted(tenant),
            "try again when that is done")
        .retryAfter(1)
        .toException();
  }

  /** A tenant as it would be registered now, without anything of its own. */
  Tenant fresh(TenantId tenant) {
    return new Tenant(tenant, defaultTerms, Optional.empty(), clock.instant(), Standing.ACTIVE);
  }

  /**
   * How a tenant is changed.
   *
   * @see #change
   */
  @FunctionalInterface
  interface Change {
    /** The tenant as it is to be, given how it is. */
    Tenant apply(Tenant before);
  }

  /**
   * Registers a tenant, or changes one that is.
   *
   * @throws ProblemException if it is being removed or restored, or is new and one too many
   */
  synchronized Tenant change(TenantId tenant, Change change) {
    requireActive(tenant);
    requireRoom(tenant);
    Tenant changed = change.apply(find(tenant).orElseGet(() -> fresh(tenant)));
    keep(List.of(new RegistryEntry.OfTenant(changed)));
    return changed;
  }

  private void requireRoom(TenantId tenant) {
    if (!tenants.containsKey(tenant) && tenants.size() >= maxTenants) {
      throw Problem.of(
              ProblemCode.TENANT_CAP_REACHED,
              "%d tenants are registered, MAX_TENANTS is %d".formatted(tenants.size(), maxTenants),
              "delete one, or start the server with a larger MAX_TENANTS")
          .toException();
    }
  }

  /**
   * Notes that a tenant's data can't be used from now on, and go at the next start if this is not
   * settled by then. One that leaves loses its keys at once.
   *
   * @throws ProblemException if it is to arrive, and is new and one too many, or leaves just now
   */
  synchronized void suspend(TenantId tenant, Standing standing) {
    Tenant before = find(tenant).orElseGet(() -> fresh(tenant));
    if (standing == Standing.ARRIVING) {
      requireRoom(tenant);
      if (before.standing() == Standing.LEAVING) {
        throw busy(tenant);
      }
    }
    keep(List.of(new RegistryEntry.OfTenant(before.with(standing))));
    if (standing == Standing.LEAVING) {
      keysOf(tenant).forEach(this::shutOut);
    }
  }

  /** The tenants whose data can't be used. */
  List<TenantId> suspended() {
    return tenants.values().stream()
        .filter(tenant -> tenant.standing() != Standing.ACTIVE)
        .map(Tenant::id)
        .toList();
  }

  /** Ends what {@link #suspend} began: the tenant is there again, or not any more. */
  synchronized void settle(TenantId tenant) {
    Tenant suspended = tenants.get(tenant);
    if (suspended == null) {
      return;
    }
    switch (suspended.standing()) {
      case ACTIVE -> {}
      case ARRIVING -> keep(List.of(new RegistryEntry.OfTenant(suspended.with(Standing.ACTIVE))));
      case LEAVING -> {
        keysOf(tenant).forEach(this::shutOut);
        delete(List.of(RegistryEntry.idOf(tenant)));
        tenants.remove(tenant);
      }
    }
  }

  // ---- keys

  @Override
  public Optional<IssuedKey> find(String id) {
    return Optional.ofNullable(keys.get(id));
  }

  /** A tenant's keys, live or not, oldest first. */
  List<IssuedKey> keysOf(TenantId tenant) {
    return keysOfTenants.getOrDefault(tenant, List.of());
  }

  /** Number of keys, those of the administrator among them. */
  int keyCount() {
    return keys.size();
  }

  /**
   * Makes a key for a tenant, which is registered if it is not. Keys of it that have expired go.
   *
   * @throws ProblemException if it has {@value #MAX_LIVE_KEYS} live ones
   */
  synchronized NewKey makeKey(TenantId tenant, Set<Scope> scopes, Optional<Instant> expiresAt) {
    requireActive(tenant);
    requireRoom(tenant);
    Instant now = clock.instant();
    List<IssuedKey> live = keysOf(tenant).stream().filter(key -> key.isLive(now)).toList();
    if (live.size() >= MAX_LIVE_KEYS) {
      throw Problem.of(
              ProblemCode.KEY_CAP_REACHED,
              "tenant '%s' has %d live keys: %s and %s"
                  .formatted(tenant, live.size(), live.getFirst().id(), live.getLast().id()),
              "revoke one with DELETE /v1/admin/keys/{key_id}")
          .toException();
    }
    keysOf(tenant).stream().filter(key -> !key.isLive(now)).forEach(this::shutOut);
    delete(List.of());
    NewKey made = newKey(new Caller.OfTenant(tenant, scopes), now, expiresAt);
    List<RegistryEntry> entries = new ArrayList<>();
    if (!tenants.containsKey(tenant)) {
      entries.add(new RegistryEntry.OfTenant(fresh(tenant)));
    }
    entries.add(new RegistryEntry.OfKey(made.issued()));
    keep(entries);
    return made;
  }

  private NewKey newKey(Caller caller, Instant now, Optional<Instant> expiresAt) {
    ApiKey key = ApiKey.make(random);
    return new NewKey(
        key, new IssuedKey(key.id(), caller, SecretHash.of(key.secret(), random), now, expiresAt));
  }

  /** Makes a key for the administrator, unless there is any key already. */
  public synchronized Optional<ApiKey> makeFirstKey() {
    if (!keys.isEmpty()) {
      return Optional.empty();
    }
    NewKey made = newKey(new Caller.Administrator(), clock.instant(), Optional.empty());
    keep(List.of(new RegistryEntry.OfKey(made.issued())));
    return Optional.of(made.key());
  }

  /**
   * Removes a key: when this returns, it lets nobody in any more. Where the storage fails, that
   * holds until the next start, and this can be repeated.
   *
   * @return whether there was a tenant's key of that id
   * @throws io.memryx.persistence.PersistenceException if the key is still in the store
   */
  synchronized boolean revoke(String id) {
    IssuedKey key = keys.get(id);
    if (key != null && tenantOf(key).isPresent()) {
      shutOut(key);
    } else if (!revokedButStored.contains(id)) {
      return false;
    }
    delete(List.of());
    return true;
  }

  /** The key lets nobody in any more; it leaves the store with the next {@link #delete}. */
  private void shutOut(IssuedKey key) {
    revokedButStored.add(key.id());
    keys.remove(key.id());
    tenantOf(key)
        .ifPresent(
            tenant ->
                keysOfTenants.computeIfPresent(
                    tenant,
                    (_, some) -> {
                      List<IssuedKey> left =
                          some.stream().filter(one -> !one.id().equals(key.id())).toList();
                      return left.isEmpty() ? null : left;
                    }));
  }

  /** Takes entries out of the store, and all keys that were shut out: together or not at all. */
  private void delete(List<String> ids) {
    List<String> all = new ArrayList<>(ids);
    revokedButStored.forEach(id -> all.add(RegistryEntry.idOfKey(id)));
    if (!all.isEmpty()) {
      int _ = collection().delete(all);
      force.run();
      revokedButStored.clear();
    }
  }

  private void keep(List<RegistryEntry> entries) {
    UpsertResult _ = collection().upsert(entries.stream().map(RegistryEntry::write).toList());
    force.run();
    entries.forEach(this::publish);
  }

  @Override
  public synchronized void close() {
    VectorStore open = store;
    if (open != null) {
      open.close();
    }
  }
}

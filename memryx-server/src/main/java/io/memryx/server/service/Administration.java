package io.memryx.server.service;

import io.memryx.persistence.PersistenceException;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import io.memryx.server.tenant.IssuedKey;
import io.memryx.server.tenant.Limit;
import io.memryx.server.tenant.Plan;
import io.memryx.server.tenant.RegisteredKey;
import io.memryx.server.tenant.Scope;
import io.memryx.server.tenant.Tenant;
import io.memryx.server.tenant.TenantId;
import io.memryx.server.tenant.Terms;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the administrator does with tenants and their keys. A tenant is there if it was registered,
 * has a key from the environment, or has data. Thread-safe.
 */
public final class Administration {
  private static final Logger LOG = LoggerFactory.getLogger(Administration.class);

  private static final String ENVIRONMENT_ID = "environment-";

  private final TenantRegistry registry;
  private final TenantSpaces spaces;
  private final TenantMoves moves;
  private final List<RegisteredKey> environment;
  private final InstantSource clock;

  /**
   * Administers these tenants.
   *
   * @param environment keys that the environment gives
   */
  public Administration(
      TenantRegistry registry,
      TenantSpaces spaces,
      TenantMoves moves,
      List<RegisteredKey> environment,
      InstantSource clock) {
    this.registry = registry;
    this.spaces = spaces;
    this.moves = moves;
    this.environment = List.copyOf(environment);
    this.clock = clock;
  }

  // ---- tenants

  /**
   * A tenant as the administrator sees it.
   *
   * @param id its name
   * @param registered what was registered of it, if anything
   * @param terms what it may use
   * @param keys keys that let it in now, those of the environment among them
   * @param collections number of its collections
   * @param vectors entries in them
   * @param bytes memory of them
   * @param searchesToday queries on this day of UTC, since the start
   */
  public record TenantView(
      TenantId id,
      Optional<Tenant> registered,
      Terms terms,
      int keys,
      int collections,
      long vectors,
      long bytes,
      long searchesToday) {}

  /**
   * Some tenants in order of name.
   *
   * @param after the name to go on after, or empty for the first ones
   */
  public List<TenantView> tenants(Optional<TenantId> after, int limit) {
    TreeSet<TenantId> all = new TreeSet<>();
    registry.all().forEach(tenant -> all.add(tenant.id()));
    environment.forEach(key -> all.add(key.tenant()));
    spaces.all().forEach(space -> all.add(space.tenant()));
    return after.map(name -> (Set<TenantId>) all.tailSet(name, false)).orElse(all).stream()
        .limit(limit)
        .map(this::view)
        .toList();
  }

  /** One tenant. */
  public TenantView tenant(TenantId tenant) {
    requireThere(tenant);
    return view(tenant);
  }

  private void requireThere(TenantId tenant) {
    boolean there =
        registry.find(tenant).isPresent()
            || spaces.known(tenant).isPresent()
            || environmentKeys(tenant).findAny().isPresent();
    if (!there) {
      throw noSuchTenant(tenant);
    }
  }

  static ProblemException noSuchTenant(TenantId tenant) {
    return Problem.of(
            ProblemCode.TENANT_NOT_FOUND,
            "there is no tenant '%s'".formatted(tenant),
            "PUT /v1/admin/tenants/{tenant} makes one")
        .toException();
  }

  private TenantView view(TenantId tenant) {
    Instant now = clock.instant();
    long issued = registry.keysOf(tenant).stream().filter(key -> key.isLive(now)).count();
    Optional<TenantSpace> space = spaces.known(tenant);
    TenantSpace.Holdings holdings =
        space.map(TenantSpace::holdings).orElse(TenantSpace.Holdings.NONE);
    return new TenantView(
        tenant,
        registry.find(tenant),
        registry.termsOf(tenant),
        (int) (issued + environmentKeys(tenant).count()),
        holdings.collections(),
        holdings.vectors(),
        holdings.bytes(),
        space.map(there -> there.limits().searchesToday()).orElse(0L));
  }

  /**
   * What is to change of a tenant; what is empty stays as it is.
   *
   * @param plan another plan
   * @param limits other limits of its own
   * @param podUrl another place where it is served, or none
   */
  public record TenantChange(
      Optional<Plan> plan, Optional<Map<Limit, Long>> limits, Optional<Optional<String>> podUrl) {}

  /** Registers a tenant that is not. */
  public TenantView create(TenantId tenant, TenantChange wanted) {
    Tenant _ =
        registry.change(
            tenant,
            before -> {
              if (registry.find(tenant).isPresent()) {
                throw Problem.of(
                        ProblemCode.TENANT_EXISTS,
                        "tenant '%s' is there".formatted(tenant),
                        "change it with PUT /v1/admin/tenants/{tenant}")
                    .toException();
              }
              return changed(before, wanted);
            });
    LOG.info("tenant '{}' registered", tenant);
    return view(tenant);
  }

  /** Changes a tenant, which is registered if it is not. What changes counts from now on. */
  public TenantView change(TenantId tenant, TenantChange wanted) {
    Tenant changed = registry.change(tenant, before -> changed(before, wanted));
    LOG.info(
        "tenant '{}' has plan {} and its own limits {}",
        tenant,
        changed.terms().plan(),
        changed.terms().own());
    return view(tenant);
  }

  private static Tenant changed(Tenant before, TenantChange wanted) {
    Terms terms = before.terms();
    return before
        .with(new Terms(wanted.plan().orElse(terms.plan()), wanted.limits().orElse(terms.own())))
        .withPodUrl(wanted.podUrl().orElse(before.podUrl()));
  }

  /**
   * Removes a tenant with its keys and all its data. One that has a key in the environment can
   * begin again, with nothing.
   */
  public void delete(TenantId tenant) {
    requireThere(tenant);
    moves.remove(tenant);
    LOG.info("tenant '{}' removed with all it had", tenant);
  }

  // ---- keys

  /** A key, however it came here. */
  public sealed interface KeyView {

    /** One that this server made. */
    record Issued(IssuedKey key) implements KeyView {}

    /** One that the environment gives; it is good for everything, for ever. */
    record Given(String id, TenantId tenant) implements KeyView {}
  }

  /** The keys of a tenant, or of all. */
  public List<KeyView> keys(Optional<TenantId> tenant) {
    List<KeyView> keys = new ArrayList<>();
    for (int position = 1; position <= environment.size(); position++) {
      TenantId owner = environment.get(position - 1).tenant();
      if (tenant.isEmpty() || tenant.get().equals(owner)) {
        keys.add(new KeyView.Given(ENVIRONMENT_ID + position, owner));
      }
    }
    Stream<TenantId> owners =
        tenant.map(Stream::of).orElseGet(() -> registry.all().stream().map(Tenant::id));
    owners.forEach(
        owner -> registry.keysOf(owner).forEach(key -> keys.add(new KeyView.Issued(key))));
    return keys;
  }

  private Stream<RegisteredKey> environmentKeys(TenantId tenant) {
    return environment.stream().filter(key -> key.tenant().equals(tenant));
  }

  /** Makes a key. */
  public TenantRegistry.NewKey makeKey(
      TenantId tenant, Set<Scope> scopes, Optional<Instant> expiresAt) {
    TenantRegistry.NewKey made = registry.makeKey(tenant, scopes, expiresAt);
    LOG.info("key {} made for tenant '{}', good for {}", made.issued().id(), tenant, scopes);
    return made;
  }

  /** Takes a key back: it lets nobody in any more. */
  public void revoke(String id) {
    if (id.startsWith(ENVIRONMENT_ID)) {
      throw Problem.of(
              ProblemCode.KEY_NOT_REVOCABLE,
              "the key comes from the variable API_KEYS",
              "take it out of API_KEYS and start the server again")
          .toException();
    }
    if (!revoked(id)) {
      throw Problem.of(
              ProblemCode.KEY_NOT_FOUND,
              "there is no key of that id",
              "GET /v1/admin/keys lists them; one that was revoked is gone")
          .toException();
    }
    LOG.info("key {} revoked", id);
  }

  private boolean revoked(String id) {
    try {
      return registry.revoke(id);
    } catch (PersistenceException e) {
      LOG.error("key {} is revoked, but good again after the next start: {}", id, e.getMessage());
      throw StorageProblems.unfinished(
              e,
              "the key lets nobody in any more, but would after the next start",
              "repeat this call once the operator has mended that, or after the next start")
          .toException();
    }
  }
}

package io.memryx.server.service;

import io.memryx.VectorCollection;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.tenant.Tenant.Standing;
import io.memryx.server.tenant.TenantId;
import java.util.List;

/**
 * Takes tenants away and brings their data back, as a whole: one call at a time for a tenant, and
 * so that a crash in the middle leaves nothing by halves. Thread-safe.
 */
public final class TenantMoves {
  private final TenantRegistry registry;
  private final TenantSpaces spaces;
  private final Usage usage;
  private final Idempotency idempotency;

  /** Works on these tenants. */
  public TenantMoves(
      TenantRegistry registry, TenantSpaces spaces, Usage usage, Idempotency idempotency) {
    this.registry = registry;
    this.spaces = spaces;
    this.usage = usage;
    this.idempotency = idempotency;
  }

  /**
   * Removes a tenant with its keys and all its data. Its keys go first, then its data, and what
   * says that this is under way at last: a server that ends in the middle goes on with it at its
   * next start.
   */
  void remove(TenantId tenant) {
    registry.alone(
        tenant,
        () -> {
          registry.suspend(tenant, Standing.LEAVING);
          for (String collection : spaces.remove(tenant)) {
            usage.forget(tenant, collection);
            idempotency.forget(tenant, collection);
          }
          registry.settle(tenant);
        });
  }

  /**
   * Takes collections over for a tenant that has none. A server that ends in the middle has none of
   * them after its next start.
   *
   * @throws io.memryx.server.problem.ProblemException if the tenant has some
   */
  void bring(TenantId tenant, List<VectorCollection> collections) {
    registry.alone(
        tenant,
        () -> {
          // Before anything says that the tenant's data may go: they would be those it has.
          if (!spaces.clear(tenant)) {
            throw Problem.of(
                    ProblemCode.TENANT_HAS_DATA,
                    "tenant '%s' has collections".formatted(tenant),
                    "restore to a tenant that has none, or remove them first")
                .toException();
          }
          registry.suspend(tenant, Standing.ARRIVING);
          adopt(tenant, collections);
          registry.settle(tenant);
        });
  }

  private void adopt(TenantId tenant, List<VectorCollection> collections) {
    try {
      spaces.adopt(tenant, collections);
    } catch (RuntimeException | Error e) {
      // If this fails, too, the tenant stays suspended, and the next start does it.
      spaces.discard(tenant);
      registry.settle(tenant);
      throw e;
    }
  }
}

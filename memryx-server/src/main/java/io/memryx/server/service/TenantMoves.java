package io.memryx.server.service;

import io.memryx.VectorCollection;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.StorageFullException;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import io.memryx.server.tenant.Tenant.Standing;
import io.memryx.server.tenant.TenantId;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes tenants away and brings their data back, as a whole: one call at a time for a tenant, and
 * so that a crash in the middle leaves nothing by halves. Thread-safe.
 */
public final class TenantMoves {
  private static final Logger LOG = LoggerFactory.getLogger(TenantMoves.class);

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
   * next start. Where the storage fails in the middle, nobody gets at what is left, and this can be
   * repeated.
   */
  void remove(TenantId tenant) {
    registry.alone(
        tenant,
        () -> {
          registry.suspend(tenant, Standing.LEAVING);
          try {
            spaces.remove(tenant, collection -> forget(tenant, collection));
            registry.settle(tenant);
          } catch (PersistenceException e) {
            throw unfinished(tenant, e);
          }
        });
  }

  private void forget(TenantId tenant, String collection) {
    usage.forget(tenant, collection);
    idempotency.forget(tenant, collection);
  }

  private static ProblemException unfinished(TenantId tenant, PersistenceException failure) {
    LOG.error("the removal of tenant '{}' is not at its end: {}", tenant, failure.getMessage());
    return StorageProblems.unfinished(
            failure,
            "tenant '%s' is shut, its keys let nobody in, but not all of its data could be removed"
                .formatted(tenant),
            "repeat this call, or start the server again, once the operator has mended that")
        .toException();
  }

  /**
   * Takes collections over for a tenant that has none. Nobody finds them before it is durable that
   * they stay. A server that ends in the middle has none of them after its next start.
   *
   * @throws ProblemException if the tenant has some, or is one too many
   */
  void bring(TenantId tenant, List<VectorCollection> collections) {
    registry.alone(
        tenant,
        () -> {
          // Before anything says that the tenant's data may go: they would be those it has.
          if (!spaces.makeWay(tenant)) {
            throw Problem.of(
                    ProblemCode.TENANT_HAS_DATA,
                    "tenant '%s' has collections".formatted(tenant),
                    "restore to a tenant that has none, or remove them first")
                .toException();
          }
          try {
            registry.suspend(tenant, Standing.ARRIVING);
            TenantSpace arrived = prepare(tenant, collections);
            settle(arrived);
            spaces.publish(arrived);
          } finally {
            spaces.endArrival(tenant);
          }
        });
  }

  private TenantSpace prepare(TenantId tenant, List<VectorCollection> collections) {
    try {
      // What a restore may have left that failed.
      spaces.discard(tenant);
      return spaces.prepare(tenant, collections);
    } catch (RuntimeException | Error e) {
      giveUp(tenant);
      throw e;
    }
  }

  private void settle(TenantSpace arrived) {
    try {
      registry.settle(arrived.tenant());
    } catch (StorageFullException e) {
      arrived.store().close();
      giveUp(arrived.tenant());
      throw e;
    } catch (RuntimeException | Error e) {
      // Nobody knows which standing the next start will find: it has to find all of them with it.
      arrived.store().close();
      throw e;
    }
  }

  /** Takes away what came of a tenant that is marked as arriving, and the mark. */
  private void giveUp(TenantId tenant) {
    try {
      spaces.discard(tenant);
      registry.settle(tenant);
    } catch (PersistenceException e) {
      LOG.error(
          "tenant '{}' stays shut after a restore that failed, until one succeeds or the server"
              + " starts again: {}",
          tenant,
          e.getMessage());
    }
  }
}

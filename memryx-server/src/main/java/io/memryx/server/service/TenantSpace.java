package io.memryx.server.service;

import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import io.memryx.server.tenant.PlanLimits;
import io.memryx.server.tenant.TenantId;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Everything that belongs to one tenant: its collections, what it has used of its plan, its builds.
 *
 * @param tenant whose space
 * @param store its collections
 * @param limits its plan
 * @param builds its builds
 * @param streams its answers that go on for long
 * @param addLock held by adds that must count before they act: the first of a collection, and all
 *     of a plan with limits
 */
record TenantSpace(
    TenantId tenant,
    VectorStore store,
    PlanLimits limits,
    BuildHistory builds,
    OpenStreams streams,
    ReentrantLock addLock) {

  /** A space whose plan is unused so far. */
  TenantSpace(TenantId tenant, VectorStore store, PlanLimits limits) {
    this(tenant, store, limits, new BuildHistory(), new OpenStreams(), new ReentrantLock());
  }

  /** Entries in all of the tenant's collections. */
  long vectors() {
    long vectors = 0;
    for (VectorCollection collection : store.collections()) {
      vectors += collection.stats().vectors();
    }
    return vectors;
  }
}

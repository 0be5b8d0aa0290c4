package io.memryx.server.service;

import io.memryx.CollectionOptions;
import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import io.memryx.server.tenant.PlanLimits;
import io.memryx.server.tenant.TenantId;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Everything that belongs to one tenant: its collections, what it has used of its plan, its builds.
 *
 * @param tenant whose space
 * @param store its collections
 * @param limits its plan
 * @param builds its builds
 * @param streams its answers that go on for long
 * @param addLock held by adds that must count before they act (the first of a collection, and all
 *     of a plan with limits), by whoever removes a collection, and by whoever removes the tenant
 * @param removed whether the tenant's data was removed; changed under the lock
 */
record TenantSpace(
    TenantId tenant,
    VectorStore store,
    PlanLimits limits,
    BuildHistory builds,
    OpenStreams streams,
    ReentrantLock addLock,
    AtomicBoolean removed) {

  /** A space whose plan is unused so far. */
  TenantSpace(TenantId tenant, VectorStore store, PlanLimits limits) {
    this(
        tenant,
        store,
        limits,
        new BuildHistory(),
        new OpenStreams(),
        new ReentrantLock(),
        new AtomicBoolean());
  }

  /**
   * The collection of this name, made if it is not there. Not in a space that was removed: nobody
   * would find it, but it would be there after the next start.
   */
  VectorCollection collection(String name, CollectionOptions options) {
    addLock.lock();
    try {
      if (removed.get()) {
        throw TenantRegistry.busy(tenant);
      }
      return store.collection(name, options);
    } finally {
      addLock.unlock();
    }
  }

  /**
   * Removes every collection, and lets none come any more.
   *
   * @param dropped told of each that is gone, at once: another one may fail to go
   */
  void remove(Consumer<String> dropped) {
    endBuilds();
    addLock.lock();
    try {
      for (VectorCollection collection : store.collections()) {
        builds.cancelAll(collection.name(), Build.Cancellation.DROPPED);
        boolean _ = store.drop(collection.name());
        dropped.accept(collection.name());
      }
    } finally {
      addLock.unlock();
    }
  }

  /** Lets no collection come any more; and waits for the builds without the lock: adds need it. */
  private void endBuilds() {
    addLock.lock();
    try {
      removed.set(true);
    } finally {
      addLock.unlock();
    }
    store.collections().forEach(collection -> builds.endAll(collection.name()));
  }

  /**
   * Lets no collection come any more, if there is none.
   *
   * @return whether there is none
   */
  boolean removeIfEmpty() {
    addLock.lock();
    try {
      boolean empty = store.collections().isEmpty();
      removed.compareAndSet(false, empty);
      return empty;
    } finally {
      addLock.unlock();
    }
  }

  /** The tenant's collections in order of name, without those that are dropped just now. */
  List<CollectionView> views() {
    return store.collections().stream()
        .flatMap(collection -> CollectionView.of(collection).stream())
        .toList();
  }

  /** What the tenant has in all of its collections. */
  Holdings holdings() {
    List<CollectionView> views = views();
    long vectors = 0;
    long bytes = 0;
    for (CollectionView view : views) {
      vectors += view.stats().vectors();
      bytes += view.stats().bytes().total();
    }
    return new Holdings(views.size(), vectors, bytes);
  }

  /**
   * What a tenant has.
   *
   * @param collections number of its collections
   * @param vectors entries in them
   * @param bytes memory of them
   */
  record Holdings(int collections, long vectors, long bytes) {
    /** Of a tenant without a space. */
    static final Holdings NONE = new Holdings(0, 0, 0);
  }
}

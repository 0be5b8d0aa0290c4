package io.memryx.server.service;

import io.memryx.Filter;
import io.memryx.VectorCollection;
import io.memryx.server.metrics.ServerMeters;
import io.memryx.server.tenant.TenantId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;

/** Removes entries of tenants' collections. Thread-safe. */
public final class Deletions {
  private final TenantCollections collections;
  private final Usage usage;
  private final ServerMeters meters;

  /** Works on these collections. */
  public Deletions(TenantCollections collections, Usage usage, ServerMeters meters) {
    this.collections = collections;
    this.usage = usage;
    this.meters = meters;
  }

  /** Which entries are meant. */
  public sealed interface Selection {

    /**
     * Those of these ids.
     *
     * @param ids each counts once
     */
    record ByIds(Set<String> ids) implements Selection {
      /** Copies the set. */
      public ByIds {
        ids = Set.copyOf(ids);
      }

      /** Those of these ids, which may be there twice. */
      public static ByIds of(List<String> ids) {
        return new ByIds(new LinkedHashSet<>(ids));
      }
    }

    /**
     * Those that pass a filter.
     *
     * @param filter what they pass
     */
    record ByFilter(Filter filter) implements Selection {}
  }

  /**
   * Removes entries.
   *
   * @return how many were there
   */
  public int delete(TenantId tenant, String name, Selection selection) {
    ToIntFunction<VectorCollection> deletion =
        switch (selection) {
          case Selection.ByIds byIds -> collection -> collection.delete(byIds.ids());
          case Selection.ByFilter byFilter -> collection -> collection.delete(byFilter.filter());
        };
    return collections
        .require(tenant, name)
        .ask(
            collection -> {
              int deleted = deletion.applyAsInt(collection);
              usage.update(tenant, collection);
              meters.deleted(deleted);
              return deleted;
            });
  }

  /** Removes one entry, which must be there. */
  public void deleteOne(TenantId tenant, String name, String id) {
    if (delete(tenant, name, new Selection.ByIds(Set.of(id))) == 0) {
      throw TenantCollections.noSuchVector(id);
    }
  }

  /** How many entries {@link #delete} would remove. */
  public int count(TenantId tenant, String name, Selection selection) {
    OpenCollection open = collections.require(tenant, name);
    return switch (selection) {
      case Selection.ByIds byIds ->
          open.ask(collection -> (int) byIds.ids().stream().filter(collection::contains).count());
      case Selection.ByFilter byFilter ->
          open.ask(collection -> collection.count(byFilter.filter()));
    };
  }
}

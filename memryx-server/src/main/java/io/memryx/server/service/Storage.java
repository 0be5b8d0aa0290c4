package io.memryx.server.service;

import io.memryx.AutomaticBuild;
import io.memryx.Memryx;
import io.memryx.StoreOptions;
import io.memryx.VectorCollection;
import io.memryx.VectorStore;
import io.memryx.persistence.DurabilityOptions;
import io.memryx.persistence.DurableVectorStore;
import io.memryx.persistence.FileSnapshotStore;
import io.memryx.persistence.LogForces;
import io.memryx.persistence.SnapshotStore;
import io.memryx.persistence.StoreCondition;
import io.memryx.server.tenant.TenantId;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the tenants' collections are kept. Every tenant has a store of its own. */
public sealed interface Storage extends AutoCloseable {

  /** The tenants that have something to load. */
  List<TenantId> tenants();

  /**
   * Opens the store of a tenant and loads what it has.
   *
   * @param longLogs told of collections whose log is so long that they should be built
   */
  VectorStore open(TenantId tenant, Consumer<VectorCollection> longLogs);

  /** Removes all that a tenant has, loaded or not; its store is not open. */
  void remove(TenantId tenant);

  /**
   * Keeps the built indexes of collections as those of a tenant that has none; what is not in them
   * yet is not kept.
   */
  void adopt(TenantId tenant, List<VectorCollection> collections);

  /** Opens the store of what the server keeps for itself, which no tenant's is. */
  VectorStore openOwn();

  /** Makes everything durable that was written, whatever is promised to tenants. */
  void force();

  /** How logs were forced to the disk so far. */
  LogForces logForces();

  /** Whether all is as it should be with what is kept. */
  StoreCondition condition();

  @Override
  void close();

  /** In memory only: everything is lost at the end. */
  static Storage inMemory() {
    return new InMemory();
  }

  /**
   * In one directory, which this process has to itself.
   *
   * @param durability of what is written between builds
   * @throws io.memryx.persistence.PersistenceException if it can't be used
   */
  static Storage onDisk(Path directory, DurabilityOptions durability) {
    return of(FileSnapshotStore.open(directory, durability));
  }

  /** In a store, which is closed with this. */
  static Storage of(SnapshotStore snapshots) {
    return new OnDisk(snapshots);
  }

  /** Nothing outlives the process. */
  final class InMemory implements Storage {
    private InMemory() {}

    @Override
    public List<TenantId> tenants() {
      return List.of();
    }

    @Override
    public VectorStore open(TenantId tenant, Consumer<VectorCollection> longLogs) {
      return Memryx.inMemory();
    }

    @Override
    public void remove(TenantId tenant) {}

    @Override
    public void adopt(TenantId tenant, List<VectorCollection> collections) {
      throw new IllegalStateException("there is nothing on a disk to be adopted");
    }

    @Override
    public VectorStore openOwn() {
      return Memryx.inMemory();
    }

    @Override
    public void force() {}

    @Override
    public LogForces logForces() {
      return LogForces.NONE;
    }

    @Override
    public StoreCondition condition() {
      return StoreCondition.sound();
    }

    @Override
    public void close() {}
  }

  /** Snapshots and logs by key {@code tenant/collection}. */
  final class OnDisk implements Storage {
    private static final Logger LOG = LoggerFactory.getLogger(Storage.class);

    /** No tenant's name begins so. */
    private static final String OWN_PREFIX = "_server/";

    private final SnapshotStore snapshots;

    /** Takes the snapshot store over: closing this closes that. */
    OnDisk(SnapshotStore snapshots) {
      this.snapshots = snapshots;
    }

    @Override
    public List<TenantId> tenants() {
      TreeSet<TenantId> tenants = new TreeSet<>();
      for (String key : snapshots.keys()) {
        if (key.startsWith(OWN_PREFIX)) {
          continue;
        }
        int slash = key.indexOf('/');
        if (slash > 0 && TenantId.isName(key.substring(0, slash))) {
          tenants.add(new TenantId(key.substring(0, slash)));
        } else {
          LOG.warn(
              "collection '{}' in the store belongs to no tenant: it is kept, but not served; it was"
                  + " written by another program",
              key);
        }
      }
      return List.copyOf(tenants);
    }

    @Override
    public VectorStore open(TenantId tenant, Consumer<VectorCollection> longLogs) {
      // The server builds by its own rule; only a long log is the store's to tell.
      var options =
          StoreOptions.defaults().withAutomaticBuild(AutomaticBuild.never().withStarter(longLogs));
      return DurableVectorStore.open(snapshots, tenant + "/", options);
    }

    @Override
    public void remove(TenantId tenant) {
      for (String key : snapshots.keys(tenant + "/")) {
        boolean _ = snapshots.delete(key);
      }
    }

    @Override
    public void adopt(TenantId tenant, List<VectorCollection> collections) {
      for (VectorCollection collection : collections) {
        SnapshotStore.SavedSnapshot saved =
            snapshots.save(tenant + "/" + collection.name(), collection.snapshot());
        LOG.info("Snapshot saved: {} (restored)", saved.location());
      }
    }

    @Override
    public VectorStore openOwn() {
      return DurableVectorStore.open(snapshots, OWN_PREFIX);
    }

    @Override
    public void force() {
      snapshots.force();
    }

    @Override
    public LogForces logForces() {
      return snapshots.logForces();
    }

    @Override
    public StoreCondition condition() {
      return snapshots.condition();
    }

    @Override
    public void close() {
      snapshots.close();
    }
  }
}

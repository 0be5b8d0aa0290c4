package io.memryx.server.service;

import io.memryx.MemoryBudgetException;
import io.memryx.StoreOptions;
import io.memryx.VectorCollection;
import io.memryx.persistence.CopyProgress;
import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.DurableVectorStore;
import io.memryx.persistence.FileSnapshotStore;
import io.memryx.persistence.StoreBackup;
import io.memryx.persistence.StoreListing;
import io.memryx.persistence.StoreListing.StoredGeneration;
import io.memryx.persistence.StoreRestore;
import io.memryx.persistence.StoreVerifier;
import io.memryx.persistence.UnsupportedFormatException;
import io.memryx.persistence.VerifyReport;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import io.memryx.server.tenant.TenantId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Snapshots of single tenants: listed, checked, backed up, restored. Thread-safe. */
public final class TenantBackups {
  private static final Logger LOG = LoggerFactory.getLogger(TenantBackups.class);

  /** What a collection that is loaded takes, and its copy in the store. */
  private static final long COPIES = 2;

  /** Of the segments of logs, and of nothing else in a store. */
  private static final String LOG_SUFFIX = ".log";

  private final Optional<Path> root;
  private final TenantSpaces spaces;
  private final TenantMoves moves;
  private final MemoryGuard memory;

  /**
   * Works on the store of a server.
   *
   * @param root the store's directory, or empty if everything is in memory only
   */
  public TenantBackups(
      Optional<Path> root, TenantSpaces spaces, TenantMoves moves, MemoryGuard memory) {
    this.root = root;
    this.spaces = spaces;
    this.moves = moves;
    this.memory = memory;
  }

  /** Removes what a server left that ended in the middle of a backup or a restore. */
  public void removeLeftovers() {
    root.map(ScratchDirectory::allOf).ifPresent(ScratchDirectory::close);
  }

  /**
   * A generation of a tenant's collection.
   *
   * @param tenant whose
   * @param collection the name of the collection
   * @param generation what there is on the disk
   * @param newest whether it is the collection's newest
   */
  public record TenantGeneration(
      TenantId tenant, String collection, StoredGeneration generation, boolean newest) {}

  /** The generations of a tenant's collections, or of everyone's. */
  public List<TenantGeneration> list(Optional<TenantId> tenant) {
    Predicate<String> keys = tenant.map(TenantBackups::keysOf).orElse(TenantBackups::isTenants);
    List<StoredGeneration> all = StoreListing.list(requireRoot(), keys);
    Map<String, Long> newest =
        all.stream()
            .collect(Collectors.toMap(StoredGeneration::key, StoredGeneration::number, Math::max));
    return all.stream()
        .map(
            one ->
                new TenantGeneration(
                    tenantOf(one.key()),
                    collectionOf(one.key()),
                    one,
                    one.number() == newest.getOrDefault(one.key(), 0L)))
        .toList();
  }

  private static Predicate<String> keysOf(TenantId tenant) {
    return key -> key.startsWith(tenant + "/");
  }

  private static boolean isTenants(String key) {
    int slash = key.indexOf('/');
    return slash > 0 && TenantId.isName(key.substring(0, slash));
  }

  private static TenantId tenantOf(String key) {
    return new TenantId(key.substring(0, key.indexOf('/')));
  }

  /** The name of the collection with that key. */
  public static String collectionOf(String key) {
    return key.substring(key.indexOf('/') + 1);
  }

  private Path requireRoot() {
    return root.orElseThrow(
        () ->
            Problem.of(
                    ProblemCode.PERSISTENCE_DISABLED,
                    "the server keeps everything in memory",
                    "start it with ENABLE_PERSISTENCE=true and a STORAGE_PATH")
                .toException());
  }

  /** Reads every byte of a tenant's snapshots and logs. */
  public VerifyReport verify(TenantId tenant) {
    Path store = requireRoot();
    requireCollections(tenant);
    return StoreVerifier.verify(store, keysOf(tenant), CopyProgress.SILENT);
  }

  private void requireCollections(TenantId tenant) {
    boolean any =
        spaces.find(tenant).filter(space -> !space.store().collections().isEmpty()).isPresent();
    if (!any) {
      throw Problem.of(
              ProblemCode.COLLECTION_NOT_FOUND,
              "tenant '%s' has no collection".formatted(tenant),
              "GET /v1/admin/tenants/{tenant} tells what it has")
          .toException();
    }
  }

  /**
   * Backs a tenant up.
   *
   * @return where the backup is; to be closed, and then it is gone
   */
  public ScratchDirectory backup(TenantId tenant) {
    Path store = requireRoot();
    requireCollections(tenant);
    ScratchDirectory scratch = ScratchDirectory.make(store);
    try {
      var report =
          StoreBackup.backup(store, scratch.content(), keysOf(tenant), CopyProgress.SILENT);
      LOG.info("tenant '{}' backed up: {} files, {} bytes", tenant, report.files(), report.bytes());
      return scratch;
    } catch (RuntimeException | Error e) {
      scratch.close();
      throw e;
    }
  }

  /**
   * What was restored.
   *
   * @param collections names of the collections
   * @param vectors entries in them
   */
  public record Restored(List<String> collections, long vectors) {
    /** Copies the list. */
    public Restored {
      collections = List.copyOf(collections);
    }
  }

  /**
   * Restores a backup of one tenant to a tenant that has no collections, which may be another one.
   * Its keys and plan stay as they are. All of it is there at the end, or nothing.
   *
   * @param receiver puts the files of the backup into a directory that is not there yet
   */
  public Restored restore(TenantId tenant, Consumer<Path> receiver) {
    Path store = requireRoot();
    try (ScratchDirectory received = ScratchDirectory.make(store);
        ScratchDirectory opened = ScratchDirectory.make(store)) {
      receiver.accept(received.content());
      unpack(received.content(), opened.content());
      return restoreFrom(opened.content(), tenant);
    }
  }

  /** Checks every digest of a backup, and makes a store of it. */
  private static void unpack(Path backup, Path store) {
    try {
      var report = StoreRestore.restore(backup, store, CopyProgress.SILENT);
      LOG.info("a backup of {} files is being restored", report.files());
    } catch (CorruptSnapshotException e) {
      throw badBackup(
          "%s is damaged at offset %d: %s"
              .formatted(Path.of(e.file()).getFileName(), e.offset(), e.what()));
    } catch (UnsupportedFormatException e) {
      throw badBackup("it was written by a newer server");
    } catch (IllegalArgumentException e) {
      throw badBackup("it is no backup");
    }
  }

  /**
   * The failure of what was sent as a backup and is none.
   *
   * @param detail what is wrong with it
   */
  public static ProblemException badBackup(String detail) {
    return Problem.of(
            ProblemCode.BAD_BACKUP,
            detail,
            "send what GET /v1/admin/snapshots/{tenant} answered, whole; nothing was changed")
        .toException();
  }

  private Restored restoreFrom(Path from, TenantId tenant) {
    try (FileSnapshotStore snapshots = FileSnapshotStore.open(from);
        MemoryGuard.Reservation room = memory.reserve()) {
      TenantId source = ownerOf(snapshots.keys());
      room.grow(COPIES * (newestBytes(from) + logBytes(from)));
      try (DurableVectorStore collections = load(snapshots, source, room)) {
        room.growTo(COPIES * collections.memoryUsed());
        moves.bring(tenant, collections.collections());
        LOG.info("a backup of tenant '{}' is restored to tenant '{}'", source, tenant);
        return restored(collections.collections());
      }
    }
  }

  /** What was guessed of the memory it takes may be wrong: it gets no more than there is. */
  private static DurableVectorStore load(
      FileSnapshotStore snapshots, TenantId source, MemoryGuard.Reservation room) {
    long budget = Math.max(1, room.limit() / COPIES);
    try {
      return DurableVectorStore.open(
          snapshots, source + "/", StoreOptions.defaults().withMemoryBudget(budget));
    } catch (MemoryBudgetException e) {
      LOG.warn("a backup of tenant '{}' is not restored: {}", source, e.getMessage());
      throw room.refused();
    }
  }

  /** Size of what was changed after the snapshots: all of it, if nothing was ever built. */
  private static long logBytes(Path store) {
    try (Stream<Path> files = Files.walk(store)) {
      long bytes = 0;
      for (Path file : files.filter(one -> one.toString().endsWith(LOG_SUFFIX)).toList()) {
        bytes += Files.size(file);
      }
      return bytes;
    } catch (IOException | UncheckedIOException e) {
      throw ScratchDirectory.unusable(e instanceof IOException io ? io : new IOException(e));
    }
  }

  private static long newestBytes(Path store) {
    return StoreListing.list(store, _ -> true).stream()
        .collect(Collectors.toMap(StoredGeneration::key, one -> one, (newer, _) -> newer))
        .values()
        .stream()
        .mapToLong(StoredGeneration::bytes)
        .sum();
  }

  /** The one tenant whose backup it is. */
  private static TenantId ownerOf(List<String> keys) {
    TreeSet<TenantId> owners = new TreeSet<>();
    for (String key : keys) {
      if (!isTenants(key)) {
        throw badBackup("it has collections of no tenant");
      }
      owners.add(tenantOf(key));
    }
    if (owners.size() != 1) {
      throw badBackup("it has collections of %d tenants, expected one".formatted(owners.size()));
    }
    return owners.first();
  }

  private static Restored restored(List<VectorCollection> collections) {
    return new Restored(
        collections.stream().map(VectorCollection::name).toList(),
        collections.stream().mapToLong(VectorCollection::size).sum());
  }
}

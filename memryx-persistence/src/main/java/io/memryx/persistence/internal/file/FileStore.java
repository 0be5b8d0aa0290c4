package io.memryx.persistence.internal.file;

import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.DurabilityOptions;
import io.memryx.persistence.LogForces;
import io.memryx.persistence.SnapshotStore;
import io.memryx.persistence.StorageUnwritableException;
import io.memryx.persistence.StoreCondition;
import io.memryx.persistence.UnsupportedFormatException;
import io.memryx.persistence.internal.disk.DiskFiles;
import io.memryx.persistence.internal.disk.IoThread;
import io.memryx.persistence.internal.disk.IoThread.Grain;
import io.memryx.persistence.internal.disk.Storage;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.persistence.internal.disk.UnopenedException;
import io.memryx.persistence.internal.wal.LogWriter;
import io.memryx.snapshot.Change;
import io.memryx.snapshot.ChangeLog;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.SnapshotAssembler;
import io.memryx.snapshot.SnapshotMeta;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A snapshot store in a directory, one directory below it for each collection. Thread-safe. */
public final class FileStore implements SnapshotStore {
  private static final System.Logger LOG = System.getLogger("io.memryx.persistence");
  private static final int MAX_KEY_CHARACTERS = 256;

  private final Storage storage;
  private final StoreFiles.Lock lock;
  private final LogWriter writer;
  private final StoreHealth health;
  private final StoredCollection.Surroundings surroundings;

  /** By key. Whoever adds or removes one holds the map's monitor. */
  private final ConcurrentSkipListMap<String, StoredCollection> collections =
      new ConcurrentSkipListMap<>();

  /** The directories of these. */
  private final Set<Path> directories = ConcurrentHashMap.newKeySet();

  /** Shared by everything that uses the store, exclusive for closing it. Guards {@code closed}. */
  private final ReadWriteLock use = new ReentrantReadWriteLock();

  private boolean closed;

  private FileStore(Storage storage, StoreFiles.Lock lock, DurabilityOptions durability) {
    this.storage = storage;
    this.lock = lock;
    this.writer = new LogWriter(storage, durability);
    this.health = new StoreHealth(storage);
    this.surroundings = new StoredCollection.Surroundings(storage, writer, health);
  }

  /** Opens a directory as a store, and makes it if it is not there. */
  public static FileStore open(Path directory, DurabilityOptions durability) {
    return open(new DiskFiles(), directory, UUID::randomUUID, durability);
  }

  static FileStore open(StoreFiles files, Path directory, Supplier<UUID> uuids) {
    return open(files, directory, uuids, DurabilityOptions.fsync());
  }

  static FileStore open(
      StoreFiles files, Path directory, Supplier<UUID> uuids, DurabilityOptions durability) {
    return IoThread.run(
        "open",
        () -> {
          try {
            return opened(files, directory, uuids, durability);
          } catch (IOException e) {
            throw Storage.unwritable(directory, e);
          }
        });
  }

  private static FileStore opened(
      StoreFiles files, Path directory, Supplier<UUID> uuids, DurabilityOptions durability)
      throws IOException {
    if (!files.isFile(directory.resolve(StoreNames.LOCK))) {
      makeWayDurable(files, directory);
    }
    files.createDirectories(directory);
    refuseCopies(files, directory);
    if (!files.isFile(directory.resolve(StoreNames.LOCK))) {
      refuseLookAlikes(files, directory);
    }
    StoreFiles.Lock lock = files.lock(directory);
    try {
      refuseCopies(files, directory); // One may have begun, or ended, before the lock was there.
      var store = new FileStore(new Storage(files, directory, lock, uuids), lock, durability);
      store.findCollections();
      if (store.collections.isEmpty()) {
        refuseLookAlikes(files, directory);
      }
      return store;
    } catch (IOException | RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  private static void refuseCopies(StoreFiles files, Path directory) {
    if (files.isFile(directory.resolve(BackupList.FILE))) {
      throw new UnsupportedFormatException(
          directory.toString(),
          "it is a backup, which stays as it is: restore it into an empty directory");
    }
    if (Staging.isUnfinished(files, directory)) {
      throw new UnsupportedFormatException(
          directory.toString(),
          "it holds what a backup or restore left that was cut off: delete what is in it");
    }
  }

  /**
   * Of the directories on the way to a store that never opened, the last that is there may have
   * been made by a start that was cut off: those above it were durable before it was made.
   */
  private static void makeWayDurable(StoreFiles files, Path directory) throws IOException {
    Path last = directory.toAbsolutePath().normalize();
    while (!files.isDirectory(last) && last.getParent() != null) {
      last = last.getParent();
    }
    Path above = last.getParent();
    if (above == null) {
      return;
    }
    try {
      files.syncDirectory(above);
    } catch (UnopenedException e) {
      if (!(e.getCause() instanceof AccessDeniedException)) {
        throw e;
      }
      // Not made by this user, most likely: who makes a directory mostly may read the one above.
      LOG.log(
          Level.WARNING,
          "{0} can''t be opened by this user: if {1} was made just now, sync the file system",
          above,
          last);
    }
  }

  /** Data that lies there and would not be served must not be met with an empty store. */
  private static void refuseLookAlikes(StoreFiles files, Path directory) throws IOException {
    for (Path entry : files.list(directory)) {
      if (StoreNames.looksLikeOurs(entry) && files.isFile(entry)) {
        String what =
            StoreNames.fileName(entry).endsWith(".pkl")
                ? "it is a Python pickle, which only the Python server can load: move it away and"
                    + " add the vectors again"
                : "a snapshot or manifest lies where the directories of collections should be:"
                    + " restore it into an empty directory, or give the directory above as the"
                    + " store";
        throw new UnsupportedFormatException(entry.toString(), what);
      }
    }
  }

  private void findCollections() throws IOException {
    List<Path> entries = storage.files().list(storage.root());
    var opened = new @Nullable StoredCollection[entries.size()];
    IoThread.runAll(
        "open",
        Grain.SMALL,
        opened.length,
        number -> opened[number] = openCollection(entries.get(number)));
    for (StoredCollection each : opened) {
      StoredCollection other = each == null ? null : collections.putIfAbsent(each.key(), each);
      if (each != null && other != null) {
        throw new CorruptSnapshotException(
            each.path().toString(),
            0,
            "it claims to be collection '%s', as %s does: move one of them away"
                .formatted(each.key(), other.path()),
            null);
      }
      if (each != null) {
        directories.add(each.path());
      }
    }
  }

  /** The collection in what lies in the store's directory, if it is a directory and has one. */
  private @Nullable StoredCollection openCollection(Path directory) throws IOException {
    if (!storage.files().isDirectory(directory)) {
      return null;
    }
    try {
      StoredCollection collection = StoredCollection.open(surroundings, directory);
      // Nothing is left of a collection whose removal was ended just now.
      if (collection == null
          && new DirectoryListing(storage.files(), directory)
              .list().stream().anyMatch(StoreNames::isSnapshot)) {
        LOG.log(
            Level.WARNING,
            "{0} has a snapshot that was never committed: a first save was cut off",
            directory);
      }
      return collection;
    } catch (AccessDeniedException e) {
      if (StoreNames.isCollectionDirectory(directory)) {
        throw e;
      }
      // Such as lost+found on a volume.
      return null;
    }
  }

  @Override
  public List<String> keys() {
    return keys("");
  }

  @Override
  public List<String> keys(String prefix) {
    return used(() -> collections.tailMap(prefix).values().stream())
        .takeWhile(collection -> collection.key().startsWith(prefix))
        .filter(StoredCollection::isCommitted)
        .map(StoredCollection::key)
        .toList();
  }

  @Override
  public SavedSnapshot save(String key, Snapshot snapshot) {
    requireKey(key);
    return used(
        () -> {
          Optional<SavedSnapshot> saved;
          do {
            saved = save(collection(key), snapshot);
          } while (saved.isEmpty());
          return saved.get();
        });
  }

  /** Empty if the collection was removed before its turn came. */
  private Optional<SavedSnapshot> save(StoredCollection collection, Snapshot snapshot) {
    synchronized (collection) {
      if (!collection.equals(collections.get(collection.key()))) {
        return Optional.empty();
      }
      if (collection.isRemoved()) {
        requireNothingLeft(collection);
        return Optional.empty();
      }
      try {
        return Optional.of(collection.save(snapshot));
      } catch (IOException e) {
        long estimate = SnapshotWriter.estimateBytes(snapshot);
        throw storage.unwritable(collection.path(), estimate + estimate / 5, e);
      }
    }
  }

  /**
   * A collection begins in an empty directory, so that nothing of one before it is taken for its.
   */
  private void requireNothingLeft(StoredCollection removed) {
    if (!removed.removeRest()) {
      throw new StorageUnwritableException(
          "what the dropped collection '%s' left in %s can't be removed: check the volume, or open the store again"
              .formatted(removed.key(), removed.path()),
          null);
    }
    forget(removed);
  }

  @Override
  public Optional<LoadedSnapshot> load(
      String key, Function<SnapshotMeta, SnapshotAssembler> assemblers) {
    requireKey(key);
    return used(
        () -> {
          StoredCollection collection = collections.get(key);
          if (collection == null) {
            return Optional.empty();
          }
          try {
            return collection.load(assemblers);
          } catch (IOException e) {
            throw Storage.unwritable(collection.path(), e);
          }
        });
  }

  @Override
  public ChangeLog log(String key) {
    requireKey(key);
    return new LogOfKey(key);
  }

  /**
   * The log of the collection that a key has when it is first used: whoever makes a collection asks
   * for its log before its first snapshot is saved. From then on it is that collection's, also when
   * it is dropped and another one takes the key.
   */
  private final class LogOfKey implements ChangeLog {
    private final String key;
    private volatile @Nullable StoredCollection collection;

    LogOfKey(String key) {
      this.key = key;
      this.collection = committed();
    }

    private @Nullable StoredCollection committed() {
      StoredCollection found = collections.get(key);
      return found != null && found.isCommitted() ? found : null;
    }

    private ChangeLog changes() {
      StoredCollection found = collection;
      if (found == null) {
        found = committed();
        collection = found;
      }
      if (found == null) {
        throw new IllegalStateException(
            "there is no '%s': its first snapshot comes before its changes".formatted(key));
      }
      return found.changes();
    }

    @Override
    public long append(Change change) {
      return changes().append(change);
    }

    @Override
    public void rotate() {
      changes().rotate();
    }

    @Override
    public long bytes() {
      StoredCollection found = collection;
      return found == null ? 0 : found.changes().bytes();
    }
  }

  @Override
  public boolean delete(String key) {
    requireKey(key);
    return used(
        () -> {
          StoredCollection collection = collections.get(key);
          return collection != null && delete(collection);
        });
  }

  private boolean delete(StoredCollection collection) {
    synchronized (collection) {
      try {
        if (!collection.remove()) {
          return false;
        }
      } catch (IOException e) {
        throw storage.unwritable(collection.path(), Manifest.MAX_BYTES, e);
      }
      if (collection.removeRest()) {
        forget(collection);
      }
      return true;
    }
  }

  /** A collection with nothing on the disk; if there is something, it has to go first. */
  private void forget(StoredCollection collection) {
    synchronized (collections) {
      collections.remove(collection.key());
      directories.remove(collection.path());
    }
  }

  /** The collection of a key, made if it is not there. */
  private StoredCollection collection(String key) {
    synchronized (collections) {
      StoredCollection collection = collections.get(key);
      if (collection == null) {
        Path directory = freeDirectory(key);
        collection = StoredCollection.create(surroundings, directory, key);
        directories.add(directory);
        collections.put(key, collection);
      }
      return collection;
    }
  }

  private Path freeDirectory(String key) {
    for (int attempt = 0; ; attempt++) {
      Path directory = storage.root().resolve(StoreNames.directory(key, attempt));
      if (!directories.contains(directory) && !storage.files().isFile(directory)) {
        return directory;
      }
    }
  }

  @Override
  public void force() {
    use.readLock().lock();
    try {
      requireOpen();
      writer.force();
    } finally {
      use.readLock().unlock();
    }
  }

  /** {@inheritDoc} Also of a store that is closed. */
  @Override
  public LogForces logForces() {
    return writer.forces();
  }

  @Override
  public StoreCondition condition() {
    return used(health::condition);
  }

  /** Refuses what could not be told apart from another key when it is read back. */
  public static void requireKey(String key) {
    boolean sound =
        !key.isEmpty()
            && key.length() <= MAX_KEY_CHARACTERS
            && StandardCharsets.UTF_8.newEncoder().canEncode(key);
    if (!sound) {
      throw new IllegalArgumentException(
          "a key of %d characters, expected 1 to %d of well-formed Unicode"
              .formatted(key.length(), MAX_KEY_CHARACTERS));
    }
  }

  private <T> T used(Callable<T> task) {
    use.readLock().lock();
    try {
      requireOpen();
      return IoThread.run("snapshots", task);
    } finally {
      use.readLock().unlock();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the store in %s is closed".formatted(storage.root()));
    }
  }

  /** Waits for what is under way, makes what was logged durable, then gives the lock back. */
  @Override
  public void close() {
    use.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        try {
          writer.close();
        } finally {
          lock.close();
        }
      }
    } catch (IOException e) {
      throw Storage.unwritable(storage.root(), e);
    } finally {
      use.writeLock().unlock();
    }
  }
}

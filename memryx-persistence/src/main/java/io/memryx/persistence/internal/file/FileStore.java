package io.memryx.persistence.internal.file;

import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.SnapshotStore;
import io.memryx.persistence.UnsupportedFormatException;
import io.memryx.persistence.internal.disk.DiskFiles;
import io.memryx.persistence.internal.disk.IoThread;
import io.memryx.persistence.internal.disk.Storage;
import io.memryx.persistence.internal.disk.StoreFiles;
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
import java.util.UUID;
import java.util.concurrent.Callable;
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

  /** By key. Whoever works on a chain holds its monitor; whoever adds one holds the map's. */
  private final ConcurrentSkipListMap<String, GenerationChain> chains =
      new ConcurrentSkipListMap<>();

  /** Shared by everything that uses the store, exclusive for closing it. Guards {@code closed}. */
  private final ReadWriteLock use = new ReentrantReadWriteLock();

  private boolean closed;

  private FileStore(Storage storage, StoreFiles.Lock lock) {
    this.storage = storage;
    this.lock = lock;
  }

  /** Opens a directory as a store, and makes it if it is not there. */
  public static FileStore open(Path directory) {
    return open(new DiskFiles(), directory, UUID::randomUUID);
  }

  static FileStore open(StoreFiles files, Path directory, Supplier<UUID> uuids) {
    return IoThread.run(
        "open",
        () -> {
          try {
            return opened(files, directory, uuids);
          } catch (IOException e) {
            throw Storage.unwritable(directory, e);
          }
        });
  }

  private static FileStore opened(StoreFiles files, Path directory, Supplier<UUID> uuids)
      throws IOException {
    files.createDirectories(directory);
    if (!files.isFile(directory.resolve(StoreNames.LOCK))) {
      refuseLookAlikes(files, directory);
    }
    StoreFiles.Lock lock = files.lock(directory);
    try {
      var store = new FileStore(new Storage(files, directory, lock, uuids), lock);
      store.findChains();
      if (store.chains.isEmpty()) {
        refuseLookAlikes(files, directory);
      }
      return store;
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
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

  private void findChains() throws IOException {
    List<Path> entries = storage.files().list(storage.root());
    var opened = new @Nullable GenerationChain[entries.size()];
    IoThread.runAll(
        "open", opened.length, number -> opened[number] = openChain(entries.get(number)));
    for (GenerationChain chain : opened) {
      GenerationChain other = chain == null ? null : chains.putIfAbsent(chain.key(), chain);
      if (chain != null && other != null) {
        throw new CorruptSnapshotException(
            chain.directory().toString(),
            0,
            "it claims to be collection '%s', as %s does: move one of them away"
                .formatted(chain.key(), other.directory()),
            null);
      }
    }
  }

  /** The chain in what lies in the store's directory, if it is a directory and has one. */
  private @Nullable GenerationChain openChain(Path directory) throws IOException {
    if (!storage.files().isDirectory(directory)) {
      return null;
    }
    try {
      GenerationChain chain = GenerationChain.open(storage, directory);
      // Nothing is left of a collection whose removal was ended just now.
      if (chain == null
          && storage.files().isDirectory(directory)
          && storage.files().list(directory).stream().anyMatch(StoreNames::isSnapshot)) {
        LOG.log(
            Level.WARNING,
            "{0} has a snapshot that was never committed: a first save was cut off",
            directory);
      }
      return chain;
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
    return used(() -> chains.values().stream())
        .filter(GenerationChain::isCommitted)
        .map(GenerationChain::key)
        .toList();
  }

  @Override
  public SavedSnapshot save(String key, Snapshot snapshot) {
    requireKey(key);
    return used(
        () -> {
          Optional<SavedSnapshot> saved;
          do {
            saved = save(chain(key), snapshot);
          } while (saved.isEmpty());
          return saved.get();
        });
  }

  /** Empty if the chain was removed before its turn came. */
  private Optional<SavedSnapshot> save(GenerationChain chain, Snapshot snapshot) {
    synchronized (chain) {
      if (!chain.equals(chains.get(chain.key()))) {
        return Optional.empty();
      }
      try {
        return Optional.of(chain.save(snapshot));
      } catch (IOException e) {
        long estimate = SnapshotWriter.estimateBytes(snapshot);
        throw storage.unwritable(chain.directory(), estimate + estimate / 5, e);
      }
    }
  }

  @Override
  public Optional<LoadedSnapshot> load(
      String key, Function<SnapshotMeta, SnapshotAssembler> assemblers) {
    requireKey(key);
    return used(
        () -> {
          GenerationChain chain = chains.get(key);
          if (chain == null) {
            return Optional.empty();
          }
          synchronized (chain) {
            try {
              return chain.load(assemblers);
            } catch (IOException e) {
              throw Storage.unwritable(chain.directory(), e);
            }
          }
        });
  }

  @Override
  public ChangeLog log(String key) {
    requireKey(key);
    return ChangeLog.NONE;
  }

  @Override
  public boolean delete(String key) {
    requireKey(key);
    return used(
        () -> {
          GenerationChain chain = chains.get(key);
          return chain != null && delete(chain);
        });
  }

  private boolean delete(GenerationChain chain) {
    synchronized (chain) {
      if (!chain.isCommitted()) {
        return false;
      }
      try {
        if (chain.remove()) {
          forget(chain);
        }
        return true;
      } catch (IOException e) {
        throw Storage.unwritable(chain.directory(), e);
      }
    }
  }

  /** A chain with nothing on the disk; if there is something, its numbers go on. */
  private void forget(GenerationChain chain) {
    synchronized (chains) {
      chains.remove(chain.key());
    }
  }

  /** The chain of a key, made if it is not there. */
  private GenerationChain chain(String key) {
    synchronized (chains) {
      GenerationChain chain = chains.get(key);
      if (chain == null) {
        chain = GenerationChain.create(storage, freeDirectory(key), key);
        chains.put(key, chain);
      }
      return chain;
    }
  }

  private Path freeDirectory(String key) {
    for (int attempt = 0; ; attempt++) {
      Path directory = storage.root().resolve(StoreNames.directory(key, attempt));
      boolean taken =
          storage.files().isFile(directory)
              || chains.values().stream().anyMatch(chain -> chain.directory().equals(directory));
      if (!taken) {
        return directory;
      }
    }
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
      if (closed) {
        throw new IllegalStateException("the store in %s is closed".formatted(storage.root()));
      }
      return IoThread.run("snapshots", task);
    } finally {
      use.readLock().unlock();
    }
  }

  /** Waits for what is under way, then gives the lock back. */
  @Override
  public void close() {
    use.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        lock.close();
      }
    } catch (IOException e) {
      throw Storage.unwritable(storage.root(), e);
    } finally {
      use.writeLock().unlock();
    }
  }
}

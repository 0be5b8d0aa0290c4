package io.memryx.persistence.internal.file;

import io.memryx.VectorCollection;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.SnapshotStore.Coverage;
import io.memryx.persistence.SnapshotStore.LoadedSnapshot;
import io.memryx.persistence.SnapshotStore.SavedSnapshot;
import io.memryx.persistence.StorageFullException;
import io.memryx.persistence.internal.disk.IoThread;
import io.memryx.persistence.internal.disk.Storage;
import io.memryx.persistence.internal.file.GenerationChain.Loaded;
import io.memryx.persistence.internal.file.GenerationChain.Saved;
import io.memryx.persistence.internal.file.Manifest.LogSpan;
import io.memryx.persistence.internal.wal.CollectionLog;
import io.memryx.persistence.internal.wal.LogWriter;
import io.memryx.persistence.internal.wal.Position;
import io.memryx.persistence.internal.wal.Replayed;
import io.memryx.snapshot.Change;
import io.memryx.snapshot.ChangeLog;
import io.memryx.snapshot.MalformedSnapshotException;
import io.memryx.snapshot.SectionType;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.SnapshotAssembler;
import io.memryx.snapshot.SnapshotMeta;
import io.memryx.snapshot.StoredVectors;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One collection of an open store: its generations, and the log of what changed after them. Its
 * monitor is held by whoever loads, saves or removes it, so that these take turns; changes are
 * logged meanwhile.
 */
final class StoredCollection {
  private static final System.Logger LOG = System.getLogger("io.memryx.persistence");

  private final Storage storage;
  private final LogWriter writer;
  private final StoreHealth health;
  private final CollectionDirectory directory;
  private final GenerationChain chain;
  private final ChangeLog changes = new Changes();

  /** Guards the opening of the log. */
  private final Object opening = new Object();

  /** Opened when it is needed: most collections of a large store are only read. */
  private volatile @Nullable CollectionLog log;

  private volatile boolean dropped;

  /**
   * What every collection of a store shares.
   *
   * @param storage where they are
   * @param writer who logs their changes
   * @param health whom they tell what is wrong
   */
  record Surroundings(Storage storage, LogWriter writer, StoreHealth health) {
    GenerationChain.Writer identity() {
      return new GenerationChain.Writer(storage.writer(), storage::newUuid);
    }
  }

  private StoredCollection(
      Surroundings surroundings, CollectionDirectory directory, GenerationChain chain) {
    this.storage = surroundings.storage();
    this.writer = surroundings.writer();
    this.health = surroundings.health();
    this.directory = directory;
    this.chain = chain;
  }

  /** One that has no generation yet. */
  static StoredCollection create(Surroundings surroundings, Path path, String key) {
    var directory = new CollectionDirectory(surroundings.storage(), path);
    var chain = new GenerationChain(directory, surroundings.identity(), key);
    return new StoredCollection(surroundings, directory, chain);
  }

  /**
   * The collection in a directory, or null if nothing is committed there. Ends a removal that was
   * cut off.
   *
   * @throws io.memryx.persistence.CorruptSnapshotException if something was, and it can't be told
   *     of which collection
   */
  static @Nullable StoredCollection open(Surroundings surroundings, Path path) throws IOException {
    var directory = new CollectionDirectory(surroundings.storage(), path);
    GenerationChain chain = GenerationChain.open(directory, surroundings.identity());
    if (chain == null) {
      return null;
    }
    var collection = new StoredCollection(surroundings, directory, chain);
    return chain.isRemoved() && collection.removeRest() ? null : collection;
  }

  String key() {
    return chain.key();
  }

  Path path() {
    return directory.path();
  }

  /** Whether there is, or was, a generation. */
  boolean isCommitted() {
    return chain.isCommitted();
  }

  /** Where its changes are logged. */
  ChangeLog changes() {
    return changes;
  }

  // ---- loading

  /** Reads the newest sound generation, and makes the changes again that were logged after it. */
  synchronized Optional<LoadedSnapshot> load(Function<SnapshotMeta, SnapshotAssembler> assemblers)
      throws IOException {
    var assembly = new Assembly(assemblers);
    Optional<Loaded> found = chain.load(assembly);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Loaded loaded = found.get();
    Replayed replayed = replay(loaded, assembly.newest());
    List<String> passedOver = loaded.damages().stream().map(Exception::getMessage).toList();
    if (passedOver.isEmpty()) {
      health.recovered(key());
    } else {
      health.degraded(key(), passedOver.getFirst());
    }
    String file = passedOver.isEmpty() ? StoreNames.LATEST : loaded.manifest().image().file();
    return Optional.of(
        new LoadedSnapshot(
            loaded.collection(),
            directory.location(file),
            loaded.manifest().number(),
            passedOver,
            coverage(loaded),
            replayed.changes()));
  }

  /** What a newer generation held that came from no log can't be replayed. */
  private static Coverage coverage(Loaded loaded) {
    return loaded.damages().isEmpty() || loaded.manifest().log().floor() > 0
        ? Coverage.COMPLETE
        : Coverage.UNKNOWN;
  }

  private Replayed replay(Loaded loaded, SnapshotAssembler assembler) throws IOException {
    Manifest manifest = loaded.manifest();
    var from =
        new Position(
            manifest.log().first(), manifest.image().lastSequence(), loaded.newestSegment());
    if (!chain.hasLog()) {
      return new Replayed(0, from.afterSequence(), 0);
    }
    CollectionLog opened = openLog();
    Replayed replayed = opened.replay(from, assembler);
    synchronized (opening) {
      log = log == null ? opened : log;
    }
    return replayed;
  }

  private CollectionLog openLog() throws IOException {
    return CollectionLog.open(writer, directory.path(), chain.id(), chain::claim);
  }

  /** Gives assemblers, and knows which was the last: the one of the generation that serves. */
  private static final class Assembly implements Function<SnapshotMeta, SnapshotAssembler> {
    private final Function<SnapshotMeta, SnapshotAssembler> assemblers;
    private @Nullable SnapshotAssembler newest;

    Assembly(Function<SnapshotMeta, SnapshotAssembler> assemblers) {
      this.assemblers = assemblers;
    }

    @Override
    public SnapshotAssembler apply(SnapshotMeta meta) {
      SnapshotAssembler assembler = assemblers.apply(meta);
      newest = assembler;
      return assembler;
    }

    SnapshotAssembler newest() {
      SnapshotAssembler assembler = newest;
      if (assembler == null) {
        throw new IllegalStateException("nothing was assembled");
      }
      return assembler;
    }
  }

  // ---- saving

  /** Commits a snapshot, and lets go of what no generation needs any more. */
  synchronized SavedSnapshot save(Snapshot snapshot) throws IOException {
    Saved saved = chain.save(snapshot, logSpan(snapshot.meta().lastSequence()));
    CollectionLog opened = log;
    if (opened != null) {
      opened.snapshotHolds(snapshot.meta().lastSequence());
      dropSegments(opened, saved.logFloor());
    }
    health.recovered(key());
    return new SavedSnapshot(
        directory.location(StoreNames.LATEST),
        saved.manifest().number(),
        saved.manifest().image().bytes(),
        saved.originals());
  }

  /** The part of the log that holds what comes after a change. */
  private LogSpan logSpan(long sequence) {
    CollectionLog opened = log;
    if (opened == null) {
      requireNoLog();
      return new LogSpan(1, 0);
    }
    return new LogSpan(opened.floorAfter(sequence), opened.newestSegment());
  }

  /** Nobody may go on with a log without knowing what is in it. */
  private void requireNoLog() {
    if (chain.hasLog()) {
      throw new IllegalStateException(
          "changes of '%s' are logged: load it before it is saved or changed".formatted(key()));
    }
  }

  private void dropSegments(CollectionLog opened, OptionalLong floor) {
    try {
      if (floor.isPresent()) {
        opened.deleteBefore(floor.getAsLong());
      }
    } catch (IOException | PersistenceException e) {
      LOG.log(Level.WARNING, "old segments of ''{0}'' stay: {1}", key(), e.toString());
    }
  }

  // ---- logging

  /** The log, begun if this is the first change of all. */
  private CollectionLog logForChanges() {
    CollectionLog opened = log;
    return opened != null ? opened : IoThread.run("log", this::beginLog);
  }

  private void requireThere() {
    if (dropped) {
      throw new IllegalStateException("'%s' was dropped".formatted(key()));
    }
  }

  private CollectionLog beginLog() {
    synchronized (opening) {
      requireThere(); // A drop ends the log that it finds: none is begun after it.
      CollectionLog opened = log;
      if (opened == null) {
        requireNoLog();
        try {
          opened = openLog();
          // Nothing is there to be replayed: this tells the log which change comes first.
          opened.replay(chain.position(), Unexpected.CHANGES);
        } catch (IOException e) {
          throw storage.unwritable(directory.path(), 0, e);
        }
        log = opened;
      }
      return opened;
    }
  }

  /** The changes of this collection, as its owner logs them. */
  private final class Changes implements ChangeLog {
    @Override
    public long append(Change change) {
      requireThere();
      try {
        long sequence = logForChanges().append(change);
        health.roomy();
        return sequence;
      } catch (StorageFullException e) {
        health.full(e);
        throw e;
      }
    }

    @Override
    public void rotate() {
      requireThere();
      CollectionLog opened = log;
      if (opened != null) {
        opened.rotate();
      }
    }

    @Override
    public long bytes() {
      CollectionLog opened = log;
      return opened == null ? 0 : opened.bytes();
    }
  }

  // ---- removing

  boolean isRemoved() {
    return chain.isRemoved();
  }

  /**
   * Commits that there are no generations any more.
   *
   * @return whether there was one
   */
  synchronized boolean remove() throws IOException {
    if (!chain.isCommitted()) {
      return false;
    }
    try {
      chain.remove();
    } catch (InDoubtException e) {
      goOn();
      throw e;
    }
    dropped = true;
    synchronized (opening) {
      CollectionLog opened = log;
      if (opened != null) {
        opened.end();
      }
    }
    health.recovered(key());
    return true;
  }

  /** A removal that turns up again must not take the changes with it that are made from now on. */
  private void goOn() {
    try {
      chain.assertIt();
    } catch (IOException e) {
      PersistenceException failure = storage.failed(directory.path(), e);
      LOG.log(Level.ERROR, "nothing is written any more: {0}", failure.getMessage());
    }
  }

  /**
   * Removes everything that a removal left, and the directory with it.
   *
   * @return whether nothing is left, durably; what is left does not count
   */
  synchronized boolean removeRest() {
    try {
      chain.removeRest();
      directory.remove();
      return true;
    } catch (IOException | PersistenceException e) {
      LOG.log(
          Level.WARNING,
          "left-overs of dropped collection ''{0}'' stay in {1} for now: {2}",
          key(),
          directory.path(),
          e.toString());
      return false;
    }
  }

  /** Stands for a collection that nothing is replayed into. */
  private enum Unexpected implements SnapshotAssembler {
    CHANGES;

    @Override
    public List<MemorySegment> allocate(SectionType type, long byteLength) {
      throw refusal();
    }

    @Override
    public void originals(StoredVectors vectors) {
      throw refusal();
    }

    @Override
    public VectorCollection finish() {
      throw refusal();
    }

    @Override
    public void replay(long sequence, Change change) {
      throw refusal();
    }

    private static MalformedSnapshotException refusal() {
      return new MalformedSnapshotException(
          "a log that nobody expected: load the collection before it is changed");
    }
  }
}

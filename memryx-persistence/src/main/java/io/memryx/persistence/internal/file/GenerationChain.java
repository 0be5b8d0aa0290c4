package io.memryx.persistence.internal.file;

import io.memryx.VectorCollection;
import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.UnsupportedFormatException;
import io.memryx.persistence.internal.file.Manifest.Image;
import io.memryx.persistence.internal.file.Manifest.LogSpan;
import io.memryx.persistence.internal.wal.Position;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.SnapshotAssembler;
import io.memryx.snapshot.SnapshotMeta;
import io.memryx.snapshot.StoredVectors;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The committed generations of one collection: snapshots, and numbered manifests that make them
 * count. Loads, saves and removals take turns, which is the caller's part; {@link #claim} may come
 * at any time.
 */
final class GenerationChain {
  private static final System.Logger LOG = System.getLogger("io.memryx.persistence");

  /** The newest, and a sound one to fall back to. */
  private static final int KEPT_SNAPSHOTS = 2;

  private final ObjectStore objects;
  private final Writer writer;
  private final String key;

  /** The chain of generations, the same in all of them. */
  private final UUID id;

  private final Leftovers leftovers;

  /**
   * Held while a manifest is committed or objects are removed, never while a snapshot is read or
   * written. Guards what follows.
   */
  private final ReentrantLock committing = new ReentrantLock();

  /**
   * The highest number that this writer knows of. Never raised by what is found later: if there is
   * a higher one, another writer made it.
   */
  private long newestNumber;

  /** The newest manifest that could be read. */
  private @Nullable Manifest newest;

  /** The manifest whose snapshot was loaded or saved last. */
  private @Nullable Manifest serving;

  /** Whether there is, or was, a generation. */
  private boolean committed;

  /** Whether an older generation serves in place of a damaged one. */
  private boolean fallenBack;

  /** Whether there were segments of the log at the opening. */
  private boolean foundLog;

  /** Whether interrupted saves seem to have left something. */
  private boolean untidy;

  /**
   * Who commits.
   *
   * @param id of this opening of the store
   * @param uuids a fresh one each time
   */
  record Writer(UUID id, Supplier<UUID> uuids) {}

  /** The chain of a key that has no generation yet. */
  GenerationChain(ObjectStore objects, Writer writer, String key) {
    this(objects, writer, key, writer.uuids().get());
  }

  private GenerationChain(ObjectStore objects, Writer writer, String key, UUID id) {
    this.objects = objects;
    this.writer = writer;
    this.key = key;
    this.id = id;
    this.leftovers = new Leftovers(objects);
  }

  /**
   * The chain in a store's objects, or null if nothing is committed there.
   *
   * @throws CorruptSnapshotException if something was, and it can't be told of which collection
   */
  static @Nullable GenerationChain open(ObjectStore objects, Writer writer) throws IOException {
    List<String> names = objects.list();
    NavigableSet<Long> numbers = Generations.numbers(names);
    if (numbers.isEmpty() && names.stream().noneMatch(Generations::provesCommit)) {
      return null;
    }
    Manifest newest = null;
    CorruptSnapshotException damage = null;
    for (long number : numbers.descendingSet()) {
      try {
        newest = Generations.readManifest(objects, number);
        break;
      } catch (CorruptSnapshotException e) {
        damage = damage == null ? e : damage;
      }
    }
    String key = newest != null ? newest.key() : Generations.keyOfSnapshots(objects, names);
    if (key == null) {
      throw keyLost(objects, damage);
    }
    UUID id = newest != null ? newest.chain() : writer.uuids().get();
    var chain = new GenerationChain(objects, writer, key, id);
    chain.newest = newest;
    chain.newestNumber = numbers.isEmpty() ? 0 : numbers.last();
    chain.committed = !chain.removed();
    chain.foundLog = names.stream().anyMatch(StoreNames::isSegment);
    chain.untidy = seemsUntidy(objects, names, newest);
    return chain;
  }

  /**
   * Whether interrupted saves seem to have left something: temporary files, or more snapshots than
   * the two that are kept, or two though all manifests name one. Reads no more than one manifest,
   * for a store may have many collections; who tidies up reads them all.
   */
  private static boolean seemsUntidy(
      ReadableObjects objects, List<String> names, @Nullable Manifest newest) {
    long snapshots = names.stream().filter(StoreNames::isSnapshot).count();
    return names.stream().anyMatch(StoreNames::isTemporary)
        || snapshots > KEPT_SNAPSHOTS
        || (snapshots > 1 && newest != null && isNamedByOldest(objects, names, newest));
  }

  private static boolean isNamedByOldest(
      ReadableObjects objects, List<String> names, Manifest newest) {
    try {
      return Generations.readManifest(objects, Generations.numbers(names).first())
          .namesSameSnapshot(newest);
    } catch (IOException | CorruptSnapshotException | UnsupportedFormatException e) {
      return false; // Nothing is tidied up beside what can't be read.
    }
  }

  private static CorruptSnapshotException keyLost(
      ReadableObjects objects, @Nullable CorruptSnapshotException damage) {
    return new CorruptSnapshotException(
        damage == null ? objects.location(StoreNames.LATEST) : damage.file(),
        damage == null ? 0 : damage.offset(),
        (damage == null ? "its manifest is missing" : damage.what())
            + ", and no file beside it tells which collection it is of: restore a backup, or"
            + " move the directory away to start empty",
        damage);
  }

  String key() {
    return key;
  }

  UUID id() {
    return id;
  }

  /** Whether there is, or was, a generation. */
  boolean isCommitted() {
    return locked(() -> committed);
  }

  /** Whether the newest commit is the removal of all generations. */
  boolean isRemoved() {
    return locked(this::removed);
  }

  private boolean removed() {
    return newest != null && newest.isRemoval() && newest.number() == newestNumber;
  }

  /** Whether there are segments of the log, or have to be. */
  boolean hasLog() {
    return locked(() -> foundLog || (newest != null && newest.log().newest() > 0));
  }

  /** Where the changes after the generation that serves begin in the log. */
  Position position() {
    return locked(
        () -> {
          if (serving == null) {
            throw new IllegalStateException(
                "'%s' was not loaded: load it before it is changed".formatted(key));
          }
          return new Position(
              serving.log().first(), serving.image().lastSequence(), serving.log().newest());
        });
  }

  private <T> T locked(Supplier<T> task) {
    committing.lock();
    try {
      return task.get();
    } finally {
      committing.unlock();
    }
  }

  // ---- loading

  /**
   * A generation that was read.
   *
   * @param manifest its commit
   * @param collection what its assembler made of it
   * @param damages why newer ones were passed over
   * @param newestSegment newest segment of the log that any manifest names
   */
  record Loaded(
      Manifest manifest,
      VectorCollection collection,
      List<CorruptSnapshotException> damages,
      long newestSegment) {}

  /** Reads the newest sound generation. */
  Optional<Loaded> load(Function<SnapshotMeta, SnapshotAssembler> assemblers) throws IOException {
    Manifest known =
        locked(() -> newest != null && newest.number() == newestNumber ? newest : null);
    if (known == null) {
      return search(assemblers, Long.MAX_VALUE, new ArrayList<>());
    }
    if (known.isRemoval()) {
      return Optional.empty();
    }
    try {
      VectorCollection collection = readSnapshot(known, assemblers);
      serve(known, List.of());
      return Optional.of(new Loaded(known, collection, List.of(), known.log().newest()));
    } catch (CorruptSnapshotException e) {
      return search(assemblers, known.number(), new ArrayList<>(List.of(e)));
    }
  }

  /** Reads the newest sound generation below a number, whose snapshot is damaged. */
  private Optional<Loaded> search(
      Function<SnapshotMeta, SnapshotAssembler> assemblers,
      long below,
      List<CorruptSnapshotException> damages)
      throws IOException {
    List<String> names = objects.list();
    Set<UUID> damaged = new HashSet<>();
    long newestSegment = 0;
    for (long number : Generations.numbers(names).descendingSet()) {
      try {
        Manifest manifest = Generations.readManifest(objects, number);
        newestSegment = Math.max(newestSegment, manifest.log().newest());
        if (manifest.isRemoval()) {
          break;
        }
        // The writers that took over named it, too.
        if (damaged.add(manifest.image().uuid()) && number < below) {
          VectorCollection collection = readSnapshot(manifest, assemblers);
          serve(manifest, damages);
          return Optional.of(new Loaded(manifest, collection, damages, newestSegment));
        }
      } catch (CorruptSnapshotException e) {
        damages.add(e);
      }
    }
    if (damages.isEmpty() && names.stream().noneMatch(Generations::provesCommit)) {
      return Optional.empty();
    }
    throw noneSound(damages);
  }

  private CorruptSnapshotException noneSound(List<CorruptSnapshotException> damages) {
    String remedy =
        "; no sound generation of '%s' is left: 'memryx repair' says what can be done; or restore a"
            + " backup, or move the directory that it is in away, to start without it";
    String latest = objects.location(StoreNames.LATEST);
    if (damages.isEmpty()) {
      return new CorruptSnapshotException(
          latest, 0, "its manifest is missing" + remedy.formatted(key), null);
    }
    CorruptSnapshotException newestDamage = damages.getFirst();
    var failure =
        new CorruptSnapshotException(
            newestDamage.file(),
            newestDamage.offset(),
            newestDamage.what() + remedy.formatted(key),
            newestDamage);
    damages.stream().skip(1).forEach(failure::addSuppressed);
    return failure;
  }

  private void serve(Manifest manifest, List<CorruptSnapshotException> damages) {
    committing.lock();
    try {
      serving = manifest;
      fallenBack = !damages.isEmpty();
      if (!fallenBack && untidy) {
        leftovers.removeInterrupted();
        untidy = false;
      }
    } finally {
      committing.unlock();
    }
    if (damages.isEmpty()) {
      pointLatest(manifest);
    }
  }

  private VectorCollection readSnapshot(
      Manifest manifest, Function<SnapshotMeta, SnapshotAssembler> assemblers) throws IOException {
    if (!manifest.key().equals(key)) {
      throw new CorruptSnapshotException(
          objects.location(StoreNames.manifest(manifest.number())),
          0,
          "it is of collection '%s', not '%s'".formatted(manifest.key(), key),
          null);
    }
    try (SnapshotReader reader = Generations.openSnapshot(objects, manifest)) {
      VectorCollection collection = reader.read(assemblers);
      if (reader.isReadWhole()) {
        leftovers.markSound(manifest.image().uuid());
      }
      return collection;
    } catch (CorruptSnapshotException e) {
      leftovers.markDamaged(manifest.image().uuid());
      throw e;
    }
  }

  // ---- committing

  /**
   * A snapshot that was committed.
   *
   * @param manifest its commit
   * @param originals the vectors where they are stored, if they are read there
   * @param logFloor first segment of the log that a kept generation needs; empty if none may go
   */
  record Saved(Manifest manifest, Optional<StoredVectors> originals, OptionalLong logFloor) {}

  /** Writes a snapshot and commits it as the next generation. */
  Saved save(Snapshot snapshot, LogSpan log) throws IOException {
    requireNotOlder(snapshot.meta().lastSequence());
    UUID uuid = writer.uuids().get();
    String file = StoreNames.snapshot(uuid);
    var header = new SnapshotHeader(SnapshotHeader.MAJOR, id, uuid, snapshot.meta().lastSequence());
    var content = new SnapshotContent(objects.location(file), header, key, snapshot);
    objects.put(file, content);
    Manifest manifest;
    try {
      manifest = commit(content.image(), log);
    } catch (InDoubtException e) {
      // A manifest that turns up again must find its snapshot; at worst it is an orphan.
      throw e;
    } catch (IOException | PersistenceException e) {
      deleteQuietly(file);
      throw e;
    }
    committing.lock();
    try {
      fallenBack = false;
    } finally {
      committing.unlock();
    }
    leftovers.markSound(uuid);
    pointLatest(manifest);
    return new Saved(manifest, content.originals(), retain(manifest));
  }

  /** The log's changes come after a snapshot; those between it and an older one may be gone. */
  private void requireNotOlder(long lastSequence) {
    long before = locked(() -> serving == null ? 0 : serving.image().lastSequence());
    if (lastSequence < before) {
      throw new IllegalArgumentException(
          "a snapshot of '%s' up to change %d, but its newest generation holds change %d: build anew"
              .formatted(key, lastSequence, before));
    }
  }

  /**
   * Takes the collection over for this writer before it uses a segment of the log: commits the
   * snapshot that serves once more, so that the number is taken which a writer before it would
   * commit next, and so that the segment is known to have been there.
   */
  void claim(long segment) throws IOException {
    committing.lock();
    try {
      Manifest claimed = serving != null ? serving : newest;
      if (claimed == null || removed()) {
        throw new IllegalStateException("'%s' was dropped".formatted(key));
      }
      Manifest before = newest;
      commit(claimed.image(), new LogSpan(claimed.log().first(), segment));
      if (before != null && !fallenBack) {
        dropClaimBefore(before);
      }
    } finally {
      committing.unlock();
    }
  }

  /** Of the manifests that name one snapshot, two are enough. */
  private void dropClaimBefore(Manifest last) {
    try {
      long number = last.previousNumber();
      if (number > 0 && Generations.readManifest(objects, number).namesSameSnapshot(last)) {
        objects.delete(List.of(StoreNames.manifest(number)));
      }
    } catch (IOException | PersistenceException e) {
      LOG.log(Level.DEBUG, "a manifest of ''{0}'' stays for now: {1}", key, e.toString());
    }
  }

  /** Publishes the next manifest: the one commit point. */
  private Manifest commit(Image image, LogSpan log) throws IOException {
    committing.lock();
    try {
      Manifest before = newest;
      long known = before == null ? 0 : before.log().newest();
      var manifest =
          new Manifest(
              newestNumber + 1,
              newestNumber,
              epoch(before),
              writer.id(),
              id,
              key,
              image,
              new LogSpan(log.first(), Math.max(known, log.newest())));
      try {
        objects.createIfAbsent(StoreNames.manifest(manifest.number()), manifest.encode());
      } catch (InDoubtException e) {
        newestNumber = manifest.number();
        throw e;
      }
      newestNumber = manifest.number();
      newest = manifest;
      serving = manifest;
      committed = !manifest.isRemoval();
      return manifest;
    } finally {
      committing.unlock();
    }
  }

  private long epoch(@Nullable Manifest before) {
    if (before == null) {
      return 1;
    }
    return before.writer().equals(writer.id()) ? before.epoch() : before.epoch() + 1;
  }

  /** Makes the well-known name point to the newest generation, in one step. */
  private void pointLatest(Manifest manifest) {
    String file = manifest.image().file();
    try {
      objects.put(StoreNames.LATEST, new ObjectStore.Content.CopyOf(file));
    } catch (IOException | PersistenceException e) {
      LOG.log(
          Level.WARNING,
          "{0} does not point to {1} ({2}): the generation is safe, but do not copy that file",
          objects.location(StoreNames.LATEST),
          file,
          e.toString());
    }
  }

  /** Removes what is older than the newest generation and the one to fall back to. */
  private OptionalLong retain(Manifest committed) {
    try {
      Manifest older = leftovers.olderSound(committed);
      if (older == null) {
        return OptionalLong.empty();
      }
      committing.lock();
      try {
        leftovers.deleteBefore(older.number());
      } finally {
        committing.unlock();
      }
      return OptionalLong.of(older.log().first());
    } catch (IOException | PersistenceException e) {
      LOG.log(Level.WARNING, "old generations of ''{0}'' stay: {1}", key, e.getMessage());
      return OptionalLong.empty();
    }
  }

  // ---- removing

  /**
   * Commits that there are no generations any more.
   *
   * @throws InDoubtException if nobody knows whether there are: to be followed by {@link #assertIt}
   */
  void remove() throws IOException {
    long newestSegment =
        objects.list().stream().mapToLong(StoreNames::segmentNumber).max().orElse(0);
    commit(Image.NONE, new LogSpan(newestSegment + 1, newestSegment));
  }

  /** Commits that there are generations, whatever a removal before it may have become. */
  void assertIt() throws IOException {
    committing.lock();
    try {
      Manifest before = serving != null ? serving : newest;
      if (before != null) {
        commit(before.image(), before.log());
      }
    } finally {
      committing.unlock();
    }
  }

  /**
   * Removes everything that a committed removal left. Each step is durable before the next: the
   * removal counts for as long as there is anything that it removes.
   */
  void removeRest() throws IOException {
    committing.lock();
    try {
      long removal = newestNumber;
      objects.delete(
          select(
              name ->
                  name.equals(StoreNames.LATEST)
                      || StoreNames.manifestNumber(name).orElse(removal) < removal));
      objects.delete(
          select(
              name ->
                  StoreNames.isSnapshot(name)
                      || StoreNames.isSegment(name)
                      || StoreNames.isTemporary(name)
                      || StoreNames.isAside(name)));
      objects.delete(select(name -> StoreNames.manifestNumber(name).isPresent()));
    } finally {
      committing.unlock();
    }
  }

  private List<String> select(Predicate<String> wanted) throws IOException {
    return objects.list().stream().filter(wanted).toList();
  }

  private void deleteQuietly(String name) {
    try {
      objects.delete(List.of(name));
    } catch (IOException | PersistenceException e) {
      LOG.log(Level.DEBUG, "{0} stays for now: {1}", objects.location(name), e.toString());
    }
  }
}

package io.memryx.persistence.internal.file;

import io.memryx.VectorCollection;
import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.SnapshotStore.LoadedSnapshot;
import io.memryx.persistence.SnapshotStore.SavedSnapshot;
import io.memryx.persistence.UnsupportedFormatException;
import io.memryx.persistence.internal.disk.Storage;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.SnapshotAssembler;
import io.memryx.snapshot.SnapshotMeta;
import io.memryx.snapshot.StoredVectors;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The committed generations of one collection, in its directory. Not thread-safe: {@link FileStore}
 * lets one caller in at a time.
 */
final class GenerationChain {
  private static final System.Logger LOG = System.getLogger("io.memryx.persistence");

  private final Storage storage;
  private final StoreFiles files;
  private final Path directory;
  private final String key;

  private final Leftovers leftovers;

  /**
   * The newest generation that this writer knows of. Never raised by what is found later: if there
   * is a newer one, another writer made it.
   */
  private long newestNumber;

  private @Nullable Manifest newest;

  /** Whether there is, or was, a generation. */
  private boolean committed;

  private GenerationChain(Storage storage, Path directory, String key) {
    this.storage = storage;
    this.files = storage.files();
    this.directory = directory;
    this.key = key;
    this.leftovers = new Leftovers(files, directory);
  }

  /** The chain of a key that has no generation yet. */
  static GenerationChain create(Storage storage, Path directory, String key) {
    return new GenerationChain(storage, directory, key);
  }

  /**
   * The chain in a directory, or null if nothing is committed there. Ends a removal that was cut
   * off.
   *
   * @throws CorruptSnapshotException if something was, and it can't be told of which collection
   */
  static @Nullable GenerationChain open(Storage storage, Path directory) throws IOException {
    List<Path> entries = storage.files().list(directory);
    NavigableMap<Long, Path> manifests = manifests(entries);
    if (manifests.isEmpty() && !entries.contains(directory.resolve(StoreNames.LATEST))) {
      return null;
    }
    Manifest newest = null;
    CorruptSnapshotException damage = null;
    for (var manifest : manifests.descendingMap().entrySet()) {
      try {
        newest = readManifest(storage.files(), manifest.getValue(), manifest.getKey());
        break;
      } catch (CorruptSnapshotException e) {
        damage = damage == null ? e : damage;
      }
    }
    String key = newest != null ? newest.key() : keyOfSnapshots(storage.files(), entries);
    if (key == null) {
      throw new CorruptSnapshotException(
          damage == null ? directory.resolve(StoreNames.LATEST).toString() : damage.file(),
          damage == null ? 0 : damage.offset(),
          (damage == null ? "its manifest is missing" : damage.what())
              + ", and no file beside it tells which collection it is of: restore a backup, or"
              + " move the directory away to start empty",
          damage);
    }
    var chain = new GenerationChain(storage, directory, key);
    chain.newest = newest;
    chain.newestNumber = manifests.isEmpty() ? 0 : manifests.lastKey();
    boolean removed = newest != null && newest.isRemoval() && newest.number() == chain.newestNumber;
    chain.committed = !removed;
    return newest != null && removed && chain.leftovers.removeAll(newest, storage.root())
        ? null
        : chain;
  }

  static @Nullable String keyOfSnapshots(StoreFiles files, List<Path> entries) throws IOException {
    for (Path file : entries) {
      if (StoreNames.isSnapshot(file) || StoreNames.fileName(file).equals(StoreNames.LATEST)) {
        try (var reader = new SnapshotReader(file.toString(), files.open(file))) {
          return reader.key();
        } catch (CorruptSnapshotException | UnsupportedFormatException | NoSuchFileException e) {
          LOG.log(Level.DEBUG, "no key from {0}", e.getMessage());
        }
      }
    }
    return null;
  }

  String key() {
    return key;
  }

  Path directory() {
    return directory;
  }

  /** Whether there is, or was, a generation. */
  boolean isCommitted() {
    return committed;
  }

  private Path latest() {
    return directory.resolve(StoreNames.LATEST);
  }

  // ---- loading

  /** Reads the newest sound generation. */
  Optional<LoadedSnapshot> load(Function<SnapshotMeta, SnapshotAssembler> assemblers)
      throws IOException {
    if (!committed && !files.isDirectory(directory)) {
      return Optional.empty();
    }
    List<Path> entries = files.list(directory);
    NavigableMap<Long, Path> manifests = manifests(entries);
    List<CorruptSnapshotException> damages = new ArrayList<>();
    boolean removed = false;
    for (var entry : manifests.descendingMap().entrySet()) {
      try {
        Manifest manifest = readManifest(files, entry.getValue(), entry.getKey());
        if (manifest.isRemoval()) {
          removed = true;
          break;
        }
        VectorCollection collection = readSnapshot(manifest, assemblers);
        return Optional.of(loaded(manifest, collection, damages, entries));
      } catch (CorruptSnapshotException e) {
        leftovers.markDamaged(entry.getKey());
        damages.add(e);
      }
    }
    if (damages.isEmpty() && (removed || !entries.contains(latest()))) {
      return Optional.empty();
    }
    throw noneSound(damages);
  }

  private LoadedSnapshot loaded(
      Manifest manifest,
      VectorCollection collection,
      List<CorruptSnapshotException> damages,
      List<Path> entries) {
    boolean fallback = !damages.isEmpty();
    if (!fallback) {
      pointLatest(manifest);
    }
    if (!fallback && mayHoldLeftovers(entries)) {
      leftovers.removeInterrupted();
    }
    Path file = fallback ? directory.resolve(manifest.snapshotFile()) : latest();
    return new LoadedSnapshot(
        collection,
        file.toString(),
        manifest.number(),
        damages.stream().map(CorruptSnapshotException::getMessage).toList());
  }

  /**
   * Whether it is worth a look at all manifests: seldom, and there may be very many directories.
   */
  private static boolean mayHoldLeftovers(List<Path> entries) {
    long snapshots = entries.stream().filter(StoreNames::isSnapshot).count();
    return snapshots > manifests(entries).size()
        || entries.stream().anyMatch(StoreNames::isTemporary);
  }

  private CorruptSnapshotException noneSound(List<CorruptSnapshotException> damages) {
    String remedy =
        "; no sound generation of '%s' is left: restore a backup, or move %s away to start empty"
            .formatted(key, directory);
    if (damages.isEmpty()) {
      return new CorruptSnapshotException(
          latest().toString(), 0, "its manifest is missing" + remedy, null);
    }
    CorruptSnapshotException newestDamage = damages.getFirst();
    var failure =
        new CorruptSnapshotException(
            newestDamage.file(), newestDamage.offset(), newestDamage.what() + remedy, newestDamage);
    damages.stream().skip(1).forEach(failure::addSuppressed);
    return failure;
  }

  static NavigableMap<Long, Path> manifests(List<Path> entries) {
    var manifests = new TreeMap<Long, Path>();
    for (Path entry : entries) {
      StoreNames.manifestNumber(entry).ifPresent(number -> manifests.put(number, entry));
    }
    return manifests;
  }

  static Manifest readManifest(StoreFiles files, Path file, long number) throws IOException {
    try (StoreFiles.Source source = files.open(file)) {
      return Manifest.read(file.toString(), source, number);
    } catch (NoSuchFileException e) {
      throw new CorruptSnapshotException(file.toString(), 0, "it is missing", e);
    }
  }

  private VectorCollection readSnapshot(
      Manifest manifest, Function<SnapshotMeta, SnapshotAssembler> assemblers) throws IOException {
    if (!manifest.key().equals(key)) {
      throw new CorruptSnapshotException(
          directory.resolve(StoreNames.manifest(manifest.number())).toString(),
          0,
          "it is of collection '%s', not '%s'".formatted(manifest.key(), key),
          null);
    }
    try (SnapshotReader reader = openSnapshot(files, directory, manifest)) {
      VectorCollection collection = reader.read(assemblers);
      if (reader.isReadWhole()) {
        leftovers.markSound(manifest.number());
      }
      return collection;
    }
  }

  /** Opens the snapshot that a manifest names, and makes sure that it is that very one. */
  static SnapshotReader openSnapshot(StoreFiles files, Path directory, Manifest manifest)
      throws IOException {
    Path file = directory.resolve(manifest.snapshotFile());
    StoreFiles.Source source;
    try {
      source = files.open(file);
    } catch (NoSuchFileException e) {
      throw new CorruptSnapshotException(
          file.toString(), 0, "it is missing, but the manifest names it", e);
    }
    var reader = new SnapshotReader(file.toString(), source);
    boolean named =
        reader.header().snapshot().equals(manifest.snapshot())
            && reader.header().chain().equals(manifest.chain())
            && reader.trailer().fileBytes() == manifest.snapshotBytes()
            && reader.trailer().tableSha256().equals(manifest.tableSha256())
            && reader.key().equals(manifest.key());
    if (!named) {
      reader.close();
      throw new CorruptSnapshotException(
          file.toString(), 0, "it is not the snapshot that the manifest names", null);
    }
    return reader;
  }

  // ---- saving

  /** Writes a snapshot and commits it as the next generation. */
  SavedSnapshot save(Snapshot snapshot) throws IOException {
    storage.requireWritable();
    prepareDirectory();
    long estimate = SnapshotWriter.estimateBytes(snapshot);
    storage.requireSpace(directory, estimate);
    UUID uuid = storage.newUuid();
    Path file = directory.resolve(StoreNames.snapshot(uuid));
    Path temporary = directory.resolve(StoreNames.snapshotTemporary(uuid));
    Manifest manifest;
    Optional<StoredVectors> originals;
    try {
      manifest = writeSnapshot(snapshot, uuid, temporary);
      originals = verifyWritten(temporary, file, manifest);
      files.rename(temporary, file);
      storage.syncDirectory(directory);
    } catch (IOException | PersistenceException e) {
      deleteQuietly(temporary);
      deleteQuietly(file);
      throw e;
    }
    commit(manifest);
    newest = manifest;
    committed = true;
    leftovers.markSound(manifest.number());
    pointLatest(manifest);
    leftovers.removeObsolete(manifest);
    return new SavedSnapshot(
        latest().toString(), manifest.number(), manifest.snapshotBytes(), originals);
  }

  private void prepareDirectory() throws IOException {
    if (!files.isDirectory(directory)) {
      files.createDirectories(directory);
    }
    // Also for a directory that an earlier, interrupted save made: it may not be durable yet.
    if (newestNumber == 0 || !committed) {
      storage.syncDirectory(storage.root());
    }
  }

  private Manifest writeSnapshot(Snapshot snapshot, UUID uuid, Path temporary) throws IOException {
    Manifest previous = newest;
    UUID chain = previous == null ? storage.newUuid() : previous.chain();
    var header = new SnapshotHeader(SnapshotHeader.MAJOR, chain, uuid, 0);
    SnapshotWriter.Written written;
    try (StoreFiles.Sink sink = files.create(temporary)) {
      written = SnapshotWriter.write(sink, header, key, snapshot);
      storage.force(sink);
    }
    return new Manifest(
        newestNumber + 1,
        newestNumber,
        epoch(previous),
        storage.writer(),
        chain,
        key,
        StoreNames.snapshot(uuid),
        uuid,
        written.bytes(),
        written.tableSha256(),
        snapshot.meta().entries());
  }

  private long epoch(@Nullable Manifest previous) {
    if (previous == null) {
      return 1;
    }
    return previous.writer().equals(storage.writer()) ? previous.epoch() : previous.epoch() + 1;
  }

  /**
   * What a device took and what it gives back are two things. Mapped here, before the commit, so
   * that nothing can fail after it.
   *
   * @param file the name that the file will get
   * @return the originals where they are stored, if they are read there
   */
  private Optional<StoredVectors> verifyWritten(Path temporary, Path file, Manifest manifest)
      throws IOException {
    try (var reader = new SnapshotReader(temporary.toString(), files.open(temporary))) {
      reader.verify();
      if (!reader.trailer().tableSha256().equals(manifest.tableSha256())) {
        throw new IOException("another section table was read back than was written");
      }
      return reader.originals(file.toString());
    } catch (CorruptSnapshotException e) {
      throw new IOException("what was read back is not what was written: " + e.getMessage(), e);
    }
  }

  /** Publishes a manifest under its number, which must still be free: the one commit point. */
  private void commit(Manifest manifest) throws IOException {
    Path file = directory.resolve(StoreNames.manifest(manifest.number()));
    Path temporary = file.resolveSibling(StoreNames.fileName(file) + StoreNames.TEMPORARY_SUFFIX);
    try {
      // Left by a save that was cut off before it had the right to this number.
      files.delete(temporary);
      try (StoreFiles.Sink sink = files.create(temporary)) {
        SnapshotWriter.writeFully(sink, manifest.encode());
        storage.force(sink);
      }
      storage.requireWritable();
    } catch (IOException | PersistenceException e) {
      deleteQuietly(temporary);
      discard(manifest);
      throw e;
    }
    try {
      publish(file, temporary, manifest.number());
    } catch (FileAlreadyExistsException e) {
      deleteQuietly(temporary);
      discard(manifest);
      throw storage.fenced(file, e);
    }
  }

  /** Deletes the snapshot of a manifest that nobody will see. */
  private void discard(Manifest manifest) {
    if (!manifest.isRemoval()) {
      deleteQuietly(directory.resolve(manifest.snapshotFile()));
    }
  }

  private void publish(Path file, Path temporary, long number) throws IOException {
    try {
      files.link(temporary, file);
      storage.syncDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (IOException e) {
      // The name may or may not be on the disk, so its number is spent; and so the snapshot stays,
      // as an orphan at worst, for a manifest that turns up again must find it.
      withdraw(file, temporary);
      newestNumber = number;
      throw e;
    }
    newestNumber = number;
    deleteQuietly(temporary);
  }

  private void withdraw(Path file, Path temporary) {
    try {
      if (files.isSameFile(file, temporary)) {
        files.delete(file);
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "{0} can''t be withdrawn: {1}", file, e.toString());
    }
    deleteQuietly(temporary);
  }

  /** Makes the well-known name point to the newest generation, in one step. */
  private void pointLatest(Manifest manifest) {
    Path file = directory.resolve(manifest.snapshotFile());
    Path temporary = directory.resolve(StoreNames.LATEST_TEMPORARY);
    try {
      if (!files.isSameFile(file, latest())) {
        files.delete(temporary);
        files.link(file, temporary);
        files.rename(temporary, latest());
        files.syncDirectory(directory);
      }
    } catch (IOException e) {
      LOG.log(
          Level.WARNING,
          "{0} does not point to {1} ({2}): the generation is safe, but do not copy that file",
          latest(),
          file,
          e.toString());
    }
  }

  // ---- removing

  /**
   * Commits that there are no generations any more, and removes them.
   *
   * @return whether nothing is left, durably; what is left does not count
   */
  boolean remove() throws IOException {
    storage.requireWritable();
    Manifest previous = newest;
    UUID chain = previous == null ? storage.newUuid() : previous.chain();
    Manifest removal =
        Manifest.removal(newestNumber + 1, epoch(previous), storage.writer(), chain, key);
    commit(removal);
    newest = removal;
    committed = false;
    return leftovers.removeAll(removal, storage.root());
  }

  private void deleteQuietly(Path file) {
    try {
      files.delete(file);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "{0} stays for now: {1}", file, e.toString());
    }
  }
}

package io.memryx.persistence.internal.file;

import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.internal.disk.StoreFiles;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a collection's directory needs no more, and its removal: generations older than the newest
 * sound two, what interrupted saves left, and all of a collection that was dropped. A removal that
 * fails is reported and tried again the next time. Not thread-safe: belongs to its {@link
 * GenerationChain}.
 */
final class Leftovers {
  private static final System.Logger LOG = System.getLogger("io.memryx.persistence");

  private final StoreFiles files;
  private final Path directory;

  /** Generations whose every byte was checked since the store was opened. */
  private final Set<Long> verified = new HashSet<>();

  Leftovers(StoreFiles files, Path directory) {
    this.files = files;
    this.directory = directory;
  }

  /** Every byte of this generation was checked just now. */
  void markSound(long number) {
    verified.add(number);
  }

  /** This generation was found damaged. */
  void markDamaged(long number) {
    verified.remove(number);
  }

  /** Removes what interrupted saves left. To be called when the newest generation is sound. */
  void removeInterrupted() {
    try {
      deleteUnnamed();
    } catch (IOException | PersistenceException e) {
      LOG.log(Level.WARNING, "left-over files stay in {0}: {1}", directory, e.getMessage());
    }
  }

  /**
   * Removes generations older than the newest and the one to fall back to. Damaged ones between
   * these two stay: what can't be read today may be readable tomorrow. Manifests go first: without
   * its manifest a snapshot is an orphan, without its snapshot a manifest is damage.
   */
  void removeObsolete(Manifest committed) {
    try {
      NavigableMap<Long, Path> older =
          GenerationChain.manifests(files.list(directory)).headMap(committed.number(), false);
      for (var entry : older.descendingMap().entrySet()) {
        if (isRemoval(entry) || isSound(entry.getValue(), entry.getKey())) {
          deleteBefore(entry.getKey());
          return;
        }
      }
    } catch (IOException | PersistenceException e) {
      LOG.log(Level.WARNING, "old generations stay in {0}: {1}", directory, e.getMessage());
    }
  }

  private boolean isRemoval(Map.Entry<Long, Path> manifest) throws IOException {
    try {
      return GenerationChain.readManifest(files, manifest.getValue(), manifest.getKey())
          .isRemoval();
    } catch (CorruptSnapshotException e) {
      return false;
    }
  }

  /** Whether a generation can be fallen back to. */
  private boolean isSound(Path file, long number) throws IOException {
    try {
      Manifest manifest = GenerationChain.readManifest(files, file, number);
      if (!verified.contains(number)) {
        try (SnapshotReader reader = GenerationChain.openSnapshot(files, directory, manifest)) {
          reader.verify();
        }
        verified.add(number);
      }
      return true;
    } catch (CorruptSnapshotException e) {
      LOG.log(Level.WARNING, "not kept to fall back to: {0}", e.getMessage());
      return false;
    }
  }

  private void deleteBefore(long number) throws IOException {
    var obsolete = GenerationChain.manifests(files.list(directory)).headMap(number, false).values();
    for (Path manifest : obsolete) {
      files.delete(manifest);
    }
    if (!obsolete.isEmpty()) {
      files.syncDirectory(directory);
    }
    deleteUnnamed();
  }

  /**
   * Removes everything that a committed removal left, and the directory with it. Each step is
   * durable before the next: the removal counts for as long as there is anything that it removes.
   *
   * @return whether nothing is left, durably
   */
  boolean removeAll(Manifest removal, Path root) {
    Path latest = directory.resolve(StoreNames.LATEST);
    try {
      deleteAll(
          file ->
              file.equals(latest)
                  || StoreNames.manifestNumber(file).orElse(Long.MAX_VALUE) < removal.number());
      deleteAll(file -> StoreNames.isSnapshot(file) || StoreNames.isTemporary(file));
      deleteAll(file -> StoreNames.manifestNumber(file).isPresent());
      files.deleteDirectory(directory);
      files.syncDirectory(root);
      return true;
    } catch (IOException e) {
      LOG.log(
          Level.WARNING,
          "left-overs of dropped collection ''{0}'' stay in {1} until the store is opened again: {2}",
          removal.key(),
          directory,
          e.toString());
      return false;
    }
  }

  private void deleteAll(Predicate<Path> obsolete) throws IOException {
    for (Path file : files.list(directory)) {
      if (obsolete.test(file)) {
        files.delete(file);
      }
    }
    files.syncDirectory(directory);
  }

  /** Removes temporary files and snapshots without a manifest; none if a manifest is unreadable. */
  private void deleteUnnamed() throws IOException {
    List<Path> entries = files.list(directory);
    Set<String> named = new HashSet<>();
    for (var entry : GenerationChain.manifests(entries).entrySet()) {
      named.add(
          GenerationChain.readManifest(files, entry.getValue(), entry.getKey()).snapshotFile());
    }
    for (Path file : entries) {
      boolean orphan = StoreNames.isSnapshot(file) && !named.contains(StoreNames.fileName(file));
      if (orphan || StoreNames.isTemporary(file)) {
        files.delete(file);
      }
    }
  }
}

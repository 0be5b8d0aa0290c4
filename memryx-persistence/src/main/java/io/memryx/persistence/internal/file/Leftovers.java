package io.memryx.persistence.internal.file;

import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.PersistenceException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What a collection's objects needs no more: generations older than the newest sound two, and what
 * interrupted saves left. A removal that fails is reported and tried again the next time. Belongs
 * to its {@link GenerationChain}, which lets nobody commit while something is deleted.
 */
final class Leftovers {
  private static final System.Logger LOG = System.getLogger("io.memryx.persistence");

  private final ObjectStore objects;

  /** Snapshots whose every byte was checked since the store was opened. */
  private final Set<UUID> verified = ConcurrentHashMap.newKeySet(2);

  Leftovers(ObjectStore objects) {
    this.objects = objects;
  }

  /** Every byte of this snapshot was checked just now. */
  void markSound(UUID snapshot) {
    verified.add(snapshot);
  }

  /** This snapshot was found damaged. */
  void markDamaged(UUID snapshot) {
    verified.remove(snapshot);
  }

  /** Removes what interrupted saves left. To be called when the newest generation is sound. */
  void removeInterrupted() {
    try {
      deleteUnnamed();
    } catch (IOException | PersistenceException e) {
      LOG.log(Level.WARNING, "left-over files stay: {0}", e.getMessage());
    }
  }

  /**
   * The newest manifest before a commit that names another snapshot, a sound one, to fall back to;
   * or that is a removal. Null if there is none. Damaged ones between these two stay: what can't be
   * read today may be readable tomorrow.
   */
  @Nullable Manifest olderSound(Manifest committed) throws IOException {
    var older = Generations.numbers(objects.list()).headSet(committed.number(), false);
    for (long number : older.descendingSet()) {
      try {
        Manifest manifest = Generations.readManifest(objects, number);
        if (manifest.isRemoval() || (!manifest.namesSameSnapshot(committed) && isSound(manifest))) {
          return manifest;
        }
      } catch (CorruptSnapshotException e) {
        LOG.log(Level.WARNING, "not kept to fall back to: {0}", e.getMessage());
      }
    }
    return null;
  }

  private boolean isSound(Manifest manifest) throws IOException {
    UUID snapshot = manifest.image().uuid();
    if (!verified.contains(snapshot)) {
      try (SnapshotReader reader = Generations.openSnapshot(objects, manifest)) {
        reader.verify();
      }
      verified.add(snapshot);
    }
    return true;
  }

  /**
   * Removes the manifests before one, and what no manifest names then. Manifests go first: without
   * its manifest a snapshot is an orphan, without its snapshot a manifest is damage.
   */
  void deleteBefore(long number) throws IOException {
    var obsolete = Generations.numbers(objects.list()).headSet(number, false);
    objects.delete(obsolete.stream().map(StoreNames::manifest).toList());
    deleteUnnamed();
  }

  /** Removes temporary files and snapshots without a manifest; none if a manifest is unreadable. */
  private void deleteUnnamed() throws IOException {
    List<String> names = objects.list();
    Set<String> named = new HashSet<>();
    Set<UUID> snapshots = new HashSet<>();
    for (long number : Generations.numbers(names)) {
      Manifest manifest = Generations.readManifest(objects, number);
      named.add(manifest.image().file());
      snapshots.add(manifest.image().uuid());
    }
    verified.retainAll(snapshots);
    objects.delete(
        names.stream()
            .filter(name -> isOrphan(name, named) || StoreNames.isTemporary(name))
            .toList());
  }

  private static boolean isOrphan(String name, Set<String> named) {
    return StoreNames.isSnapshot(name) && !named.contains(name);
  }
}

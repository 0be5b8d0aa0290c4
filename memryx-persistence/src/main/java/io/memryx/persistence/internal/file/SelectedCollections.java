package io.memryx.persistence.internal.file;

import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.UnsupportedFormatException;
import io.memryx.persistence.internal.disk.StoreFiles;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The collections of a store that a copy or a check is about. One whose key can't be read is always
 * among them: whoever reads it says what is wrong.
 *
 * @param keys which keys are wanted
 */
record SelectedCollections(StoreFiles files, Predicate<String> keys) {
  private static final System.Logger LOG = System.getLogger("io.memryx.persistence");

  /** What is in a store's directory, without collections that are not wanted. */
  List<Path> entriesOf(Path store) throws IOException {
    return files.list(store).stream().filter(this::isWanted).toList();
  }

  private boolean isWanted(Path entry) {
    if (!files.isDirectory(entry)) {
      return true;
    }
    try {
      List<Manifest> manifests = readableManifests(new DirectoryListing(files, entry));
      return manifests.isEmpty() || keys.test(manifests.getFirst().key());
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "no key from {0}: {1}", entry, e.toString());
      return true;
    }
  }

  /** The manifests of a collection that can be read, newest first. */
  static List<Manifest> readableManifests(DirectoryListing objects) throws IOException {
    List<Manifest> manifests = new ArrayList<>();
    for (long number : Generations.numbers(objects.list()).descendingSet()) {
      try {
        manifests.add(Generations.readManifest(objects, number));
      } catch (CorruptSnapshotException | UnsupportedFormatException e) {
        LOG.log(Level.DEBUG, "passed over: {0}", e.getMessage());
      }
    }
    return manifests;
  }
}

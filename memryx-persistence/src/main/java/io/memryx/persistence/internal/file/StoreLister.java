package io.memryx.persistence.internal.file;

import io.memryx.persistence.StoreListing.StoredGeneration;
import io.memryx.persistence.internal.disk.DiskFiles;
import io.memryx.persistence.internal.disk.IoThread;
import io.memryx.persistence.internal.disk.Storage;
import io.memryx.persistence.internal.disk.StoreFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** Lists generations by their manifests. */
public final class StoreLister {
  private StoreLister() {}

  /** The generations of those collections, newest first. */
  public static List<StoredGeneration> list(Path store, Predicate<String> keys) {
    StoreFiles files = new DiskFiles();
    return IoThread.run(
        "list",
        () -> {
          try {
            List<StoredGeneration> generations = new ArrayList<>();
            for (Path entry : new SelectedCollections(files, keys).entriesOf(store)) {
              if (files.isDirectory(entry)) {
                addGenerations(new DirectoryListing(files, entry), generations);
              }
            }
            generations.sort(Comparator.comparing(StoredGeneration::key));
            return generations;
          } catch (IOException e) {
            throw Storage.unwritable(store, e);
          }
        });
  }

  private static void addGenerations(DirectoryListing objects, List<StoredGeneration> generations)
      throws IOException {
    for (Manifest manifest : SelectedCollections.readableManifests(objects)) {
      if (manifest.isRemoval()) {
        return;
      }
      Manifest.Image image = manifest.image();
      generations.add(
          new StoredGeneration(manifest.key(), manifest.number(), image.entries(), image.bytes()));
    }
  }
}

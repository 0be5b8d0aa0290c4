package io.memryx.persistence.internal.file;

import io.memryx.persistence.DurabilityOptions;
import io.memryx.persistence.SnapshotStore;
import io.memryx.persistence.internal.disk.StoreFiles;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Supplier;

/** Opens stores on file systems that tests have their hands in. */
public final class StoreOnFiles {
  private StoreOnFiles() {}

  /** A store in a directory, with names that the caller chooses. */
  public static SnapshotStore open(
      StoreFiles files, Path directory, Supplier<UUID> uuids, DurabilityOptions durability) {
    return FileStore.open(files, directory, uuids, durability);
  }
}

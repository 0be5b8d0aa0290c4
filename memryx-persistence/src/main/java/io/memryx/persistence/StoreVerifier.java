package io.memryx.persistence;

import io.memryx.persistence.internal.file.StoreInspector;
import java.nio.file.Path;
import java.util.function.Predicate;

/**
 * A check of every byte of a store. Only reads, and takes no lock: a server may have the store open
 * meanwhile.
 */
public final class StoreVerifier {
  private StoreVerifier() {}

  /**
   * Checks a store, a backup, or one snapshot file.
   *
   * @param path a store's directory, or a file such as a copied {@code snapshot_latest.mrx}
   * @throws StorageUnwritableException if it can't be read for reasons outside the files, such as
   *     permissions
   */
  public static VerifyReport verify(Path path) {
    return verify(path, CopyProgress.SILENT);
  }

  /** Checks as the method above does, and tells how far it is. */
  public static VerifyReport verify(Path path, CopyProgress progress) {
    return verify(path, _ -> true, progress);
  }

  /**
   * Checks some collections of a store.
   *
   * @param keys which collections; those whose key can't be read are checked always
   */
  public static VerifyReport verify(Path path, Predicate<String> keys, CopyProgress progress) {
    return StoreInspector.inspect(path, keys, progress);
  }
}

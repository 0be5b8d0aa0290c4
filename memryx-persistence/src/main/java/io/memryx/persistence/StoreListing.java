package io.memryx.persistence;

import io.memryx.persistence.internal.file.StoreLister;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/**
 * A list of what snapshots there are in a store. Only reads, and little: generations are told by
 * their manifests, and one whose manifest is damaged is not told of ({@link StoreVerifier} does).
 * Takes no lock: a server may have the store open meanwhile.
 */
public final class StoreListing {
  private StoreListing() {}

  /**
   * The generations of some collections: in order of key, the newest of each first.
   *
   * @param keys which collections
   * @throws StorageUnwritableException if it can't be read for reasons outside the files
   */
  public static List<StoredGeneration> list(Path store, Predicate<String> keys) {
    return StoreLister.list(store, keys);
  }

  /**
   * One generation.
   *
   * @param key the collection's key
   * @param number rising with each generation
   * @param entries entries in it, without those of the log
   * @param bytes size of its file
   */
  public record StoredGeneration(String key, long number, int entries, long bytes) {}
}

package io.memryx.persistence.internal.file;

import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.UnsupportedFormatException;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.persistence.internal.file.Manifest.Image;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a collection's objects say of its generations, as everybody reads them: its writer, whoever
 * checks or copies beside it, and who repairs. Nothing is changed, and nothing remembered.
 */
final class Generations {
  private static final System.Logger LOG = System.getLogger("io.memryx.persistence");

  private Generations() {}

  /** The numbers of manifests. */
  static NavigableSet<Long> numbers(List<String> names) {
    var numbers = new TreeSet<Long>();
    names.forEach(name -> StoreNames.manifestNumber(name).ifPresent(numbers::add));
    return numbers;
  }

  /** Whether there can't be such a file unless there was a generation. */
  static boolean provesCommit(String name) {
    return name.equals(StoreNames.LATEST) || StoreNames.isSegment(name);
  }

  /**
   * The manifest of a number.
   *
   * @throws CorruptSnapshotException if it is damaged or missing
   */
  static Manifest readManifest(ReadableObjects objects, long number) throws IOException {
    String name = StoreNames.manifest(number);
    try (StoreFiles.Source source = objects.get(name)) {
      return Manifest.read(objects.location(name), source, number);
    } catch (NoSuchFileException e) {
      throw new CorruptSnapshotException(objects.location(name), 0, "it is missing", e);
    }
  }

  /** Opens the snapshot that a manifest names, and makes sure that it is that very one. */
  static SnapshotReader openSnapshot(ReadableObjects objects, Manifest manifest)
      throws IOException {
    Image image = manifest.image();
    String location = objects.location(image.file());
    StoreFiles.Source source;
    try {
      source = objects.get(image.file());
    } catch (NoSuchFileException e) {
      throw new CorruptSnapshotException(
          location, 0, "it is missing, but the manifest names it", e);
    }
    var reader = new SnapshotReader(location, source);
    boolean named =
        reader.header().snapshot().equals(image.uuid())
            && reader.header().chain().equals(manifest.chain())
            && reader.header().lastSequence() == image.lastSequence()
            && reader.trailer().fileBytes() == image.bytes()
            && reader.trailer().tableSha256().equals(image.tableSha256())
            && reader.key().equals(manifest.key());
    if (!named) {
      reader.close();
      throw new CorruptSnapshotException(
          location, 0, "it is not the snapshot that the manifest names", null);
    }
    return reader;
  }

  /** The key that a snapshot tells, or null if none can be read. */
  static @Nullable String keyOfSnapshots(ReadableObjects objects, List<String> names)
      throws IOException {
    for (String name : names) {
      if (StoreNames.isSnapshot(name) || name.equals(StoreNames.LATEST)) {
        try (var reader = new SnapshotReader(objects.location(name), objects.get(name))) {
          return reader.key();
        } catch (CorruptSnapshotException | UnsupportedFormatException | NoSuchFileException e) {
          LOG.log(Level.DEBUG, "no key from {0}", e.getMessage());
        }
      }
    }
    return null;
  }
}

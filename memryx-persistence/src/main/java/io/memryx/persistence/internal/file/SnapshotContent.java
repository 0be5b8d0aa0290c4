package io.memryx.persistence.internal.file;

import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.internal.disk.StoreFiles;
import io.memryx.persistence.internal.file.Manifest.Image;
import io.memryx.snapshot.Snapshot;
import io.memryx.snapshot.StoredVectors;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The bytes of a snapshot that is being saved, and what they are known by. Not thread-safe. */
final class SnapshotContent implements ObjectStore.Content.Written {
  private final String location;
  private final SnapshotHeader header;
  private final String key;
  private final Snapshot snapshot;
  private @Nullable Image image;
  private Optional<StoredVectors> originals = Optional.empty();

  /**
   * Of a collection's snapshot.
   *
   * @param location what operators will call it
   */
  SnapshotContent(String location, SnapshotHeader header, String key, Snapshot snapshot) {
    this.location = location;
    this.header = header;
    this.key = key;
    this.snapshot = snapshot;
  }

  @Override
  public long estimatedBytes() {
    return SnapshotWriter.estimateBytes(snapshot);
  }

  @Override
  public void writeTo(StoreFiles.Sink sink) throws IOException {
    SnapshotWriter.Written written = SnapshotWriter.write(sink, header, key, snapshot);
    image =
        new Image(
            StoreNames.snapshot(header.snapshot()),
            header.snapshot(),
            written.bytes(),
            written.tableSha256(),
            snapshot.meta().entries(),
            header.lastSequence());
  }

  /** Maps the originals, too, so that nothing can fail after the commit. */
  @Override
  public void verify(StoreFiles.Source source) throws IOException {
    try (var reader = new SnapshotReader(location, source)) {
      reader.verify();
      if (!reader.trailer().tableSha256().equals(image().tableSha256())) {
        throw new IOException("another section table was read back than was written");
      }
      originals = reader.originals(location);
    } catch (CorruptSnapshotException e) {
      throw new IOException("what was read back is not what was written: " + e.getMessage(), e);
    }
  }

  /** What was written. */
  Image image() {
    Image written = image;
    if (written == null) {
      throw new IllegalStateException("nothing was written");
    }
    return written;
  }

  /** The vectors where they are stored, if they are read there. */
  Optional<StoredVectors> originals() {
    return originals;
  }
}

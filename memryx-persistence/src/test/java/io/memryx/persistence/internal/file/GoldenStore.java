package io.memryx.persistence.internal.file;

import io.memryx.persistence.SampleSnapshots;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes the golden store of the current format version. Run once for a new version; what it wrote
 * is committed and never edited, so that every later Memryx proves that it still reads it.
 */
final class GoldenStore {
  private GoldenStore() {}

  public static void main(String[] arguments) {
    var next = new AtomicLong();
    try (var store =
        FileStore.open(
            new DiskFiles(), Path.of(arguments[0]), () -> new UUID(0, next.incrementAndGet()))) {
      store.save("docs", SampleSnapshots.snapshot(9, 1));
    }
  }
}

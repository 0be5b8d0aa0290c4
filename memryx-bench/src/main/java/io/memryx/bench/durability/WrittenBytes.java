package io.memryx.bench.durability;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** What this process has handed over to be written to disks, as Linux counts it. */
final class WrittenBytes {
  private static final Path COUNTERS = Path.of("/proc/self/io");
  private static final String COUNTER = "write_bytes: ";

  private WrittenBytes() {}

  /** Bytes so far, or empty where nobody counts them. */
  static OptionalLong soFar() throws IOException {
    if (!Files.isReadable(COUNTERS)) {
      return OptionalLong.empty();
    }
    return Files.readAllLines(COUNTERS).stream()
        .filter(line -> line.startsWith(COUNTER))
        .mapToLong(line -> Long.parseLong(line.substring(COUNTER.length())))
        .findFirst();
  }
}

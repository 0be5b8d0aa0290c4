package io.memryx.bench.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * A directory for the length of a measurement, removed with everything in it.
 *
 * @param path where it is
 */
public record ScratchDirectory(Path path) implements AutoCloseable {

  /** Makes a new one below the system's directory for temporary files. */
  public static ScratchDirectory create() throws IOException {
    return new ScratchDirectory(Files.createTempDirectory("memryx-bench-"));
  }

  @Override
  public void close() {
    try (var files = Files.walk(path)) {
      // Deepest first, so that directories are empty when their turn comes.
      List<Path> found = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : found) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can't remove " + path + ": " + e.getMessage(), e);
    }
  }
}

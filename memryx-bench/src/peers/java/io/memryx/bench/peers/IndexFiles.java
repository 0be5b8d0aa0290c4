package io.memryx.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/** The files of an index: their sizes, their removal. */
final class IndexFiles {
  private IndexFiles() {}

  /**
   * The bytes of all files below a directory whose name is wanted; of several names of one file,
   * once.
   */
  static long bytes(Path directory, Predicate<String> wanted) throws IOException {
    Set<Object> counted = new HashSet<>();
    long bytes = 0;
    try (var files = Files.walk(directory)) {
      for (Path file : files.toList()) {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        Object identity = Objects.requireNonNullElse(attributes.fileKey(), file);
        if (attributes.isRegularFile()
            && wanted.test(String.valueOf(file.getFileName()))
            && counted.add(identity)) {
          bytes += attributes.size();
        }
      }
    }
    return bytes;
  }

  /** Removes a directory with everything in it, if it is there. */
  static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (var files = Files.walk(directory)) {
      // Deepest first, so that directories are empty when their turn comes.
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}

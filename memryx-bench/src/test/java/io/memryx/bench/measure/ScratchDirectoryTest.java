package io.memryx.bench.measure;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class ScratchDirectoryTest {

  @Test
  void close_nestedFiles_removesEverything() throws IOException {
    Path path;
    try (var scratch = ScratchDirectory.create()) {
      path = scratch.path();
      Files.createDirectories(path.resolve("a/b"));
      Files.writeString(path.resolve("a/b/c"), "x");
    }

    assertFalse(Files.exists(path));
  }
}

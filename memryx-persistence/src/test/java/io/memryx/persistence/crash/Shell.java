package io.memryx.persistence.crash;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Programs of the operating system that some tests need, and what happens where they are missing.
 */
final class Shell {
  /** Set where the tests that need root and tools must run: there, a skip is a failure. */
  private static final boolean REQUIRED = "required".equals(System.getenv("MEMRYX_SYSTEM_TESTS"));

  private Shell() {}

  /** Skips the test, loudly, unless it runs as root and these programs are there. */
  static void requireRootAnd(String... programs) {
    if (!"root".equals(System.getProperty("user.name"))) {
      skip("not root");
    }
    require(programs);
  }

  /** Skips the test, loudly, unless these programs are there. */
  static void require(String... programs) {
    List<String> missing = Stream.of(programs).filter(program -> !isThere(program)).toList();
    if (!missing.isEmpty()) {
      skip("missing: " + missing);
    }
  }

  /** Ends the test as skipped, or as failed where it must run. */
  static void skip(String reason) {
    String test =
        StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
            .walk(
                frames ->
                    frames
                        .map(frame -> frame.getDeclaringClass().getSimpleName())
                        .filter(name -> name.endsWith("Test"))
                        .findFirst()
                        .orElse("?"));
    Report.line("SKIPPED: %s: %s", test, reason);
    if (REQUIRED) {
      fail("this test must run here and can't: " + reason);
    }
    Assumptions.abort(reason);
  }

  private static boolean isThere(String program) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  /** Runs a program; an exit code other than 0 is an exception with what it said. */
  static String run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      if (code != 0) {
        throw new IOException("%s: exit code %d: %s".formatted(List.of(command), code, said));
      }
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted: " + List.of(command), e);
    }
  }
}

package io.memryx.bench.http;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The server as it was built: a directory with its jar (or its {@code classes}) and, in {@code
 * lib}, what it depends on.
 *
 * @param directory as Maven leaves it in {@code memryx-server/target}
 */
record ServerProgram(Path directory) {
  private static final String MAIN_CLASS = "io.memryx.server.Main";

  /** Where the program is below the project's directory. */
  private static final Path BUILT = Path.of("memryx-server", "target");

  /**
   * The program in a directory, or the one beside this if none is given.
   *
   * @throws IOException if there is none
   */
  static ServerProgram at(@Nullable Path directory) throws IOException {
    if (directory != null) {
      return new ServerProgram(directory);
    }
    try {
      return besides(
          Path.of(ServerProgram.class.getProtectionDomain().getCodeSource().getLocation().toURI()));
    } catch (URISyntaxException e) {
      throw new IOException("can't tell where this program is: give --server-lib", e);
    }
  }

  /**
   * The program beside this one: in the nearest directory above these classes that has one.
   *
   * @throws IOException if there is none
   */
  static ServerProgram besides(Path classes) throws IOException {
    for (Path above = classes.toAbsolutePath(); above != null; above = above.getParent()) {
      if (Files.isDirectory(above.resolve(BUILT).resolve("lib"))) {
        return new ServerProgram(above.resolve(BUILT));
      }
    }
    throw new IOException(
        "no %s/lib above %s: build with 'mvn -DskipTests package', or give --server-lib"
            .formatted(BUILT, classes));
  }

  /** The command that starts the server; its settings are environment variables. */
  List<String> command(String heap) throws IOException {
    return command(heap, List.of());
  }

  /** The same with further flags for its JVM. */
  List<String> command(String heap, List<String> flags) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx" + heap, "--add-modules=jdk.incubator.vector"));
    command.addAll(flags);
    command.addAll(List.of("-cp", classPath(), MAIN_CLASS, "serve"));
    return command;
  }

  private String classPath() throws IOException {
    Path classes = directory.resolve("classes");
    String own = Files.isDirectory(classes) ? classes.toString() : jar().toString();
    return own + System.getProperty("path.separator") + directory.resolve("lib").resolve("*");
  }

  private Path jar() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().matches("memryx-server-.*\\.jar"))
          .sorted()
          .findFirst()
          .orElseThrow(
              () ->
                  new IOException(
                      directory
                          + " has neither classes nor a memryx-server jar: build the server"));
    }
  }
}

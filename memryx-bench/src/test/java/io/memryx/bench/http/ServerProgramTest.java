package io.memryx.bench.http;

import static io.memryx.bench.Failures.assertMentions;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServerProgramTest {
  @TempDir private Path directory;

  @Test
  void besides_builtProject_foundFromBelow() throws IOException {
    Path target = directory.resolve("memryx-server/target");
    Files.createDirectories(target.resolve("lib"));
    Path classes = Files.createDirectories(directory.resolve("memryx-bench/target/classes"));

    assertEquals(new ServerProgram(target), ServerProgram.besides(classes));
  }

  @Test
  void besides_nothingBuilt_saysWhatToDo() {
    var failure = assertThrows(IOException.class, () -> ServerProgram.besides(directory));

    assertMentions("--server-lib", failure);
  }

  @Test
  void command_jar_isOnTheClassPathWithItsLibraries() throws IOException {
    Path jar = Files.createFile(directory.resolve("memryx-server-1.0.jar"));

    List<String> command = new ServerProgram(directory).command("600m");

    assertTrue(command.contains("-Xmx600m"), command::toString);
    String classPath = command.get(command.indexOf("-cp") + 1);
    assertTrue(classPath.startsWith(jar.toString()), classPath);
    assertTrue(classPath.endsWith(directory.resolve("lib").resolve("*").toString()), classPath);
    assertEquals("serve", command.getLast());
  }

  @Test
  void command_nothingThere_saysWhatIsMissing() {
    var failure = assertThrows(IOException.class, () -> new ServerProgram(directory).command("1g"));

    assertMentions("neither classes nor a memryx-server jar", failure);
  }
}

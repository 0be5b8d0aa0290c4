package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The launcher and the program as processes. */
final class LauncherTest {
  private static final Path LAUNCHER = Path.of("..", "bin", "memryx").toAbsolutePath().normalize();
  private static final long TIMEOUT_SECONDS = 60;

  @TempDir Path directory;

  private record Ended(int code, String text) {}

  private Ended run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile(directory, "output", ".txt");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(directory.toFile());
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertTrue(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS));
    return new Ended(process.exitValue(), Files.readString(output));
  }

  @Test
  void launcher_help_namesTheCommands() throws Exception {
    Ended help = run(Map.of(), LAUNCHER.toString(), "--help");
    assertEquals(0, help.code());
    for (String command :
        List.of("serve", "demo", "verify", "backup", "restore", "repair", "bench", "--version")) {
      assertTrue(help.text().contains(command), help.text());
    }
  }

  @Test
  void launcher_unknownCommand_is2() throws Exception {
    assertEquals(2, run(Map.of(), LAUNCHER.toString(), "dance").code());
  }

  @Test
  void version_isTheBuilds() {
    StringWriter out = new StringWriter();
    assertEquals(0, new CommandLine(new Main()).setOut(new PrintWriter(out)).execute("--version"));
    assertTrue(out.toString().matches("(?s)memryx \\d+\\.\\d+.*"), out.toString());
  }

  @Test
  void program_unknownEnvironmentValue_is2() throws Exception {
    Ended ended = run(Map.of("DURABILITY", "maybe"), java("serve"));
    assertEquals(2, ended.code(), ended.text());
    assertTrue(ended.text().contains("DURABILITY=maybe"), ended.text());
    assertTrue(ended.text().contains("fsync, async"), ended.text());
  }

  @Test
  void program_sigterm_stopsInOrder() throws Exception {
    Path output = directory.resolve("serve.txt");
    ProcessBuilder builder = new ProcessBuilder(java("serve"));
    builder.directory(directory.toFile());
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().putAll(Map.of("PORT", "0", "HOST", "127.0.0.1"));
    Process process = builder.start();
    try {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
      while (!Files.readString(output).contains(" ready")) {
        assertTrue(process.isAlive() && System.nanoTime() < end, Files.readString(output));
        Thread.onSpinWait();
      }
      process.destroy();
      assertTrue(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS));
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(output, StandardCharsets.UTF_8);
    assertTrue(text.contains("stopping: no new calls"), text);
    assertTrue(text.contains("stopped"), text);
    Path data = directory.toRealPath().resolve("data");
    assertTrue(text.contains("Persistence enabled: storage_path=" + data), text);
    assertTrue(Files.isDirectory(directory.resolve("data")), "./data is the default storage");
  }

  @Test
  void program_damagedStore_is3() throws Exception {
    try (TestServer server = TestServer.onDisk(directory.resolve("data"))) {
      server.post("/add", TestServer.addOf("v", 50, 8, 4));
      server.finalizeAndWait(TestServer.KEY);
    }
    try (var files = Files.walk(directory.resolve("data"))) {
      for (Path file : files.filter(one -> one.toString().endsWith(".mrx")).toList()) {
        Files.write(file, new byte[100]);
      }
    }
    Ended ended = run(Map.of("PORT", "0", "HOST", "127.0.0.1"), java("serve"));
    assertEquals(3, ended.code(), ended.text());
    assertTrue(ended.text().contains("Error loading snapshot: "), ended.text());
  }

  private static String[] java(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
    command.addAll(List.of("--add-modules", "jdk.incubator.vector", "-Xmx256m", "-cp"));
    command.add(System.getProperty("java.class.path", ""));
    command.add("io.memryx.server.Main");
    command.addAll(List.of(arguments));
    return command.toArray(new String[0]);
  }
}

package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The server as a process of its own, on a free port of the loopback address. */
final class ServerProgram implements AutoCloseable {
  private static final long TIMEOUT_SECONDS = 120;
  private static final Pattern LISTENING = Pattern.compile("listening on http://127.0.0.1:(\\d+)");

  /** In either format of the log. */
  private static final Pattern READY = Pattern.compile("[ \"]ready\\b");

  private final Process process;
  private final Path output;

  private ServerProgram(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /** Starts it with this storage; what it says goes into a file beside. */
  static ServerProgram start(Path storage, String heap, Map<String, String> environment)
      throws IOException {
    Path output = Files.createTempFile(storage.toAbsolutePath().getParent(), "serve", ".txt");
    ProcessBuilder builder = new ProcessBuilder(command(heap));
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().putAll(Map.of("PORT", "0", "HOST", "127.0.0.1"));
    builder.environment().put("STORAGE_PATH", storage.toString());
    builder.environment().putAll(environment);
    return new ServerProgram(builder.start(), output);
  }

  private static List<String> command(String heap) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
    command.addAll(List.of("--add-modules", "jdk.incubator.vector", "-Xmx" + heap, "-cp"));
    command.add(System.getProperty("java.class.path", ""));
    command.addAll(List.of("io.memryx.server.Main", "serve"));
    return command;
  }

  /** Waits until it is ready; gives its port. */
  int awaitReady() throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
    while (!READY.matcher(said()).find()) {
      assertTrue(process.isAlive() && System.nanoTime() < end, said());
      Thread.onSpinWait();
    }
    Matcher port = LISTENING.matcher(said());
    assertTrue(port.find(), said());
    return Integer.parseInt(port.group(1));
  }

  /** Sends SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** Waits for its end; gives the exit code. */
  int awaitEnd() throws InterruptedException, IOException {
    assertTrue(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS), said());
    return process.exitValue();
  }

  /** What it has said so far. */
  String said() throws IOException {
    return Files.readString(output);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

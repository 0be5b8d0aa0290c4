package io.memryx.bench.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A real server in a process of its own, on a loopback port. Closing it kills what still runs. */
final class ServerProcess implements AutoCloseable {
  private static final int STOP_SECONDS = 30;

  /** Far more than anything here takes; a server that hangs must not hang the run. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final Duration POLL = Duration.ofMillis(5);

  /** Lines of the server's log that a failure shows. */
  private static final int LOG_TAIL = 15;

  /** Variables that would change what is measured if they came from the caller's environment. */
  private static final List<String> FOREIGN_VARIABLES =
      List.of(
          "API_KEYS",
          "ADMIN_API_KEY",
          "MAX_TENANTS",
          "DEFAULT_PLAN",
          "MAX_REQUEST_BYTES",
          "MAX_CONNECTIONS",
          "MAX_CONNECTIONS_PER_ADDRESS",
          "AUTO_FINALIZE_VECTORS",
          "MAX_DIMENSION",
          "RAM_SAFETY_PERCENT",
          "METRICS_KEY",
          "DURABILITY",
          "FSYNC_INTERVAL_MS",
          "ALLOW_OPEN_AUTH",
          "ENABLE_PERSISTENCE",
          "RAILWAY_VOLUME_MOUNT_PATH",
          "LOG_FORMAT",
          "LOG_LEVEL",
          "ACCESS_LOG",
          "JAVA_TOOL_OPTIONS",
          "JDK_JAVA_OPTIONS");

  private final Process process;
  private final int port;
  private final Path log;
  private final long startNanos;

  private ServerProcess(Process process, int port, Path log, long startNanos) {
    this.process = process;
    this.port = port;
    this.log = log;
    this.startNanos = startNanos;
  }

  /**
   * How to start it.
   *
   * @param command the program and its arguments; settings come from environment variables
   * @param port loopback port
   * @param storage directory of the snapshots
   * @param log file that takes the output, appended to
   * @param settings further environment variables
   */
  record Launch(
      List<String> command, int port, Path storage, Path log, Map<String, String> settings) {
    Launch {
      command = List.copyOf(command);
      settings = Map.copyOf(settings);
    }

    /** With the server's own settings. */
    Launch(List<String> command, int port, Path storage, Path log) {
      this(command, port, storage, log, Map.of());
    }
  }

  static ServerProcess start(Launch launch) throws IOException {
    var builder =
        new ProcessBuilder(launch.command())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(launch.log().toFile()));
    var environment = builder.environment();
    FOREIGN_VARIABLES.forEach(environment::remove);
    environment.put("HOST", "127.0.0.1");
    environment.put("PORT", Integer.toString(launch.port()));
    environment.put("STORAGE_PATH", launch.storage().toString());
    environment.put("AUTH_MODE", "open");
    environment.putAll(launch.settings());
    long startNanos = System.nanoTime();
    return new ServerProcess(builder.start(), launch.port(), launch.log(), startNanos);
  }

  /** A port that nobody listens on. */
  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Where it answers. */
  URI address() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** The process's number, by which its JVM can be asked. */
  long pid() {
    return process.pid();
  }

  /** Seconds since the process was started. */
  double ageSeconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  /** Refuses to go on if the process has ended. */
  void requireRunning() {
    if (!process.isAlive()) {
      throw new ServerRunException(
          "the server ended with exit code " + process.exitValue() + ":\n" + logTail());
    }
  }

  /** Waits until the server is ready for a client. */
  void awaitReady(ServerClient client) throws InterruptedException {
    long start = System.nanoTime();
    while (!client.ready()) {
      requireRunning();
      requirePatience(start, "ready");
      Thread.sleep(POLL);
    }
  }

  /** Waits until a finalize has ended well. */
  void awaitSwap(ServerClient client, String buildId) throws InterruptedException {
    long start = System.nanoTime();
    while (true) {
      String body = client.buildStatus(buildId);
      String status = ServerAnswers.field(body, "status");
      if (status.equals("swapped")) {
        return;
      }
      if (status.equals("error")) {
        throw new ServerRunException("finalize failed: " + body);
      }
      requirePatience(start, "done with finalize");
      Thread.sleep(POLL);
    }
  }

  private void requirePatience(long startNanos, String what) {
    if (System.nanoTime() - startNanos > PATIENCE.toNanos()) {
      throw new ServerRunException(
          "the server is not %s after %s:\n%s".formatted(what, PATIENCE, logTail()));
    }
  }

  /** Sends SIGTERM and waits for the end. */
  void stop() throws InterruptedException {
    requireRunning();
    process.destroy();
    if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      throw new ServerRunException(
          "the server still runs %d s after SIGTERM:\n%s".formatted(STOP_SECONDS, logTail()));
    }
  }

  /** The end of what it wrote. */
  String logTail() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL), lines.size()));
    } catch (IOException e) {
      throw new UncheckedIOException("can't read the server's log " + log, e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

package io.memryx.server;

import io.memryx.server.tenant.ApiKey;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;

/** A server as a program of its own: from the environment to the exit code. */
final class Service {
  private final ServerOptions options;
  private final PrintWriter out;
  private final PrintWriter err;

  /** With the options of an environment. */
  Service(Map<String, String> environment, PrintWriter out, PrintWriter err) {
    this.options = ServerOptions.from(environment, Service::isWritableDirectory);
    this.out = out;
    this.err = err;
  }

  private static boolean isWritableDirectory(Path path) {
    return Files.isDirectory(path) && Files.isWritable(path);
  }

  /** Where nobody could get in, somebody must be able to. */
  private void tellFirstKey(ApiKey key) {
    out.println("AUTH_MODE=keys and there is no key. An administrator's key was made:");
    out.println("  " + key.text());
    out.println("It is shown this once: keep it. It makes keys for tenants (POST /v1/admin/keys).");
    out.println("ADMIN_API_KEY, once it is set, counts instead of it.");
    out.flush();
  }

  /** What is done once everything is loaded. */
  @FunctionalInterface
  interface WhenReady {
    void accept(MemryxServer server, PrintWriter out) throws Exception;
  }

  /**
   * Serves until the process is told to end.
   *
   * @return the exit code
   */
  int run(WhenReady whenReady) {
    Logging.configure(options.logFormat());
    MemryxServer server;
    try {
      server = MemryxServer.start(options);
    } catch (RuntimeException e) {
      err.printf(
          "memryx: can't listen on %s:%d (%s): stop what uses it, or set PORT and HOST%n",
          options.host(), options.port(), e.getMessage());
      err.flush();
      return ExitCode.ADDRESS;
    }
    CountDownLatch ended = new CountDownLatch(1);
    Thread hook = new Thread(() -> stop(server, ended), "memryx-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      server.loaded().join();
      server.firstKey().ifPresent(this::tellFirstKey);
      whenReady.accept(server, out);
      ended.await();
      return ExitCode.OK;
    } catch (CompletionException e) {
      server.close();
      return ExitCode.STORAGE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      server.close();
      return ExitCode.OK;
    } catch (Exception e) {
      server.close();
      err.println("memryx: " + e.getMessage());
      err.flush();
      return ExitCode.UNEXPECTED;
    }
  }

  private static void stop(MemryxServer server, CountDownLatch ended) {
    server.close();
    ended.countDown();
  }
}

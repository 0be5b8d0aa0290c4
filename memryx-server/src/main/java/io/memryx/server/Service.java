package io.memryx.server;

import io.memryx.server.tenant.ApiKey;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server as a program of its own: from the environment to the exit code. */
final class Service {
  private static final Logger LOG = LoggerFactory.getLogger(Service.class);

  /** Hosts that stop a program kill it about three seconds later. */
  private static final Duration STOP_TIME = Duration.ofMillis(2_400);

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
    Logging.configure(options.log());
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
    Thread hook = new Thread(() -> stopInTime(server, ended), "memryx-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      server.loaded().join();
      server.firstKey().ifPresent(this::tellFirstKey);
      whenReady.accept(server, out);
      ended.await();
      return ExitCode.OK;
    } catch (CompletionException e) {
      server.close();
      // The last line, for whoever looks at the end of a log: hosts start again and again.
      LOG.error(
          "not started: {} (exit code {}; 'bin/memryx verify DIR' tells more)",
          MemryxServer.whyNotLoaded(e.getCause() == null ? e : e.getCause()),
          ExitCode.STORAGE);
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

  /**
   * Stops, but not for longer than hosts wait before they kill: what is not closed by then is cut
   * off. That loses nothing, since what was answered is in the log.
   */
  private static void stopInTime(MemryxServer server, CountDownLatch ended) {
    Thread stopping = new Thread(server::close, "memryx-stopping");
    stopping.setDaemon(true);
    stopping.start();
    try {
      if (stopping.join(STOP_TIME)) {
        ended.countDown();
      } else {
        LOG.warn(
            "stopping took longer than {} ms and is cut off; what was answered is in the log",
            STOP_TIME.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

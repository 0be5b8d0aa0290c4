package io.memryx.server;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code memryx serve}. */
@Command(
    name = "serve",
    description = "Serves until it is told to stop (SIGTERM, Ctrl-C).",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Environment: PORT, HOST, ENABLE_PERSISTENCE, STORAGE_PATH, DURABILITY, FSYNC_INTERVAL_MS,",
      "AUTH_MODE, API_KEYS, ADMIN_API_KEY, METRICS_KEY, MAX_TENANTS, DEFAULT_PLAN,",
      "MAX_REQUEST_BYTES, MAX_DIMENSION, RAM_SAFETY_PERCENT, LOG_FORMAT, LOG_LEVEL,",
      "ACCESS_LOG, ALLOW_OPEN_AUTH."
    })
final class ServeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    var line = spec.commandLine();
    return new Service(System.getenv(), line.getOut(), line.getErr()).run((_, _) -> {});
  }
}

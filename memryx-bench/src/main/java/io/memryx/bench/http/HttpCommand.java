package io.memryx.bench.http;

import io.memryx.bench.dataset.Dataset;
import io.memryx.bench.http.ServerProcess.Launch;
import io.memryx.bench.measure.Progress;
import io.memryx.bench.measure.ScratchDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Runs a real server in a process of its own and checks that a restart loses and changes nothing.
 */
@Command(
    name = "http",
    description =
        "Start the server, load a data set over HTTP, finalize while searching, restart, and check"
            + " that nothing was lost, missed or changed.",
    footer = {
      "%nThe server runs on a loopback port with a directory of its own, which is removed. Searches"
          + " during finalize look for vectors that were added; each must come first, or an equal"
          + " one.",
      "%nExit codes: 0 every check held, 1 a check or the run failed, 2 wrong usage."
    })
public final class HttpCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Data set: " + Dataset.FOLDER_LAYOUT + ".")
  private Path data;

  @Option(
      names = "--server-lib",
      paramLabel = "DIR",
      description =
          "Where the built server is: its classes or jar, and lib (default: memryx-server/target of"
              + " this project).")
  private @Nullable Path serverLib;

  @Option(
      names = "--heap",
      defaultValue = "600m",
      paramLabel = "SIZE",
      description = "Largest heap of the server (default: ${DEFAULT-VALUE}).")
  private String heap;

  @Option(
      names = "--port",
      defaultValue = "0",
      description = "Loopback port of the server (default: a free one).")
  private int port;

  @Option(
      names = "--batch",
      defaultValue = "1000",
      description = "Vectors per add (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--k",
      defaultValue = "10",
      description = "Neighbours (default: ${DEFAULT-VALUE}).")
  private int k;

  @Option(
      names = "--queries",
      defaultValue = "2147483647",
      paramLabel = "N",
      description = "Use the first N queries only (default: all).")
  private int queries;

  @Option(
      names = "--seed",
      defaultValue = "42",
      description = "Seed of the known vectors searched for (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--log",
      paramLabel = "FILE",
      description = "Keep the server's log here (default: it is removed).")
  private @Nullable Path log;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the report as JSON here.")
  private @Nullable Path json;

  /** Made by picocli, which sets the annotated fields. */
  @SuppressWarnings("NullAway.Init") // picocli sets them before it calls
  public HttpCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Dataset dataset = Dataset.open(data);
    var progress = Progress.on(spec.commandLine().getErr());
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      Path serverLog = log == null ? scratch.path().resolve("server.log") : log;
      int listeningPort = port == 0 ? ServerProcess.freePort() : port;
      Path storage = scratch.path().resolve("store");
      var launch =
          new Launch(ServerProgram.at(serverLib).command(heap), listeningPort, storage, serverLog);
      var options = new HttpRun.Options(launch, heap, batch, k, queries, seed);
      HttpReport report = new HttpRun(dataset, options, progress).run();
      spec.commandLine().getOut().print(report.markdown());
      spec.commandLine().getOut().flush();
      if (json != null) {
        Files.writeString(json, report.json());
      }
      return report.sound() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }
  }
}

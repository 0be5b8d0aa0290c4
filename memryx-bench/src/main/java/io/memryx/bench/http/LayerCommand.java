package io.memryx.bench.http;

import io.memryx.bench.dataset.Dataset;
import io.memryx.bench.http.ServerProcess.Launch;
import io.memryx.bench.measure.Progress;
import io.memryx.bench.measure.ScratchDirectory;
import io.memryx.bench.measure.TableReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures what HTTP adds to the engine: per search, and per uploaded vector. */
@Command(
    name = "layer",
    description =
        "Search the same collection embedded and over HTTP, in turns: searches a second, latency,"
            + " processor time and allocation of each; then upload vectors as JSON, base64 and"
            + " NDJSON.",
    footer = {
      "%nProcessor time over HTTP is that of the whole server process, its JVM's threads included;"
          + " what is beyond the embedded search's is the layer's. Clients share the machine. OUT"
          + " gets layer.md and layer.jsonl.",
      "%nExit codes: 0 the layer takes at most 60 µs of processor time a search, 1 it takes more or"
          + " the run failed, 2 wrong usage."
    })
public final class LayerCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Data set: " + Dataset.FOLDER_LAYOUT + ".")
  private Path data;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the reports go.")
  private Path out;

  @Option(
      names = "--server-lib",
      paramLabel = "DIR",
      description = "Where the built server is (default: memryx-server/target of this project).")
  private @Nullable Path serverLib;

  @Option(
      names = "--heap",
      defaultValue = "1g",
      paramLabel = "SIZE",
      description = "Largest heap of the server (default: ${DEFAULT-VALUE}).")
  private String heap;

  @Option(
      names = "--rows",
      defaultValue = "2147483647",
      paramLabel = "N",
      description = "Search in the first N vectors only (default: all).")
  private int rows;

  @Option(
      names = "--uploaded",
      defaultValue = "20000",
      paramLabel = "N",
      description = "Vectors of an upload (default: ${DEFAULT-VALUE}).")
  private int uploaded;

  @Option(
      names = "--batch",
      defaultValue = "1000",
      paramLabel = "N",
      description = "Vectors of one document (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--k",
      defaultValue = "10",
      description = "Neighbors (default: ${DEFAULT-VALUE}).")
  private int k;

  @Option(
      names = "--clients",
      defaultValue = "8",
      paramLabel = "N",
      description = "Connections of the crowded setting (default: ${DEFAULT-VALUE}).")
  private int clients;

  @Option(
      names = "--seconds",
      defaultValue = "4",
      description = "Of one setting in one round (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(
      names = "--rounds",
      defaultValue = "5",
      paramLabel = "N",
      description = "Of which the median is reported (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--server-option",
      paramLabel = "FLAG",
      description = "A flag for the server's JVM, such as -XX:StartFlightRecording=…; repeatable.")
  private List<String> serverOptions = List.of();

  /** Made by picocli, which sets the annotated fields. */
  @SuppressWarnings("NullAway.Init") // picocli sets them before it calls
  public LayerCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (rows < 1 || uploaded < 1 || batch < 1 || clients < 1 || seconds <= 0 || rounds < 1) {
      throw new ParameterException(spec.commandLine(), "counts and times take more than 0");
    }
    Dataset dataset = Dataset.open(data);
    int searched = Math.min(rows, dataset.base().rows());
    var terms =
        new LayerRun.Terms(
            searched,
            Math.min(uploaded, dataset.base().rows()),
            batch,
            k,
            clients,
            rounds,
            seconds);
    String subject =
        "%s, %,d vectors of %d dimensions, k = %d; uploads of %,d, documents of %,d"
            .formatted(
                dataset.name(), searched, dataset.base().dimension(), k, terms.uploaded(), batch);
    var report = new TableReport("What HTTP adds to the engine", subject);
    boolean kept;
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      var launch =
          new Launch(
              ServerProgram.at(serverLib).command(heap, serverOptions),
              ServerProcess.freePort(),
              scratch.path().resolve("store"),
              scratch.path().resolve("server.log"),
              Map.of("AUTO_FINALIZE_VECTORS", "0"));
      var progress = Progress.on(spec.commandLine().getErr());
      kept = new LayerRun(dataset, launch, terms, report, progress).measure();
    }
    String verdict =
        kept
            ? "verdict: the layer takes at most 60 µs of processor time a search"
            : "verdict: FAILED: the layer takes more than 60 µs of processor time a search";
    spec.commandLine().getOut().print(report.write(out, "layer"));
    spec.commandLine().getOut().println("\n" + verdict);
    spec.commandLine().getOut().flush();
    return kept ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }
}

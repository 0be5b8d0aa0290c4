package io.memryx.bench.http;

import io.memryx.bench.http.ServerProcess.Launch;
import io.memryx.bench.measure.Progress;
import io.memryx.bench.measure.ScratchDirectory;
import io.memryx.bench.measure.TableReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures what one tenant notices of another that asks for far more than its plan allows. */
@Command(
    name = "fairness",
    description =
        "Start the server and measure a modest tenant's searches, alone and beside a greedy tenant's"
            + " searches and adds, in an open loop: at a constant rate, timed from when each was"
            + " due.",
    footer = {
      "%nVectors are drawn at random. Client and server share the machine, so the figures hold the"
          + " client's work, too. OUT gets fairness.md and fairness.jsonl.",
      "%nExit codes: 0 modest's p99 is less than twice what it is alone (median of the rounds), 1"
          + " it is not, or a modest request was not answered, 2 wrong usage."
    })
public final class FairnessCommand implements Callable<Integer> {
  /** By how much one tenant's 99th percentile may rise by what another does. */
  private static final double MOST_RISE = 2;

  @Spec private CommandSpec spec;

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
      names = "--plan",
      defaultValue = "enterprise",
      description = "Plan of both tenants (default: ${DEFAULT-VALUE}, 200 searches a second).")
  private String plan;

  @Option(
      names = "--rate",
      defaultValue = "50",
      paramLabel = "N",
      description = "Modest's searches a second (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(
      names = "--greedy-rate",
      defaultValue = "2000",
      paramLabel = "N",
      description = "Greedy's queries a second (default: ${DEFAULT-VALUE}, ten times its limit).")
  private double greedyRate;

  @Option(
      names = "--greedy-adds",
      defaultValue = "8400",
      paramLabel = "N",
      description =
          "Greedy's added vectors a second (default: ${DEFAULT-VALUE}, ten times its limit).")
  private double greedyAdds;

  @Option(
      names = "--vectors",
      defaultValue = "20000",
      paramLabel = "N",
      description = "Vectors of each tenant (default: ${DEFAULT-VALUE}).")
  private int vectors;

  @Option(
      names = "--dimension",
      defaultValue = "384",
      paramLabel = "N",
      description = "Dimension of the vectors (default: ${DEFAULT-VALUE}).")
  private int dimension;

  @Option(
      names = "--seconds",
      defaultValue = "20",
      description = "Of each stretch (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      paramLabel = "N",
      description = "How often each condition is measured (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--seed",
      defaultValue = "42",
      description = "Of vectors and queries (default: ${DEFAULT-VALUE}).")
  private long seed;

  /** Made by picocli, which sets the annotated fields. */
  @SuppressWarnings("NullAway.Init") // picocli sets them before it calls
  public FairnessCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (rate <= 0
        || greedyRate <= 0
        || greedyAdds <= 0
        || vectors < 1
        || dimension < 1
        || seconds <= 0
        || rounds < 1) {
      throw new ParameterException(spec.commandLine(), "counts and rates take more than 0");
    }
    String subject =
        "2 x %,d vectors of %d dimensions; modest %.0f searches/s, greedy %.0f queries/s or %.0f vectors/s, plan %s"
            .formatted(vectors, dimension, rate, greedyRate, greedyAdds, plan);
    var report = new TableReport("What a tenant notices of another", subject);
    double rise;
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      var launch =
          new Launch(
              ServerProgram.at(serverLib).command(heap),
              ServerProcess.freePort(),
              scratch.path().resolve("store"),
              scratch.path().resolve("server.log"),
              Map.of("DEFAULT_PLAN", plan));
      var terms =
          new FairnessRun.Terms(
              vectors, dimension, rate, greedyRate, greedyAdds, seconds, rounds, seed);
      var progress = Progress.on(spec.commandLine().getErr());
      rise = new FairnessRun(launch, terms, report, progress).measure();
    }
    boolean fair = rise < MOST_RISE;
    spec.commandLine().getOut().print(report.write(out, "fairness"));
    spec.commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "%nverdict: %smodest's p99 rises to %.2f times what it is alone, promised is less than"
                + " %.0f%n",
            fair ? "" : "FAILED: ",
            rise,
            MOST_RISE);
    spec.commandLine().getOut().flush();
    return fair ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }
}

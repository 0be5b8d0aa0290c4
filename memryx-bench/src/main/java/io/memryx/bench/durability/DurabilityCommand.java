package io.memryx.bench.durability;

import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Metric;
import io.memryx.bench.measure.Progress;
import io.memryx.bench.measure.ScratchDirectory;
import io.memryx.bench.measure.TableReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures what durability costs. */
@Command(
    name = "durability",
    description =
        "Measure upserts under each promise of durability, replays, openings, and what a build"
            + " writes.",
    footer = {
      "%nVectors are drawn at random. Give a STORE on the disk that counts: directories for temporary"
          + " files are often in memory. OUT gets durability.md and durability.jsonl.",
      "%nExit codes: 0 measured, 1 failed, 2 wrong usage."
    })
public final class DurabilityCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the reports go.")
  private Path out;

  @Option(
      names = "--store",
      paramLabel = "DIR",
      description =
          "Directory for the stores, empty or absent; what is made in it stays. Left out: one that is"
              + " removed at the end.")
  private @Nullable Path store;

  @Option(
      names = "--dimension",
      defaultValue = "384",
      paramLabel = "N",
      description = "Dimension of the vectors (default: ${DEFAULT-VALUE}).")
  private int dimension;

  @Option(
      names = "--seconds",
      defaultValue = "3",
      paramLabel = "SECONDS",
      description = "Of upserts in each setting (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(
      names = "--replayed",
      defaultValue = "1000000",
      paramLabel = "N",
      description = "Entries in the log that is replayed (default: ${DEFAULT-VALUE}).")
  private int replayed;

  @Option(
      names = "--built",
      defaultValue = "100000",
      paramLabel = "N",
      description = "Entries that are built and opened (default: ${DEFAULT-VALUE}).")
  private int built;

  /** Made by picocli, which sets the annotated fields. */
  @SuppressWarnings("NullAway.Init") // picocli sets them before it calls
  public DurabilityCommand() {}

  @Override
  public Integer call() throws Exception {
    if (dimension < 1 || seconds <= 0 || replayed < 1 || built < 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--dimension, --replayed and --built take 1 or more, --seconds more than 0");
    }
    var report = new TableReport("What durability costs", "%d dimensions".formatted(dimension));
    var run =
        new DurabilityRun(
            new CollectionOptions(dimension, Metric.COSINE, Compression.COMPACT),
            new DurabilityRun.Terms(seconds, replayed, built),
            report,
            Progress.on(spec.commandLine().getErr()));
    if (store != null) {
      run.measure(store);
    } else {
      try (var scratch = ScratchDirectory.create()) {
        run.measure(scratch.path());
      }
    }
    write(report);
    return CommandLine.ExitCode.OK;
  }

  private void write(TableReport report) throws IOException {
    spec.commandLine().getOut().print(report.write(out, "durability"));
    spec.commandLine().getOut().flush();
  }
}

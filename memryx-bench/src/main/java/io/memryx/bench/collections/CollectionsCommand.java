package io.memryx.bench.collections;

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

/** Measures very many small collections. */
@Command(
    name = "collections",
    description = "Measure very many small collections: memory, files, opening, dropping.",
    footer = {
      "%nVectors are drawn at random. OUT gets collections.md and collections.jsonl.",
      "%nExit codes: 0 measured, 1 failed, 2 wrong usage."
    })
public final class CollectionsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the reports go.")
  private Path out;

  @Option(
      names = "--count",
      defaultValue = "10000",
      paramLabel = "N",
      description = "Collections in memory; 0: none (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--stored",
      defaultValue = "1000",
      paramLabel = "N",
      description = "Collections in a directory; 0: none (default: ${DEFAULT-VALUE}).")
  private int stored;

  @Option(
      names = "--store",
      paramLabel = "DIR",
      description =
          "Directory that keeps them; if it has collections already, those are opened and none is"
              + " made. Left out: one that is removed at the end.")
  private @Nullable Path store;

  @Option(
      names = "--entries",
      defaultValue = "10",
      paramLabel = "N",
      description = "Entries of a collection (default: ${DEFAULT-VALUE}).")
  private int entries;

  @Option(
      names = "--dimension",
      defaultValue = "384",
      paramLabel = "N",
      description = "Of the vectors (default: ${DEFAULT-VALUE}).")
  private int dimension;

  @Option(
      names = "--compression",
      defaultValue = "COMPACT",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Compression compression;

  @Option(
      names = "--opens",
      defaultValue = "3",
      paramLabel = "N",
      description = "How often the directory is opened (default: ${DEFAULT-VALUE}).")
  private int opens;

  /** Made by picocli, which sets the annotated fields. */
  @SuppressWarnings("NullAway.Init") // picocli sets them before it calls
  public CollectionsCommand() {}

  @Override
  public Integer call() throws IOException {
    if (count < 0 || stored < 0 || entries < 1 || opens < 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--count and --stored take 0 or more, --entries and --opens 1 or more");
    }
    var run =
        new CollectionsRun(
            new CollectionOptions(dimension, Metric.COSINE, compression),
            new CollectionsRun.Terms(count, stored, entries, opens),
            new TableReport(
                "Small collections", "%d dimensions, %s".formatted(dimension, compression)),
            Progress.on(spec.commandLine().getErr()));
    if (store != null) {
      write(run.measure(store));
    } else {
      try (var scratch = ScratchDirectory.create()) {
        write(run.measure(scratch.path().resolve("store")));
      }
    }
    return CommandLine.ExitCode.OK;
  }

  private void write(TableReport report) throws IOException {
    spec.commandLine().getOut().print(report.write(out, "collections"));
    spec.commandLine().getOut().flush();
  }
}

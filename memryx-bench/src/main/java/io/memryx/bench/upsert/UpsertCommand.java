package io.memryx.bench.upsert;

import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Metric;
import io.memryx.bench.dataset.Dataset;
import io.memryx.bench.measure.Progress;
import io.memryx.bench.measure.TableReport;
import io.memryx.persistence.exchange.VectorRows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures the hot buffer, and batches of searches. */
@Command(
    name = "upsert",
    description = "Measure upserts, searches beside a growing hot buffer, and batches of searches.",
    footer = {
      "%nEverything is one thread's, in memory, under the inner product. OUT gets upsert.md and"
          + " upsert.jsonl.",
      "%nExit codes: 0 measured, 1 failed, 2 wrong usage."
    })
public final class UpsertCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Data set; of it the vectors and the queries are used.")
  private Path data;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the reports go.")
  private Path out;

  @Option(
      names = "--built",
      defaultValue = "60000",
      paramLabel = "N",
      description = "Entries of the built index (default: ${DEFAULT-VALUE}).")
  private int built;

  @Option(
      names = "--upserts",
      defaultValue = "50000",
      paramLabel = "N",
      description = "Entries of a round of upserts (default: ${DEFAULT-VALUE}).")
  private int upserts;

  @Option(
      names = "--hot",
      split = ",",
      defaultValue = "1000,10000,50000",
      description = "Sizes of the hot buffer, rising (default: ${DEFAULT-VALUE}).")
  private List<Integer> hot;

  @Option(
      names = "--batch-hot",
      defaultValue = "10000",
      paramLabel = "N",
      description = "Size of the hot buffer that batches search (default: ${DEFAULT-VALUE}).")
  private int batchHot;

  @Option(
      names = "--compression",
      defaultValue = "COMPACT",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Compression compression;

  @Option(
      names = "--k",
      defaultValue = "10",
      description = "Neighbours (default: ${DEFAULT-VALUE}).")
  private int k;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      paramLabel = "N",
      description = "Rounds of every setting (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--seconds",
      defaultValue = "2",
      paramLabel = "SECONDS",
      description = "Of a round of searches (default: ${DEFAULT-VALUE}).")
  private double seconds;

  /** Made by picocli, which sets the annotated fields. */
  @SuppressWarnings("NullAway.Init") // picocli sets them before it calls
  public UpsertCommand() {}

  @Override
  public Integer call() throws IOException {
    VectorRows base = Dataset.openBase(data);
    VectorRows queries = Dataset.openQueries(data);
    var terms = new UpsertRun.Terms(built, upserts, hot, batchHot, k, rounds, seconds);
    if (terms.rows() > base.rows()) {
      throw new ParameterException(
          spec.commandLine(),
          "%,d vectors are needed, the data set has %,d: make --built, --upserts or --hot smaller"
              .formatted(terms.rows(), base.rows()));
    }
    var options = new CollectionOptions(base.dimension(), Metric.DOT, compression);
    var run =
        new UpsertRun(
            options,
            base,
            queries.first(queries.rows()),
            terms,
            new TableReport(
                "Upserts, the hot buffer, batches",
                "%d dimensions, %s, k %d".formatted(base.dimension(), compression, k)),
            Progress.on(spec.commandLine().getErr()));
    write(run.measure());
    return CommandLine.ExitCode.OK;
  }

  private void write(TableReport report) throws IOException {
    spec.commandLine().getOut().print(report.write(out, "upsert"));
    spec.commandLine().getOut().flush();
  }
}

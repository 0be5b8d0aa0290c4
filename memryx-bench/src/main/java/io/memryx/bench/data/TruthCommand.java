package io.memryx.bench.data;

import io.memryx.bench.measure.Threads;
import io.memryx.bench.truth.TruthFile;
import io.memryx.persistence.exchange.IntRows;
import io.memryx.persistence.exchange.VecsFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes the true answers of any folder of vectors and queries, or checks those it has. */
@Command(
    name = "truth",
    description = "Make gt.ivecs of a folder: the true neighbors by inner product.")
public final class TruthCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "The folder: base.f16.npy, base.npy or base.fvecs, and queries.fvecs.")
  private Path data;

  @Option(
      names = "--k",
      defaultValue = "" + TruthFile.DEPTH,
      description = "Neighbors per query (default: ${DEFAULT-VALUE}).")
  private int k;

  @Option(
      names = "--threads",
      defaultValue = "0",
      description = "Threads (default: one per processor).")
  private int threads;

  @Option(
      names = "--check",
      description = "Write nothing: compare with the gt.ivecs that is there.")
  private boolean check;

  /** Made by picocli, which sets the annotated fields. */
  @SuppressWarnings("NullAway.Init") // picocli sets them before it calls
  public TruthCommand() {}

  @Override
  public Integer call() throws IOException {
    PrintWriter output = spec.commandLine().getOut();
    TruthFile truth = TruthFile.scan(data, k, Threads.orAll(threads));
    output.println(truth.description());
    if (!check) {
      output.println(truth.write());
      return CommandLine.ExitCode.OK;
    }
    int differing = differing(truth.rows());
    output.printf("%d of %d queries differ from gt.ivecs%n", differing, truth.rows().size());
    return differing == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  /** Queries whose first k rows are not those of the file. */
  private int differing(List<int[]> found) throws IOException {
    IntRows expected = VecsFile.openInts(data.resolve(TruthFile.NAME));
    int differing = Math.abs(expected.rows() - found.size());
    for (int query = 0; query < Math.min(expected.rows(), found.size()); query++) {
      int[] rows = found.get(query);
      int[] wanted = Arrays.copyOf(expected.row(query), rows.length);
      differing += Arrays.equals(rows, wanted) ? 0 : 1;
    }
    return differing;
  }
}

package io.memryx.bench.grow;

import io.memryx.bench.dataset.Dataset;
import io.memryx.bench.measure.Threads;
import io.memryx.bench.truth.TruthFile;
import io.memryx.persistence.exchange.VecsWriter;
import io.memryx.persistence.exchange.VectorRows;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Grows a large set out of real ones: see {@link Growth} for how. */
@Command(
    name = "grow",
    description =
        "Grow a large set out of real ones: every new vector is a real one, moved as the vectors"
            + " around it differ.")
public final class GrowCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--from",
      required = true,
      split = ",",
      paramLabel = "DIR",
      description = "The real sets, all of one model; their queries become the queries.")
  private List<Path> from;

  @Option(
      names = "--count",
      defaultValue = "1000000",
      paramLabel = "N",
      description = "Vectors, the real ones among them (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--seed",
      defaultValue = "42",
      description = "Seed of everything random (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--turn",
      defaultValue = "75",
      paramLabel = "DEGREES",
      description =
          "How far a vector moves: 0 not at all, 90 to a place that owes nothing to its own but the"
              + " neighborhood (default: ${DEFAULT-VALUE}).")
  private double turn;

  @Option(
      names = "--neighborhood",
      defaultValue = "24",
      paramLabel = "N",
      description = "Real vectors of a neighborhood, at most (default: ${DEFAULT-VALUE}).")
  private int neighborhood;

  @Option(
      names = "--queries",
      defaultValue = "2000",
      paramLabel = "N",
      description = "Queries, an equal share of every set (default: ${DEFAULT-VALUE}).")
  private int queries;

  @Option(
      names = "--threads",
      defaultValue = "0",
      description = "Threads of the search for the true neighbors (default: one per processor).")
  private int threads;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "The new set.")
  private Path out;

  /** Made by picocli, which sets the annotated fields. */
  @SuppressWarnings("NullAway.Init") // picocli sets them before it calls
  public GrowCommand() {}

  @Override
  public Integer call() throws IOException {
    PrintWriter output = spec.commandLine().getOut();
    List<VectorRows> sets = new ArrayList<>();
    for (Path directory : from) {
      sets.add(Dataset.openBase(directory));
    }
    var real = new RealVectors(sets);
    if (count < real.rows()) {
      throw new ParameterException(
          spec.commandLine(),
          "--count %d: the real vectors alone are %d".formatted(count, real.rows()));
    }
    Files.createDirectories(out);
    var growth = new Growth(real, Neighborhoods.of(real, neighborhood, seed), turn, seed);
    GrownFile.write(out.resolve("base.f16.npy"), real, growth, count);
    output.printf("%d real and %d grown vectors%n", real.rows(), count - real.rows());
    output.flush();
    VecsWriter.floats(out.resolve("queries.fvecs"), sharedQueries());
    TruthFile truth = TruthFile.scan(out, TruthFile.DEPTH, Threads.orAll(threads));
    truth.write();
    output.println(truth.description());
    Files.writeString(out.resolve("README.md"), readme(sets, truth));
    return CommandLine.ExitCode.OK;
  }

  /** The first queries of every set, as many of each. */
  private List<float[]> sharedQueries() throws IOException {
    List<float[]> shared = new ArrayList<>();
    for (Path directory : from) {
      VectorRows rows = Dataset.openQueries(directory);
      int share = Math.min(rows.rows(), queries / from.size());
      shared.addAll(List.of(rows.first(share)));
    }
    if (shared.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--queries %d for %d sets: none".formatted(queries, from.size()));
    }
    return shared;
  }

  private String readme(List<VectorRows> sets, TruthFile truth) {
    StringBuilder text = new StringBuilder();
    int real = sets.stream().mapToInt(VectorRows::rows).sum();
    text.append(
        String.format(
            Locale.ROOT,
            """
            # %,d x %d, grown out of %,d real vectors

            Made by `memryx bench data grow --count %d --seed %d --turn %s --neighborhood %d` from:

            """,
            count,
            sets.getFirst().dimension(),
            real,
            count,
            seed,
            turn,
            neighborhood));
    for (VectorRows set : sets) {
      Path folder = set.path().toAbsolutePath().normalize().getParent();
      text.append("- ").append(folder == null ? set.path() : folder.getFileName());
      text.append(String.format(Locale.ROOT, ", %,d vectors%n", set.rows()));
    }
    text.append(
        String.format(
            Locale.ROOT,
            """

            | file | content |
            | --- | --- |
            | base.f16.npy | the real vectors in rows 0 to %d, each once; behind them grown ones; unit length, float16 |
            | queries.fvecs | the first queries of each set, float32; none of them was used to grow |
            | gt.ivecs | exact top %d by inner product with the float16 rows, best first (ties: smaller row) |

            A grown vector is c + cos t (x - c) + sin t * sum of g_m (m - c) / sqrt(n - 1), at unit length: x a real vector (each in
            turn), m the n members of its neighborhood (at most %d), c their mean, g normal random numbers, t = %s degrees. So it
            spreads around c as its neighborhood does. No text belongs to it.

            %s.

            The licences of the real sets hold for this one.
            """,
            real - 1,
            TruthFile.DEPTH,
            neighborhood,
            turn,
            capitalised(truth.description())));
    return text.toString();
  }

  private static String capitalised(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }
}

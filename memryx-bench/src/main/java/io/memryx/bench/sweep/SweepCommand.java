package io.memryx.bench.sweep;

import io.memryx.Compression;
import io.memryx.Metric;
import io.memryx.bench.dataset.Dataset;
import io.memryx.bench.measure.Progress;
import io.memryx.bench.measure.Stopwatch;
import io.memryx.bench.sweep.SweepOptions.Extra;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Measures recall, speed and size of the engine on a data set, at many settings. */
@Command(
    name = "sweep",
    description = "Measure recall, speed and size on a data set.",
    footer = {
      "%nA row counts as found if it is among the true k nearest, or if its true score reaches the"
          + " k-th true score within 1e-6: equal texts have equal vectors, so ties are real. 'by id'"
          + " counts rows of the truth alone.",
      "%nQPS is one thread's, after a warm-up, as the median over passes of all queries; latencies"
          + " are those of all passes. CPU/wall at or below 0.97 is marked: the machine was busy"
          + " with something else.",
      "%nExit codes: 0 measured and every check held, 1 a check or the run failed, 2 wrong usage."
    })
public final class SweepCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Data set: " + Dataset.FOLDER_LAYOUT + ".")
  private Path data;

  @Option(
      names = "--metric",
      defaultValue = "dot",
      converter = MetricConverter.class,
      description =
          "dot, cosine or l2 (default: ${DEFAULT-VALUE}). gt.ivecs is the truth under dot; the truth"
              + " of the others is found by a brute-force scan first.")
  private Metric metric;

  @Option(
      names = "--compression",
      defaultValue = "lossless",
      converter = CompressionConverter.class,
      description = "compact, balanced or lossless (default: ${DEFAULT-VALUE}).")
  private Compression compression;

  @Option(
      names = "--probes",
      split = ",",
      defaultValue = "16,32,64,96,128,192,256,512",
      description = "Numbers of lists to scan (default: ${DEFAULT-VALUE}).")
  private List<Integer> probes;

  @Option(
      names = "--rerank",
      split = ",",
      defaultValue = "100,200,400",
      description =
          "Numbers of candidates whose whole codes are scored (default: ${DEFAULT-VALUE}).")
  private List<Integer> rerank;

  @Option(
      names = "--k",
      defaultValue = "10",
      description = "Neighbours (default: ${DEFAULT-VALUE}).")
  private int k;

  @Option(
      names = "--queries",
      defaultValue = "2147483647",
      description = "Use the first N queries only (default: all).",
      showDefaultValue = CommandLine.Help.Visibility.NEVER,
      paramLabel = "N")
  private int queries;

  @Option(
      names = "--threads",
      defaultValue = "0",
      paramLabel = "N",
      description = "Threads of the build (default: one per core).")
  private int threads;

  @Option(
      names = "--seed",
      defaultValue = "42",
      description = "Seed of the build and of known-vector searches (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--passes",
      defaultValue = "5",
      description =
          "Timed passes over the queries per setting, at most (default: ${DEFAULT-VALUE}).")
  private int passes;

  @Option(
      names = "--warm-up",
      defaultValue = "1",
      paramLabel = "SECONDS",
      description = "Least warm-up per setting, one pass at least (default: ${DEFAULT-VALUE}).")
  private double warmUpSeconds;

  @Option(
      names = "--seconds",
      defaultValue = "10",
      paramLabel = "SECONDS",
      description =
          "No further pass of a setting begins after this time (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(
      names = "--check-exact",
      description =
          "Hold the exact answers of all queries against a brute-force scan in double precision.")
  private boolean checkExact;

  @Option(
      names = "--search-during-build",
      description =
          "Build once more beforehand while a thread searches for known vectors and adds the last"
              + " hundredth of the data; count errors, misses and lost adds.")
  private boolean searchDuringBuild;

  @Option(
      names = "--qrels",
      description =
          "Measure nDCG and MRR on the judged rows of qrels.txt (a line per query), each setting"
              + " against exact search, query by query.")
  private boolean qrels;

  @Option(names = "--svg", paramLabel = "FILE", description = "Draw recall and speed here.")
  private @Nullable Path svg;

  @Option(names = "--out", paramLabel = "FILE", description = "Write the Markdown here, too.")
  private @Nullable Path out;

  @Option(names = "--json", paramLabel = "FILE", description = "Write JSON lines here.")
  private @Nullable Path json;

  /** Made by picocli, which sets the annotated fields. */
  @SuppressWarnings("NullAway.Init") // picocli sets them before it calls
  public SweepCommand() {}

  @Override
  public Integer call() throws IOException {
    Dataset dataset = Dataset.open(data);
    var progress = Progress.on(spec.commandLine().getErr());
    SweepReport report = new Sweep(dataset, options(), progress).run();
    String markdown = MarkdownReport.of(report, k);
    spec.commandLine().getOut().print(markdown);
    spec.commandLine().getOut().flush();
    if (out != null) {
      Files.writeString(out, markdown);
    }
    if (json != null) {
      Files.writeString(json, JsonLinesReport.of(report));
    }
    if (svg != null) {
      Files.writeString(svg, SweepChart.of(report, k));
    }
    return report.sound() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private SweepOptions options() {
    Set<Extra> extras = EnumSet.noneOf(Extra.class);
    if (checkExact) {
      extras.add(Extra.CHECK_EXACT);
    }
    if (searchDuringBuild) {
      extras.add(Extra.SEARCH_DURING_BUILD);
    }
    if (qrels) {
      extras.add(Extra.RELEVANCE);
    }
    if (checkExact && compression != Compression.LOSSLESS) {
      throw new ParameterException(
          spec.commandLine(),
          "--check-exact needs --compression lossless: codes alone can't answer exactly");
    }
    int builders = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    var stopwatch = new Stopwatch(passes, warmUpSeconds, seconds);
    return new SweepOptions(
        metric, compression, probes, rerank, k, queries, builders, seed, stopwatch, extras);
  }

  /** Reads a compression by its name in lower case. */
  static final class CompressionConverter implements ITypeConverter<Compression> {
    @Override
    public Compression convert(String value) {
      for (Compression compression : Compression.values()) {
        if (compression.name().toLowerCase(Locale.ROOT).equals(value)) {
          return compression;
        }
      }
      throw new TypeConversionException(
          "'" + value + "' is not one of compact, balanced, lossless");
    }
  }

  /** Reads a metric as the contract spells it. */
  static final class MetricConverter implements ITypeConverter<Metric> {
    @Override
    public Metric convert(String value) {
      for (Metric metric : Metric.values()) {
        if (metric.name().toLowerCase(Locale.ROOT).equals(value)) {
          return metric;
        }
      }
      throw new TypeConversionException("'" + value + "' is not one of dot, cosine, l2");
    }
  }
}

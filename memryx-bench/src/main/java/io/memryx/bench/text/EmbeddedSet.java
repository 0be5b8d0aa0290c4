package io.memryx.bench.text;

import io.memryx.bench.truth.TruthFile;
import io.memryx.persistence.exchange.HalfRowsWriter;
import io.memryx.persistence.exchange.VecsWriter;
import io.memryx.persistence.exchange.VectorShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The folder of a data set made from texts: texts, vectors, queries, truth. */
final class EmbeddedSet {
  private EmbeddedSet() {}

  /** Embeds and writes everything but the README; gives the truth. */
  static TruthFile write(Path directory, TextSet set, Embedding embedding, int threads)
      throws IOException {
    Files.createDirectories(directory);
    Files.write(directory.resolve("docs.txt"), set.texts());
    Files.write(directory.resolve("ids.txt"), set.ids());
    Files.write(directory.resolve("queries.txt"), set.queries());
    if (set.answers().isPresent()) {
      Files.write(
          directory.resolve("qrels.txt"),
          set.answers().get().stream().map(String::valueOf).toList());
    }
    writeBase(directory.resolve("base.f16.npy"), embedding.vectors(set.texts()));
    VecsWriter.floats(
        directory.resolve("queries.fvecs"), List.of(embedding.vectors(set.queries())));
    TruthFile truth = TruthFile.scan(directory, TruthFile.DEPTH, threads);
    truth.write();
    return truth;
  }

  private static void writeBase(Path file, float[][] vectors) throws IOException {
    try (var out =
        HalfRowsWriter.create(file, new VectorShape(vectors.length, vectors[0].length))) {
      for (float[] vector : vectors) {
        out.write(vector, 0);
      }
    }
  }
}

package io.memryx.bench.upsert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.bench.dataset.VectorFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class UpsertCommandTest {
  @TempDir private Path directory;
  private final StringWriter output = new StringWriter();
  private final StringWriter errors = new StringWriter();

  private int run(String... more) {
    String[] arguments = new String[more.length + 4];
    arguments[0] = "--data";
    arguments[1] = directory.toString();
    arguments[2] = "--out";
    arguments[3] = directory.resolve("out").toString();
    System.arraycopy(more, 0, arguments, 4, more.length);
    return new CommandLine(new UpsertCommand())
        .setOut(new PrintWriter(output))
        .setErr(new PrintWriter(errors))
        .execute(arguments);
  }

  private static float[][] vectors(Random random, int count) {
    float[][] vectors = new float[count][4];
    for (float[] vector : vectors) {
      for (int i = 0; i < vector.length; i++) {
        vector[i] = (float) random.nextGaussian();
      }
    }
    return vectors;
  }

  @Test
  void upsert_smallSet_measuresEverySetting() throws IOException {
    var random = new Random(3);
    VectorFiles.fvecs(directory.resolve("base.fvecs"), vectors(random, 5_000));
    VectorFiles.fvecs(directory.resolve("queries.fvecs"), vectors(random, 70));
    int exit =
        run(
            "--built",
            "4500",
            "--upserts",
            "300",
            "--hot",
            "10,200",
            "--batch-hot",
            "100",
            "--rounds",
            "1",
            "--seconds",
            "0.001");
    assertEquals(0, exit, errors::toString);
    String markdown = Files.readString(directory.resolve("out").resolve("upsert.md"));
    assertEquals(output.toString(), markdown);
    for (String setting :
        new String[] {
          "| upsert | batches of 1, into",
          "| upsert | batches of 1,000, into",
          "| search | hot buffer empty, 4,500 built |",
          "| search | hot buffer 200, 4,500 built |",
          "| batch | hot buffer 100, singles |",
          "| batch | 4,500 built, exact, 64 at once |"
        }) {
      assertTrue(markdown.contains(setting), markdown);
    }
    assertEquals(
        3 + 3 * 3 + 6, Files.readAllLines(directory.resolve("out").resolve("upsert.jsonl")).size());
  }

  @Test
  void upsert_setTooSmall_isWrongUsageThatSaysSo() throws IOException {
    var random = new Random(3);
    VectorFiles.fvecs(directory.resolve("base.fvecs"), vectors(random, 50));
    VectorFiles.fvecs(directory.resolve("queries.fvecs"), vectors(random, 2));
    assertEquals(2, run("--hot", "10"));
    assertTrue(errors.toString().contains("the data set has 50"), errors::toString);
  }
}

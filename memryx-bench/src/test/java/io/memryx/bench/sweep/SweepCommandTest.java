package io.memryx.bench.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.Metric;
import io.memryx.bench.dataset.VectorFiles;
import io.memryx.bench.truth.ExactScan;
import io.memryx.bench.truth.Ranking;
import io.memryx.persistence.exchange.VecsFile;
import io.memryx.persistence.exchange.VectorRows;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The whole sweep on the real engine, on a small data set. */
final class SweepCommandTest {
  private static final long SEED = 99;
  private static final int ROWS = 700;
  private static final int DIMENSION = 9;

  @TempDir private Path directory;
  private final StringWriter output = new StringWriter();
  private final StringWriter errors = new StringWriter();

  @ParameterizedTest
  @ValueSource(strings = {"dot", "cosine", "l2"})
  void sweep_everyMetric_exactAnswersAreExactAndARestartChangesNothing(String metric)
      throws IOException {
    writeDataset();

    int exit = run("--metric", metric, "--check-exact", "--search-during-build");

    assertEquals(0, exit, () -> errors + "\nseed " + SEED + "\n" + output);
    assertPrinted("- exact against brute force: 0 of 20 queries differ");
    assertPrinted("0 errors, 0 misses");
    assertPrinted("0 answers differ");
    assertPrinted("| exact | 1.0000 |");
  }

  @Test
  void sweep_settings_oneRowEachInMarkdownAndJson() throws IOException {
    writeDataset();
    Path markdown = directory.resolve("sweep.md");
    Path json = directory.resolve("sweep.jsonl");

    int exit = run("--out", markdown.toString(), "--json", json.toString());

    assertEquals(0, exit, errors::toString);
    assertPrinted("| default |");
    assertPrinted("| probes 1, rerank 20 |");
    assertPrinted("| probes 1000000, rerank 30 | 1.0000 |");
    assertEquals(output.toString(), Files.readString(markdown));
    List<String> lines = Files.readAllLines(json);
    assertEquals(2 + 6, lines.size());
    assertTrue(lines.get(0).startsWith("{\"type\":\"surroundings\""), lines.get(0));
    assertTrue(lines.get(1).startsWith("{\"type\":\"build\",\"vectors\":700"), lines.get(1));
    assertTrue(lines.get(3).contains("\"probes\":1,\"rerank\":20"), lines.get(3));
  }

  @ParameterizedTest
  @ValueSource(strings = {"compact", "balanced", "lossless"})
  void sweep_everyCompressionWithQrelsAndChart_isReported(String compression) throws IOException {
    writeDataset();
    // Every query's judged row is 3.
    Files.writeString(directory.resolve("qrels.txt"), "3\n".repeat(20));
    Path svg = directory.resolve("sweep.svg");
    Path json = directory.resolve("sweep.jsonl");

    int exit =
        run(
            "--compression",
            compression,
            "--qrels",
            "--svg",
            svg.toString(),
            "--json",
            json.toString());

    assertEquals(0, exit, errors::toString);
    assertPrinted(", " + compression.toUpperCase(Locale.ROOT) + ", seed 42");
    assertPrinted("| exact | nDCG@10 |");
    assertPrinted("| default | MRR@10 |");
    assertTrue(Files.readString(svg).contains(">rerank 30</text>"));
    assertEquals(
        12,
        Files.readAllLines(json).stream()
            .filter(line -> line.startsWith("{\"type\":\"relevance\""))
            .count());
  }

  @Test
  void sweep_qrelsOfRowsThatAreNotThere_areRefused() throws IOException {
    writeDataset();
    Files.writeString(directory.resolve("qrels.txt"), "3\n".repeat(19) + "3 700\n");

    assertEquals(1, run("--qrels"));
    assertTrue(errors.toString().contains("line 20 is '3 700'"), errors::toString);
  }

  @Test
  void sweep_exactnessOfCodesAlone_isWrongUsage() throws IOException {
    writeDataset();

    assertEquals(2, run("--check-exact", "--compression", "compact"));
    assertTrue(errors.toString().contains("needs --compression lossless"), errors::toString);
  }

  @Test
  void sweep_noData_saysWhatIsMissing() {
    int exit = run();

    assertEquals(1, exit);
    assertTrue(errors.toString().contains("missing: base.f16.npy"), errors::toString);
    assertTrue(errors.toString().lines().count() == 1, errors::toString);
  }

  @Test
  void sweep_unknownMetric_isWrongUsage() {
    assertEquals(2, run("--metric", "hamming"));
    assertTrue(errors.toString().contains("one of dot, cosine, l2"), errors::toString);
  }

  private int run(String... more) {
    String[] common = {
      "--data", directory.toString(),
      "--probes", "1,1000000",
      "--rerank", "20,30",
      "--threads", "2",
      "--passes", "1",
      "--warm-up", "0",
      "--seconds", "0"
    };
    return new CommandLine(new SweepCommand())
        .setOut(new PrintWriter(output))
        .setErr(new PrintWriter(errors))
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              command.getErr().println(failure.getMessage());
              return 1;
            })
        .execute(concat(common, more));
  }

  private static String[] concat(String[] some, String[] more) {
    return IntStream.range(0, some.length + more.length)
        .mapToObj(i -> i < some.length ? some[i] : more[i - some.length])
        .toArray(String[]::new);
  }

  private void assertPrinted(String part) {
    assertTrue(output.toString().contains(part), () -> part + "\nnot in\n" + output);
  }

  private void writeDataset() throws IOException {
    var random = new Random(SEED);
    float[][] base = gaussians(random, ROWS);
    // Some vectors twice: ties are real.
    System.arraycopy(base, 0, base, ROWS - 20, 20);
    float[][] queries = gaussians(random, 20);
    Path file = VectorFiles.fvecs(directory.resolve("base.fvecs"), base);
    VectorFiles.fvecs(directory.resolve("queries.fvecs"), queries);
    VectorRows rows = VecsFile.openFloats(file);
    int[][] truth =
        new ExactScan(rows, Metric.DOT)
            .nearest(queries, 10, 1).stream().map(SweepCommandTest::rows).toArray(int[][]::new);
    VectorFiles.ivecs(directory.resolve("gt.ivecs"), truth);
  }

  private static int[] rows(Ranking ranking) {
    return IntStream.range(0, ranking.size()).map(ranking::row).toArray();
  }

  private static float[][] gaussians(Random random, int count) {
    float[][] vectors = new float[count][DIMENSION];
    for (float[] vector : vectors) {
      for (int i = 0; i < DIMENSION; i++) {
        vector[i] = (float) random.nextGaussian();
      }
    }
    return vectors;
  }
}

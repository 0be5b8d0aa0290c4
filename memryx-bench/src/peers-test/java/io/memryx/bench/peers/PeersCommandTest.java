package io.memryx.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.Metric;
import io.memryx.bench.dataset.VectorFiles;
import io.memryx.bench.truth.ExactScan;
import io.memryx.bench.truth.Ranking;
import io.memryx.persistence.exchange.VecsFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The whole run, processes included, on a small data set. */
final class PeersCommandTest {
  private static final long SEED = 11;

  @TempDir private Path directory;
  private final StringWriter output = new StringWriter();
  private final StringWriter errors = new StringWriter();

  @Test
  void peers_someOfThem_areMeasuredInProcessesOfTheirOwn() throws IOException {
    writeDataset();
    Path out = directory.resolve("out");

    int exit =
        run(
            "--data", directory.toString(),
            "--out", out.toString(),
            "--peers", "memryx-lossless,memryx-compact,exact",
            "--rounds", "1",
            "--warm-up", "0",
            "--limit", "300");

    assertEquals(0, exit, () -> errors + "\nseed " + SEED);
    String markdown = Files.readString(out.resolve("peers.md"));
    assertEquals(output.toString(), markdown);
    assertTrue(markdown.contains("| exact | all vectors | 1.0000 |"), markdown);
    assertTrue(markdown.contains("| memryx-lossless | default | "), markdown);
    assertTrue(markdown.contains("| memryx-compact | every code | "), markdown);
    assertTrue(markdown.contains("300 x 8, 12 queries; truth: brute-force scan"), markdown);
    assertTrue(Files.exists(out.resolve("recall-qps.svg")));
    assertTrue(Files.readString(out.resolve("peers.jsonl")).contains("\"peer\":\"exact\""));
  }

  @Test
  void peers_unknownName_isWrongUsageThatNamesThem() {
    assertEquals(2, run("--data", "x", "--out", "y", "--peers", "faiss"));
    assertTrue(
        errors.toString().contains("'faiss' is not one of memryx-compact"), errors::toString);
  }

  private int run(String... arguments) {
    return new CommandLine(new PeersCommand())
        .setOut(new PrintWriter(output))
        .setErr(new PrintWriter(errors))
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              command.getErr().println(failure.getMessage());
              return 1;
            })
        .execute(arguments);
  }

  private void writeDataset() throws IOException {
    var random = new Random(SEED);
    float[][] base = UnitVectors.of(random, 400, 8);
    float[][] queries = UnitVectors.of(random, 12, 8);
    Path file = VectorFiles.fvecs(directory.resolve("base.fvecs"), base);
    VectorFiles.fvecs(directory.resolve("queries.fvecs"), queries);
    int[][] truth =
        new ExactScan(VecsFile.openFloats(file), Metric.DOT)
            .nearest(queries, 10, 1).stream().map(Ranking::copyOfRows).toArray(int[][]::new);
    VectorFiles.ivecs(directory.resolve("gt.ivecs"), truth);
  }
}

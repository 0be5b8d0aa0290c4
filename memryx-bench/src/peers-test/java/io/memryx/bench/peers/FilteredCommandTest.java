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
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The whole run on a small data set. */
final class FilteredCommandTest {
  private static final long SEED = 12;

  @TempDir private Path directory;
  private final StringWriter output = new StringWriter();
  private final StringWriter errors = new StringWriter();

  @Test
  void filtered_smallSet_measuresAllPeersAtAllSharesThatHaveRows() throws IOException {
    writeDataset();
    Path out = directory.resolve("out");
    Path indexes = directory.resolve("indexes");
    String[] arguments = {
      "--data",
      directory.toString(),
      "--out",
      out.toString(),
      "--indexes",
      indexes.toString(),
      "--rounds",
      "1",
      "--seconds",
      "0.001",
      "--k",
      "5"
    };
    assertEquals(0, run(arguments), () -> errors + "\nseed " + SEED);
    String markdown = Files.readString(out.resolve("filtered.md"));
    assertEquals(output.toString(), markdown);
    for (String peer : List.of("memryx-lossless", "memryx-compact", "lucene-float")) {
      for (String percent : List.of("1", "10", "50")) {
        assertTrue(
            markdown
                .lines()
                .anyMatch(
                    line ->
                        line.startsWith("| " + percent + " % |")
                            && line.contains("| " + peer + " | default |")),
            markdown);
      }
    }
    assertTrue(
        markdown
            .lines()
            .filter(line -> line.contains("memryx-lossless | recall ≥ 0.99"))
            .noneMatch(line -> line.contains("not reached")),
        markdown);
    Path record = indexes.resolve("lucene-float-filtered").resolve("record.properties");
    var built = Files.getLastModifiedTime(record);
    assertEquals(0, run(arguments), errors::toString);
    assertEquals(built, Files.getLastModifiedTime(record), "Lucene's index is kept");
  }

  private int run(String... arguments) {
    output.getBuffer().setLength(0);
    return new CommandLine(new FilteredCommand())
        .setOut(new PrintWriter(output))
        .setErr(new PrintWriter(errors))
        .execute(arguments);
  }

  private void writeDataset() throws IOException {
    var random = new Random(SEED);
    float[][] base = UnitVectors.of(random, 600, 8);
    float[][] queries = UnitVectors.of(random, 12, 8);
    Path file = VectorFiles.fvecs(directory.resolve("base.fvecs"), base);
    VectorFiles.fvecs(directory.resolve("queries.fvecs"), queries);
    int[][] truth =
        new ExactScan(VecsFile.openFloats(file), Metric.DOT)
            .nearest(queries, 10, 1).stream().map(Ranking::copyOfRows).toArray(int[][]::new);
    VectorFiles.ivecs(directory.resolve("gt.ivecs"), truth);
  }

  @Test
  void syntheticField_drawnByRow_passesItsShare() {
    for (SyntheticField field : SyntheticField.all(SEED)) {
      long passing = IntStream.range(0, 1_000_000).filter(field::passes).count();
      double expected = 1_000_000 * field.share();
      assertEquals(
          expected, (double) passing, 5 * Math.sqrt(expected), field.name() + ", seed " + SEED);
    }
  }
}

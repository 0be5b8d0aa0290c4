package io.memryx.bench.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.bench.Main;
import io.memryx.bench.dataset.Dataset;
import io.memryx.bench.dataset.VectorFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataCommandTest {
  private static final long SEED = 3;

  @TempDir private Path directory;
  private final StringWriter output = new StringWriter();
  private final StringWriter errors = new StringWriter();

  @BeforeEach
  void writeARealSet() throws IOException {
    var random = new Random(SEED);
    Path real = Files.createDirectories(directory.resolve("real"));
    VectorFiles.fvecs(real.resolve("base.fvecs"), gaussians(random, 200));
    VectorFiles.fvecs(real.resolve("queries.fvecs"), gaussians(random, 7));
  }

  @Test
  void truth_thenCheck_agrees() throws IOException {
    assertEquals(0, run("truth", "--data", directory.resolve("real").toString(), "--k", "5"));
    assertEquals(
        0, run("truth", "--data", directory.resolve("real").toString(), "--k", "5", "--check"));

    assertTrue(output.toString().contains("0 of 7 queries differ"), output::toString);
    assertEquals(5, Dataset.open(directory.resolve("real")).truth().width());
  }

  @Test
  void truth_checkOfAWrongFile_fails() {
    assertEquals(0, run("truth", "--data", directory.resolve("real").toString(), "--k", "5"));
    VectorFiles.ivecs(directory.resolve("real").resolve("gt.ivecs"), new int[][] {{0, 1, 2, 3, 4}});

    assertEquals(
        1, run("truth", "--data", directory.resolve("real").toString(), "--k", "5", "--check"));
    assertTrue(output.toString().contains("of 7 queries differ"), output::toString);
  }

  @Test
  void grow_fromAReal_keepsItAndIsReproducible() throws IOException {
    Path first = directory.resolve("first");
    Path second = directory.resolve("second");
    String real = directory.resolve("real").toString();

    assertEquals(0, run("grow", "--from", real, "--count", "9000", "--out", first.toString()));
    assertEquals(0, run("grow", "--from", real, "--count", "9000", "--out", second.toString()));

    Dataset grown = Dataset.open(first);
    assertEquals(9000, grown.base().rows());
    assertEquals(7, grown.queries().rows());
    assertEquals(100, grown.truth().width());
    float[] original = Dataset.openBase(directory.resolve("real")).row(17);
    double norm = 0;
    for (float component : original) {
      norm += component * component;
    }
    for (int d = 0; d < original.length; d++) {
      assertEquals(original[d] / Math.sqrt(norm), grown.base().row(17)[d], 1e-3);
    }
    assertArrayEquals(
        Files.readAllBytes(first.resolve("base.f16.npy")),
        Files.readAllBytes(second.resolve("base.f16.npy")));
    assertTrue(Files.readString(first.resolve("README.md")).contains("grown out of 200 real"));
  }

  @Test
  void grow_fewerThanTheRealOnes_isWrongUsage() {
    assertEquals(
        2,
        run(
            "grow",
            "--from",
            directory.resolve("real").toString(),
            "--count",
            "10",
            "--out",
            directory.resolve("out").toString()));
    assertTrue(errors.toString().contains("the real vectors alone are 200"), errors::toString);
  }

  @Test
  void help_everyCommand_isPrinted() {
    for (String command : new String[] {"grow", "truth"}) {
      assertEquals(0, run(command, "--help"));
      assertTrue(output.toString().contains("bench data " + command), output::toString);
    }
  }

  private int run(String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "data";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return Main.commandLine()
        .setOut(new PrintWriter(output))
        .setErr(new PrintWriter(errors))
        .execute(all);
  }

  private static float[][] gaussians(Random random, int count) {
    float[][] vectors = new float[count][6];
    for (float[] vector : vectors) {
      for (int d = 0; d < vector.length; d++) {
        vector[d] = (float) random.nextGaussian();
      }
    }
    return vectors;
  }
}

package io.memryx.bench.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.memryx.Metric;
import io.memryx.bench.dataset.VectorFiles;
import io.memryx.persistence.exchange.VecsFile;
import io.memryx.persistence.exchange.VectorRows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BlockedScanTest {
  private static final long SEED = 20261123;

  @TempDir private Path directory;

  @ParameterizedTest
  // Odd dimensions; fewer and more rows than a block, fewer and more queries than a panel.
  @CsvSource({"1, 5, 3", "7, 333, 131", "13, 1500, 300", "384, 700, 5"})
  void nearest_randomVectors_equalsDoublePrecisionScan(int dimension, int rows, int queries)
      throws IOException {
    var random = new Random(SEED);
    VectorRows base = rows(gaussians(random, rows, dimension));
    float[][] wanted = gaussians(random, queries, dimension);

    List<Ranking> found = new BlockedScan(base).nearest(wanted, 100, 3);

    List<Ranking> expected = new ExactScan(base, Metric.DOT).nearest(wanted, 100, 1);
    assertEquals(queries, found.size());
    for (int query = 0; query < queries; query++) {
      assertEquals(
          rowsOf(expected.get(query)),
          rowsOf(found.get(query)),
          "seed " + SEED + ", query " + query);
    }
  }

  /** Ties reach beyond every spare candidate: only the scan in double precision can order them. */
  @Test
  void nearest_moreEqualVectorsThanCandidates_smallestRowsFirst() throws IOException {
    float[][] vectors = new float[2000][];
    Arrays.fill(vectors, new float[] {1, 2, 3});

    Ranking ranking =
        new BlockedScan(rows(vectors)).nearest(new float[][] {{1, 1, 1}}, 10, 2).getFirst();

    assertEquals(IntStream.range(0, 10).boxed().toList(), rowsOf(ranking));
  }

  /** Float32 can't tell these apart; double precision can. */
  @Test
  void nearest_scoresCloserThanFloatPrecision_orderedByTrueScore() throws IOException {
    int count = 1000;
    float[][] vectors = new float[count][];
    for (int row = 0; row < count; row++) {
      vectors[row] = new float[] {1, row * 0x1p-40f};
    }

    Ranking ranking =
        new BlockedScan(rows(vectors)).nearest(new float[][] {{1, 1}}, 10, 2).getFirst();

    assertEquals(
        IntStream.range(0, 10).map(rank -> count - 1 - rank).boxed().toList(), rowsOf(ranking));
  }

  private VectorRows rows(float[][] vectors) throws IOException {
    return VecsFile.openFloats(VectorFiles.fvecs(directory.resolve("base.fvecs"), vectors));
  }

  private static List<Integer> rowsOf(Ranking ranking) {
    return IntStream.range(0, ranking.size()).mapToObj(ranking::row).toList();
  }

  private static float[][] gaussians(Random random, int count, int dimension) {
    float[][] vectors = new float[count][dimension];
    for (float[] vector : vectors) {
      for (int d = 0; d < dimension; d++) {
        vector[d] = (float) random.nextGaussian();
      }
    }
    return vectors;
  }
}

package io.memryx.bench.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.Metric;
import io.memryx.bench.dataset.VectorFiles;
import io.memryx.persistence.exchange.VecsFile;
import io.memryx.persistence.exchange.VectorRows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ExactScanTest {
  private static final long SEED = 20261122;
  private static final int DIMENSION = 7;

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(Metric.class)
  void nearest_randomVectors_equalsSortingEverything(Metric metric) throws IOException {
    var random = new Random(SEED);
    float[][] vectors = gaussians(random, 333);
    // More than one block of queries, and not a multiple of one.
    float[][] queries = gaussians(random, 131);
    var scan = new ExactScan(rows(vectors), metric);

    List<Ranking> rankings = scan.nearest(queries, 10, 3);

    assertEquals(queries.length, rankings.size());
    for (int query = 0; query < queries.length; query++) {
      List<Integer> expected = sorted(metric, queries[query], vectors);
      Ranking ranking = rankings.get(query);
      assertEquals(10, ranking.size());
      for (int rank = 0; rank < 10; rank++) {
        assertEquals(expected.get(rank), ranking.row(rank), "seed " + SEED + ", query " + query);
        assertEquals(
            score(metric, queries[query], vectors[ranking.row(rank)]), ranking.score(rank), 1e-12);
        assertEquals(scan.score(queries[query], ranking.row(rank)), ranking.score(rank), 1e-12);
      }
    }
  }

  @Test
  void nearest_equalVectors_smallerRowFirst() throws IOException {
    var scan = new ExactScan(rows(new float[][] {{1}, {2}, {2}, {1}, {2}}), Metric.DOT);

    Ranking ranking = scan.nearest(new float[][] {{1}}, 4, 1).getFirst();

    assertEquals(List.of(1, 2, 4, 0), IntStream.range(0, 4).mapToObj(ranking::row).toList());
  }

  @Test
  void nearest_fewerVectorsThanWanted_allOfThem() throws IOException {
    var scan = new ExactScan(rows(new float[][] {{1}, {2}}), Metric.L2);

    assertEquals(2, scan.nearest(new float[][] {{1}}, 10, 2).getFirst().size());
  }

  @Test
  void contains_beyondDepth_false() {
    var ranking = new Ranking(new int[] {4, 2}, new double[] {2, 1});

    assertTrue(ranking.contains(2, 2));
    assertEquals(false, ranking.contains(2, 1));
  }

  private VectorRows rows(float[][] vectors) throws IOException {
    return VecsFile.openFloats(VectorFiles.fvecs(directory.resolve("base.fvecs"), vectors));
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

  private static List<Integer> sorted(Metric metric, float[] query, float[][] vectors) {
    return IntStream.range(0, vectors.length)
        .boxed()
        .sorted(
            Comparator.comparingDouble((Integer row) -> score(metric, query, vectors[row]))
                .reversed())
        .toList();
  }

  private static double score(Metric metric, float[] a, float[] b) {
    double dot = 0;
    double aNorm = 0;
    double bNorm = 0;
    double distance = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      aNorm += (double) a[i] * a[i];
      bNorm += (double) b[i] * b[i];
      distance += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
    }
    return switch (metric) {
      case DOT -> dot;
      case COSINE -> dot / (Math.sqrt(aNorm) * Math.sqrt(bNorm));
      case L2 -> -distance;
    };
  }
}

package io.memryx.internal.ivf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.Metric;
import io.memryx.RandomVectors;
import io.memryx.internal.kernel.VectorKernels;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CentroidsTest {
  private static final int DIMENSION = 21;
  private static final int LISTS = 67;

  private final RandomVectors random = new RandomVectors(3, DIMENSION, 9);
  private final float[] mean = random.next();
  private final float[] centered = new float[LISTS * DIMENSION];

  private Centroids centroids(Metric metric) {
    for (int list = 0; list < LISTS; list++) {
      System.arraycopy(random.next(), 0, centered, list * DIMENSION, DIMENSION);
    }
    return Centroids.round(metric, mean, centered);
  }

  @Test
  void round_everyComponent_isWithinHalfAStep() {
    Centroids centroids = centroids(Metric.L2);
    float[] rounded = centroids.centered();
    for (int list = 0; list < LISTS; list++) {
      float[] vector = new float[DIMENSION];
      centroids.add(list, vector);
      float greatest = 0;
      for (int d = 0; d < DIMENSION; d++) {
        int i = list * DIMENSION + d;
        assertTrue(Math.abs(rounded[i] - centered[i]) <= 0.501f * centroids.scales()[list]);
        assertEquals(mean[d] + rounded[i], vector[d], 1e-5);
        greatest = Math.max(greatest, Math.abs(centered[i]));
      }
      assertEquals(greatest / 127, centroids.scales()[list], 1e-6);
      assertZeroFromItself(centroids, list, rounded);
    }
  }

  /** A centroid minus itself is nothing. */
  private static void assertZeroFromItself(Centroids centroids, int list, float[] rounded) {
    float[] rest = Arrays.copyOfRange(rounded, list * DIMENSION, (list + 1) * DIMENSION);
    centroids.subtractCentered(list, rest, 0);
    assertArrayEquals(new float[DIMENSION], rest);
  }

  @Test
  void round_zerosAndDenormals_areTheMean() {
    float[] tiny = new float[2 * DIMENSION];
    tiny[DIMENSION] = Float.MIN_VALUE;
    tiny[DIMENSION + 1] = -1e-40f;
    Centroids centroids = Centroids.round(Metric.L2, mean, tiny);
    assertArrayEquals(new byte[2 * DIMENSION], centroids.codes());
    assertArrayEquals(new float[2 * DIMENSION], centroids.centered());
  }

  @Test
  void round_hugeComponents_stayFinite() {
    float[] huge = new float[DIMENSION];
    Arrays.fill(huge, 1e18f);
    huge[3] = -3e18f;
    float[] rounded = Centroids.round(Metric.DOT, mean, huge).centered();
    for (int d = 0; d < DIMENSION; d++) {
      assertEquals(huge[d], rounded[d], 0.5 * 3e18 / 127);
    }
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void nearest_anyNumberOfProbes_isTheOrderByDefinition(Metric metric) {
    Centroids centroids = centroids(metric);
    for (int round = 0; round < 20; round++) {
      float[] query = random.next();
      float[] seen = query.clone();
      for (int d = 0; d < DIMENSION; d++) {
        seen[d] = metric == Metric.L2 ? 2 * (query[d] - mean[d]) : query[d];
      }
      float[] products = centroids.products(VectorKernels.selected(), List.of(seen))[0];
      double[] nearness = new double[LISTS];
      for (int list = 0; list < LISTS; list++) {
        float[] centroid = new float[DIMENSION];
        centroids.add(list, centroid);
        nearness[list] = RandomVectors.score(metric, query, centroid);
      }
      for (int probes : new int[] {1, 2, 10, LISTS}) {
        int[] nearest = centroids.nearest(products, probes);
        assertEquals(probes, nearest.length);
        assertEquals(probes, Arrays.stream(nearest).distinct().count());
        double[] sorted = Arrays.stream(nearness).map(value -> -value).sorted().toArray();
        for (int rank = 0; rank < probes; rank++) {
          double bound = 1e-4 * Math.max(1, Math.abs(sorted[rank]));
          assertEquals(-sorted[rank], nearness[nearest[rank]], bound);
        }
      }
    }
  }

  @Test
  void nearest_equalCentroids_lowerListFirst() {
    float[] equal = new float[4 * DIMENSION];
    Arrays.fill(equal, 1);
    Centroids centroids = Centroids.round(Metric.L2, mean, equal);
    float[] products = centroids.products(VectorKernels.selected(), List.of(random.next()))[0];
    assertArrayEquals(new int[] {0, 1, 2}, centroids.nearest(products, 3));
  }

  @Test
  void centroidAtTheOrigin_cosine_hasNoDirectionAndNoNaN() {
    float[] atOrigin = new float[DIMENSION];
    Centroids centroids = Centroids.round(Metric.COSINE, new float[DIMENSION], atOrigin);
    float[] products = centroids.products(VectorKernels.selected(), List.of(random.next()))[0];
    assertEquals(0f, products[0]);
    assertArrayEquals(new int[] {0}, centroids.nearest(products, 1));
  }
}

package io.memryx.internal.build;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.BuildProgress;
import io.memryx.BuildRequest;
import io.memryx.Metric;
import io.memryx.RandomVectors;
import io.memryx.internal.ivf.ClusterIndex;
import io.memryx.internal.ivf.VectorRows;
import io.memryx.internal.ivf.VectorRowsBuilder;
import io.memryx.internal.kernel.VectorKernels;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IndexBuilderTest {
  private static final int DIMENSION = 24;

  private static VectorRows vectors(Metric metric, int count) {
    var random = new RandomVectors(5, DIMENSION, 20);
    var builder = new VectorRowsBuilder(metric, DIMENSION);
    for (int i = 0; i < count; i++) {
      float[] vector = random.next();
      builder.append((array, offset) -> System.arraycopy(vector, 0, array, offset, DIMENSION));
    }
    return builder.view();
  }

  @Test
  void build_dataFarFromTheOrigin_isClusteredAsIfItWereNear() {
    var random = new RandomVectors(5, DIMENSION, 20);
    var near = new VectorRowsBuilder(Metric.L2, DIMENSION);
    var far = new VectorRowsBuilder(Metric.L2, DIMENSION);
    for (int i = 0; i < 3_000; i++) {
      float[] vector = random.next();
      near.append((array, offset) -> System.arraycopy(vector, 0, array, offset, DIMENSION));
      far.append(
          (array, offset) -> {
            for (int d = 0; d < DIMENSION; d++) {
              array[offset + d] = vector[d] + 65_536;
            }
          });
    }
    double nearError = squaredError(near.view());
    double farError = squaredError(far.view());
    assertTrue(farError < 1.1 * nearError, farError + " against " + nearError);
  }

  /** The sum of squared distances of all vectors to the centroids of their lists. */
  private static double squaredError(VectorRows vectors) {
    ClusterIndex index = build(vectors, BuildRequest.defaults());
    double sum = 0;
    for (int list = 0; list < index.lists().count(); list++) {
      for (int p = index.lists().start(list); p < index.lists().start(list + 1); p++) {
        sum += distance(vectors, index.lists().ordinal(p), index, list);
      }
    }
    return sum;
  }

  private static ClusterIndex build(VectorRows vectors, BuildRequest request) {
    return new IndexBuilder(VectorKernels.selected(), request, new BuildMonitor(request))
        .build(vectors);
  }

  @Test
  void listCount_growsWithTheSquareRoot() {
    assertEquals(1, IndexBuilder.listCount(1));
    assertEquals(1, IndexBuilder.listCount(31));
    assertEquals(62, IndexBuilder.listCount(1_000));
    assertEquals(1_030, IndexBuilder.listCount(117_791));
    assertEquals(3_000, IndexBuilder.listCount(1_000_000));
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void build_everyVector_isInTheListOfItsNearestCentroid(Metric metric) {
    VectorRows vectors = vectors(metric, 3_000);
    ClusterIndex index = build(vectors, BuildRequest.defaults());
    var seen = new BitSet();
    for (int list = 0; list < index.lists().count(); list++) {
      for (int p = index.lists().start(list); p < index.lists().start(list + 1); p++) {
        int row = index.lists().ordinal(p);
        seen.set(row);
        assertTrue(
            distance(vectors, row, index, list) <= nearestDistance(vectors, row, index) + 1e-4);
      }
    }
    assertEquals(3_000, seen.cardinality());
  }

  private static double nearestDistance(VectorRows vectors, int row, ClusterIndex index) {
    double nearest = Double.POSITIVE_INFINITY;
    for (int list = 0; list < index.lists().count(); list++) {
      nearest = Math.min(nearest, distance(vectors, row, index, list));
    }
    return nearest;
  }

  private static double distance(VectorRows vectors, int row, ClusterIndex index, int list) {
    float[] vector = vectors.copyOf(row);
    double sum = 0;
    for (int d = 0; d < DIMENSION; d++) {
      double difference =
          (double) vector[d] * vectors.scale(row)
              - index.centroids().values()[list * DIMENSION + d];
      sum += difference * difference;
    }
    return sum;
  }

  @Test
  void build_sameSeedAnyNumberOfThreads_givesTheSameIndex() {
    VectorRows vectors = vectors(Metric.COSINE, 5_000);
    ClusterIndex alone = build(vectors, BuildRequest.defaults());
    try (var executor = Executors.newFixedThreadPool(3)) {
      ClusterIndex together = build(vectors, BuildRequest.defaults().withParallelism(4, executor));
      assertArrayEquals(alone.centroids().values(), together.centroids().values());
      assertArrayEquals(alone.lists().ordinals(), together.lists().ordinals());
      for (int c = 0; c < alone.codes().chunks().size(); c++) {
        assertArrayEquals(alone.codes().chunks().get(c), together.codes().chunks().get(c));
      }
    }
  }

  @Test
  void build_equalVectors_stillBuilds() {
    var builder = new VectorRowsBuilder(Metric.COSINE, 3);
    for (int i = 0; i < 500; i++) {
      builder.append((array, offset) -> array[offset] = 1);
    }
    ClusterIndex index = build(builder.view(), BuildRequest.defaults());
    assertEquals(500, index.lists().size());
  }

  @Test
  void build_reportsPhasesInOrderAndNeverBackwards() {
    List<BuildProgress> progress = new ArrayList<>();
    build(vectors(Metric.DOT, 3_000), BuildRequest.defaults().withProgress(progress::add));
    double percent = 0;
    for (BuildProgress step : progress) {
      assertTrue(step.percent() >= percent, step + " after " + percent);
      percent = step.percent();
    }
    assertEquals(
        List.of(
            BuildProgress.Phase.CLUSTER, BuildProgress.Phase.ASSIGN, BuildProgress.Phase.ENCODE),
        progress.stream().map(BuildProgress::phase).distinct().toList());
  }
}

package io.memryx.internal.build;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.BuildProgress;
import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Metric;
import io.memryx.RandomVectors;
import io.memryx.internal.ivf.Centroids;
import io.memryx.internal.ivf.ClusterIndex;
import io.memryx.internal.ivf.RowSet;
import io.memryx.internal.ivf.VectorRows;
import io.memryx.internal.ivf.VectorRowsBuilder;
import io.memryx.internal.ivf.Vectors;
import io.memryx.internal.kernel.VectorKernels;
import io.memryx.internal.quantization.ResidualEncoder;
import io.memryx.internal.quantization.SignBlocks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class IndexBuilderTest {
  private static final int DIMENSION = 24;

  private static VectorRows vectors(Metric metric, int count) {
    return vectors(new RandomVectors(5, DIMENSION, 20), metric, DIMENSION, count);
  }

  private static VectorRows vectors(RandomVectors random, Metric metric, int dimension, int count) {
    var builder = new VectorRowsBuilder(metric, dimension);
    for (int i = 0; i < count; i++) {
      float[] vector = random.next();
      builder.append((array, offset) -> System.arraycopy(vector, 0, array, offset, dimension));
    }
    return builder.view();
  }

  private static IndexBuilder builder(Vectors vectors, BuildRequest request) {
    return builder(vectors, Compression.COMPACT, request);
  }

  private static IndexBuilder builder(
      Vectors vectors, Compression compression, BuildRequest request) {
    var options = new CollectionOptions(vectors.dimension(), vectors.metric(), compression);
    return new IndexBuilder(VectorKernels.selected(), options, request, new BuildMonitor(request));
  }

  private static ClusterIndex train(Vectors vectors) {
    return builder(vectors, BuildRequest.defaults()).train(vectors);
  }

  @Test
  void train_dataFarFromTheOrigin_isClusteredAsIfItWereNear() {
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
    double nearError = meanSquaredDistance(near.view());
    double farError = meanSquaredDistance(far.view());
    assertTrue(farError < 1.1 * nearError, farError + " against " + nearError);
  }

  /** The mean squared distance of all vectors to the centroids of their lists. */
  private static double meanSquaredDistance(VectorRows vectors) {
    ClusterIndex index = train(vectors);
    double sum = 0;
    for (int list = 0; list < index.lists().count(); list++) {
      for (int p = index.lists().start(list); p < index.lists().start(list + 1); p++) {
        sum += distance(vectors, index.lists().ordinal(p), index.centroids(), list);
      }
    }
    double mean = sum / vectors.size();
    // Most of them the centroids were fitted to; what is kept is of others.
    double kept = index.training().meanResidualEnergy();
    assertTrue(kept > mean - 1e-6 && kept < 1.4 * mean + 1e-6, kept + " beside " + mean);
    return mean;
  }

  @Test
  void train_l2_addendsWeighWhatCodesGetWrongByTheWayToTheCentroid() {
    VectorRows vectors = vectors(Metric.L2, 2_000);
    ClusterIndex index = train(vectors);
    Centroids centroids = index.centroids();
    for (int position = 0; position < 2_000; position += 7) {
      int list = index.lists().listOf(position);
      float[] centroid = centroids.centered(list);
      float[] vector = vectors.copyOf(index.lists().ordinal(position));
      float[] decoded = index.decode(position);
      double expected = 0;
      for (int d = 0; d < DIMENSION; d++) {
        double center = (double) centroids.mean()[d] + centroid[d];
        double residual = vector[d] - center;
        expected -= (double) centroid[d] * centroid[d] + residual * residual;
        expected -= 2 * centroid[d] * (decoded[d] - center);
      }
      float addend = index.signs().addend(index.ownScanPosition(list, position));
      assertEquals(expected, addend, 1e-3 * Math.max(1, Math.abs(expected)));
    }
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
  void train_everyVector_isInTheListOfItsNearestCentroid(Metric metric) {
    VectorRows vectors = vectors(metric, 2_000);
    ClusterIndex index = train(vectors);
    var seen = new BitSet();
    for (int list = 0; list < index.lists().count(); list++) {
      for (int p = index.lists().start(list); p < index.lists().start(list + 1); p++) {
        int row = index.lists().ordinal(p);
        seen.set(row);
        assertTrue(
            distance(vectors, row, index.centroids(), list)
                <= nearestDistance(vectors, row, index.centroids()) + 1e-4);
      }
    }
    assertEquals(2_000, seen.cardinality());
  }

  private static double nearestDistance(VectorRows vectors, int row, Centroids centroids) {
    double nearest = Double.POSITIVE_INFINITY;
    for (int list = 0; list < centroids.count(); list++) {
      nearest = Math.min(nearest, distance(vectors, row, centroids, list));
    }
    return nearest;
  }

  private static double distance(VectorRows vectors, int row, Centroids centroids, int list) {
    float[] vector = vectors.copyOf(row);
    double sum = 0;
    for (int d = 0; d < vector.length; d++) {
      int code = centroids.codes()[list * vector.length + d];
      double centroid = centroids.mean()[d] + (double) centroids.scales()[list] * code;
      double difference = (double) vector[d] * vectors.scale(row) - centroid;
      sum += difference * difference;
    }
    return sum;
  }

  @Test
  void train_sameSeedAnyNumberOfThreads_givesTheSameIndex() {
    // Enough for default probes to be measured.
    VectorRows vectors = vectors(new RandomVectors(6, 8, 40), Metric.COSINE, 8, 17_000);
    ClusterIndex alone = train(vectors);
    assertTrue(alone.training().defaultProbes() < alone.lists().count());
    try (var executor = Executors.newFixedThreadPool(3)) {
      BuildRequest parallel = BuildRequest.defaults().withParallelism(4, executor);
      assertSame(alone, builder(vectors, parallel).train(vectors));
    }
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void extend_sameVectorsAnyNumberOfThreads_givesTheSameIndex(Metric metric) {
    VectorRows vectors = vectors(metric, 1_000);
    VectorRows added = vectors(new RandomVectors(8, DIMENSION, 3), metric, DIMENSION, 700);
    ClusterIndex index = train(vectors);
    RowSet dead = RowSet.empty().with(0, 5, 999);
    IndexBuilder.Extension alone =
        builder(added, BuildRequest.defaults()).extend(index, dead, added);
    try (var executor = Executors.newFixedThreadPool(3)) {
      BuildRequest parallel = BuildRequest.defaults().withParallelism(4, executor);
      IndexBuilder.Extension together = builder(added, parallel).extend(index, dead, added);
      assertSame(alone.index(), together.index());
      assertEquals(alone.drift(), together.drift());
    }
  }

  private static void assertSame(ClusterIndex expected, ClusterIndex actual) {
    assertEquals(expected.training(), actual.training());
    assertArrayEquals(expected.centroids().codes(), actual.centroids().codes());
    assertArrayEquals(expected.centroids().scales(), actual.centroids().scales());
    assertArrayEquals(expected.lists().starts(), actual.lists().starts());
    assertArrayEquals(expected.lists().ordinals(), actual.lists().ordinals());
    assertArrayEquals(expected.quantizer().parameters(), actual.quantizer().parameters());
    assertArrayEquals(expected.quantizer().transforms(), actual.quantizer().transforms());
    assertArrayEquals(expected.spilled().starts(), actual.spilled().starts());
    assertArrayEquals(expected.spilled().ordinals(), actual.spilled().ordinals());
    assertAllEqual(expected.signs().signs(), actual.signs().signs());
    assertAllEqual(expected.signs().factors(), actual.signs().factors());
    assertAllEqual(expected.codes().rows(), actual.codes().rows());
    assertArrayEquals(expected.signs().addends().toArray(), actual.signs().addends().toArray());
  }

  private static void assertAllEqual(List<byte[]> expected, List<byte[]> actual) {
    assertEquals(expected.size(), actual.size());
    for (int c = 0; c < expected.size(); c++) {
      assertArrayEquals(expected.get(c), actual.get(c));
    }
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void extend_codesThatWereThere_areMovedNotChanged(Metric metric) {
    VectorRows vectors = vectors(metric, 1_000);
    ClusterIndex index = train(vectors);
    VectorRows added = vectors(new RandomVectors(5, DIMENSION, 20), metric, DIMENSION, 300);
    RowSet dead = RowSet.empty().with(3, 17, 998);
    ClusterIndex extended =
        builder(added, BuildRequest.defaults()).extend(index, dead, added).index();
    assertEquals(1_297, extended.lists().size());
    int[] kept = dead.complement(1_000);
    for (int ordinal = 0; ordinal < kept.length; ordinal++) {
      int before = index.lists().positions()[kept[ordinal]];
      int after = extended.lists().positions()[ordinal];
      assertEquals(index.lists().listOf(before), extended.lists().listOf(after));
      assertArrayEquals(index.decode(before), extended.decode(after));
    }
    // The same vectors again, so the same codes as theirs.
    for (int i = 0; i < 300; i++) {
      assertArrayEquals(
          index.decode(index.lists().positions()[i]),
          extended.decode(extended.lists().positions()[kept.length + i]));
    }
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void train_lossless_spillsTheSignsOfEveryRowIntoAnotherList(Metric metric) {
    VectorRows vectors = vectors(metric, 2_000);
    assertSpilled(
        vectors, builder(vectors, Compression.LOSSLESS, BuildRequest.defaults()).train(vectors));
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void extend_lossless_spillsWhatIsAddedAndKeepsWhatWas(Metric metric) {
    VectorRows all = vectors(metric, 2_000);
    VectorRows first = vectors(metric, 1_500);
    var added = new VectorRowsBuilder(metric, DIMENSION);
    var left = new VectorRowsBuilder(metric, DIMENSION);
    RowSet dead = RowSet.empty().with(0, 700, 1_499);
    for (int row = 0; row < 2_000; row++) {
      float[] vector = all.copyOf(row);
      if (row >= 1_500) {
        added.append((array, offset) -> System.arraycopy(vector, 0, array, offset, DIMENSION));
      }
      if (!dead.contains(row)) {
        left.append((array, offset) -> System.arraycopy(vector, 0, array, offset, DIMENSION));
      }
    }
    IndexBuilder builder = builder(first, Compression.LOSSLESS, BuildRequest.defaults());
    assertSpilled(left.view(), builder.extend(builder.train(first), dead, added.view()).index());
  }

  /** That signs and factors of spilled rows are those of their differences to the centroids. */
  private static void assertSpilled(VectorRows vectors, ClusterIndex index) {
    int dimension = vectors.dimension();
    assertEquals(vectors.size(), index.spilled().size());
    assertEquals(2 * vectors.size(), index.firstScanPosition(index.lists().count()));
    VectorKernels kernels = VectorKernels.selected();
    ResidualEncoder encoder = index.quantizer().newEncoder(kernels);
    int columns = index.signs().columns();
    var seen = new BitSet();
    for (int list = 0; list < index.lists().count(); list++) {
      for (int i = index.spilled().start(list); i < index.spilled().start(list + 1); i++) {
        int position = index.spilled().ordinal(i);
        seen.set(position);
        assertTrue(list != index.lists().listOf(position));
        float[] residual = new float[dimension];
        vectors.copyScaledTo(index.lists().ordinal(position), 1, residual, 0);
        float squared = 0;
        for (int d = 0; d < dimension; d++) {
          residual[d] -= index.centroids().mean()[d];
          squared += residual[d] * residual[d];
        }
        index.centroids().subtractCentered(list, residual, 0);
        encoder.encodeSigns(residual, 1);
        byte[] expected = new byte[columns];
        encoder.copySigns(0, expected, 0, 1);
        int scanned = index.spilledScanPosition(list, i);
        int differing = 0;
        for (int column = 0; column < columns; column++) {
          int offset = index.signs().signsOffset(scanned) + column * SignBlocks.STRIDE;
          int bits = expected[column] ^ index.signs().signsOf(scanned)[offset];
          differing += Integer.bitCount(bits & 0xFF);
        }
        // Differences of last digits turn a sign where a component is all but zero.
        assertTrue(differing <= 1, differing + " signs of spilled row " + i + " differ");
        int factor = index.signs().factorsOf(scanned)[index.signs().indexInChunk(scanned)];
        assertEquals(encoder.signFactor(0), factor, 1);
        if (vectors.metric() == Metric.L2) {
          float[] centroid = index.centroids().centered(list);
          float[] weights = index.quantizer().prepare(kernels, centroid).weights();
          double expectedAddend =
              -kernels.dot(centroid, 0, centroid, 0, dimension)
                  - kernels.dot(residual, 0, residual, 0, dimension)
                  - 2 * encoder.estimateBySigns(0, weights);
          assertEquals(expectedAddend, index.signs().addend(scanned), 1e-3 * squared);
        }
      }
    }
    assertEquals(vectors.size(), seen.cardinality());
  }

  @Test
  void extend_byNothing_dropsTheDeadAndHasNoDrift() {
    VectorRows vectors = vectors(Metric.L2, 500);
    VectorRows none = vectors(Metric.L2, 0);
    IndexBuilder.Extension extension =
        builder(none, BuildRequest.defaults()).extend(train(vectors), RowSet.empty().with(7), none);
    assertEquals(499, extension.index().lists().size());
    assertEquals(1, extension.drift());
  }

  @Test
  void extend_likeAndUnlikeVectors_tellsTheirDrift() {
    VectorRows vectors = vectors(Metric.L2, 4_000);
    ClusterIndex index = train(vectors);
    VectorRows alike = vectors(Metric.L2, 200);
    VectorRows unlike = vectors(new RandomVectors(77, DIMENSION, 5), Metric.L2, DIMENSION, 200);
    double alikeDrift =
        builder(alike, BuildRequest.defaults()).extend(index, RowSet.empty(), alike).drift();
    double unlikeDrift =
        builder(unlike, BuildRequest.defaults()).extend(index, RowSet.empty(), unlike).drift();
    assertTrue(alikeDrift > 0.8 && alikeDrift < 1.15, alikeDrift + " of vectors alike");
    assertTrue(unlikeDrift > 1.5, unlikeDrift + " of vectors unlike");
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void train_equalVectors_codesStandForThem(Metric metric) {
    var rows = new VectorRowsBuilder(metric, 3);
    for (int i = 0; i < 500; i++) {
      rows.append((array, offset) -> array[offset] = 1);
    }
    ClusterIndex index = train(rows.view());
    assertEquals(500, index.lists().size());
    for (int position = 0; position < 500; position += 50) {
      assertArrayEquals(new float[] {1, 0, 0}, index.decode(position), 1e-5f);
    }
    IndexBuilder.Extension extension =
        builder(rows.view(), BuildRequest.defaults()).extend(index, RowSet.empty(), rows.view());
    assertEquals(1, extension.drift(), "of equal vectors");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 40})
  void train_fewerVectorsThanDimensions_codesComeNear(int count) {
    int dimension = 200;
    VectorRows vectors = vectors(new RandomVectors(2, dimension, 3), Metric.DOT, dimension, count);
    ClusterIndex index = train(vectors);
    for (int row = 0; row < count; row++) {
      double error = relativeError(vectors, index, row);
      assertTrue(error < 0.5, error + " of row " + row);
    }
  }

  /** |x - decoded|² / |x|². */
  private static double relativeError(VectorRows vectors, ClusterIndex index, int row) {
    float[] vector = vectors.copyOf(row);
    float[] decoded = index.decode(index.lists().positions()[row]);
    double error = 0;
    double energy = 0;
    for (int d = 0; d < vector.length; d++) {
      error += Math.pow((double) vector[d] - decoded[d], 2);
      energy += (double) vector[d] * vector[d];
    }
    return error / energy;
  }

  @Test
  void train_severalBlocksOfDimensions_codesComeNear() {
    int dimension = 1_025;
    VectorRows vectors = vectors(new RandomVectors(2, dimension, 3), Metric.DOT, dimension, 300);
    ClusterIndex index = train(vectors);
    double sum = 0;
    for (int row = 0; row < 300; row += 10) {
      sum += relativeError(vectors, index, row) / 30;
    }
    assertTrue(sum < 0.2, "mean relative error is " + sum);
  }

  @Test
  void train_reportsPhasesInOrderAndNeverBackwards() {
    List<BuildProgress> progress = new ArrayList<>();
    VectorRows vectors = vectors(new RandomVectors(6, 8, 40), Metric.DOT, 8, 16_500);
    ClusterIndex _ =
        builder(vectors, BuildRequest.defaults().withProgress(progress::add)).train(vectors);
    double percent = 0;
    for (BuildProgress step : progress) {
      assertTrue(step.percent() >= percent, step + " after " + percent);
      percent = step.percent();
    }
    assertEquals(
        Arrays.stream(BuildProgress.Phase.values())
            .filter(phase -> phase != BuildProgress.Phase.COMMIT)
            .toList(),
        progress.stream().map(BuildProgress::phase).distinct().toList());
  }
}

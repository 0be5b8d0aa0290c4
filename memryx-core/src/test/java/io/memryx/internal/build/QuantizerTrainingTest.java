package io.memryx.internal.build;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.BuildRequest;
import io.memryx.Compression;
import io.memryx.Metric;
import io.memryx.internal.kernel.SignFactors;
import io.memryx.internal.kernel.VectorKernels;
import io.memryx.internal.quantization.CodeBudget;
import io.memryx.internal.quantization.ResidualEncoder;
import io.memryx.internal.quantization.ResidualQuantizer;
import io.memryx.internal.quantization.TransformBlocks;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class QuantizerTrainingTest {
  private static final VectorKernels KERNELS = VectorKernels.selected();
  private static final ExecutorService EXECUTOR = Executors.newFixedThreadPool(3);

  @AfterAll
  static void stop() {
    EXECUTOR.shutdownNow();
  }

  private static Workers workers(BuildRequest request) {
    return new Workers(request, new BuildMonitor(request));
  }

  private static ResidualQuantizer trained(
      BuildRequest request, int dimension, float[] residuals, float[] queries) {
    CodeBudget budget = CodeBudget.of(dimension, Metric.COSINE, Compression.COMPACT);
    return new QuantizerTraining(KERNELS, workers(request), new TransformBlocks(dimension), budget)
        .train(new QuantizerTraining.Sample(residuals.clone(), queries.clone()));
  }

  private static ResidualQuantizer trained(int dimension, float[] residuals, float[] queries) {
    return trained(BuildRequest.defaults(), dimension, residuals, queries);
  }

  /** Rows with few directions of much variance, none along the axes. */
  private static float[] correlated(int rows, int dimension, long seed) {
    var random = new SplittableRandom(seed);
    float[] mixed = new float[rows * dimension];
    for (int row = 0; row < rows; row++) {
      float before = 0;
      for (int d = 0; d < dimension; d++) {
        // Neighbouring dimensions are alike: a random walk that forgets.
        before = 0.9f * before + (float) random.nextGaussian();
        mixed[row * dimension + d] = before;
      }
    }
    return mixed;
  }

  private static float component(ResidualQuantizer quantizer, int matrix, int output, int d) {
    int dimension = quantizer.dimension();
    return Float.float16ToFloat(
        quantizer.transforms()[matrix * dimension * dimension + output * dimension + d]);
  }

  @Test
  void train_anyData_givesTransformsDualWithinFloat16() {
    int dimension = 48;
    ResidualQuantizer quantizer =
        trained(dimension, correlated(2_000, dimension, 1), correlated(500, dimension, 2));
    for (int i = 0; i < dimension; i++) {
      for (int j = 0; j < dimension; j++) {
        double sum = 0;
        for (int d = 0; d < dimension; d++) {
          sum += (double) component(quantizer, 0, i, d) * component(quantizer, 1, j, d);
        }
        assertEquals(i == j ? 1 : 0, sum, 2e-3);
      }
    }
  }

  @Test
  void train_correlatedData_decodesBetterThanItsDimensionsAlone() {
    int dimension = 64;
    float[] residuals = correlated(3_000, dimension, 3);
    double trained = meanError(trained(dimension, residuals, residuals), residuals);
    // Rows whose dimensions know nothing of one another: all that bits alone can do.
    var random = new SplittableRandom(4);
    float[] white = new float[residuals.length];
    for (int i = 0; i < white.length; i++) {
      white[i] = (float) random.nextGaussian();
    }
    double untrained = meanError(trained(dimension, white, white), white);
    assertTrue(trained < 0.5 * untrained, trained + " v " + untrained);
  }

  /** Mean over the first rows of |r - decoded|² / |r|². */
  private static double meanError(ResidualQuantizer quantizer, float[] residuals) {
    int rows = 200;
    double sum = 0;
    for (int row = 0; row < rows; row++) {
      float[] decoded = decoded(quantizer, residuals, row);
      double error = 0;
      double squared = 0;
      for (int d = 0; d < decoded.length; d++) {
        float component = residuals[row * decoded.length + d];
        error += (component - decoded[d]) * (component - decoded[d]);
        squared += component * component;
      }
      sum += error / squared / rows;
    }
    return sum;
  }

  private static float[] decoded(ResidualQuantizer quantizer, float[] residuals, int row) {
    int dimension = quantizer.dimension();
    ResidualEncoder encoder = quantizer.newEncoder(KERNELS);
    encoder.encode(Arrays.copyOfRange(residuals, row * dimension, (row + 1) * dimension), 1);
    byte[] signs = new byte[quantizer.shape().columns()];
    byte[] code = new byte[quantizer.shape().rowBytes()];
    encoder.copySigns(0, signs, 0, 1);
    encoder.copyRowCode(0, code, 0);
    float[] decoded = new float[dimension];
    quantizer.decode(signs, 0, 1, code, 0, decoded);
    return decoded;
  }

  @Test
  void train_anyThreads_givesTheSameQuantizer() {
    int dimension = 70;
    float[] residuals = correlated(1_500, dimension, 5);
    ResidualQuantizer alone = trained(dimension, residuals, residuals);
    ResidualQuantizer together =
        trained(
            BuildRequest.defaults().withParallelism(4, EXECUTOR), dimension, residuals, residuals);
    assertArrayEquals(alone.parameters(), together.parameters());
    assertArrayEquals(alone.transforms(), together.transforms());
  }

  @Test
  void train_twoBlocks_encodesBoth() {
    int dimension = 1_100;
    float[] residuals = correlated(300, dimension, 6);
    ResidualQuantizer quantizer = trained(dimension, residuals, residuals);
    float[] decoded = decoded(quantizer, residuals, 7);
    for (int block = 0; block < 2; block++) {
      double product = 0;
      double squared = 0;
      double decodedSquared = 0;
      for (int d = 550 * block; d < 550 * (block + 1); d++) {
        product += decoded[d] * residuals[7 * dimension + d];
        squared += residuals[7 * dimension + d] * residuals[7 * dimension + d];
        decodedSquared += decoded[d] * decoded[d];
      }
      assertTrue(product / Math.sqrt(squared * decodedSquared) > 0.9, "block " + block);
    }
  }

  @Test
  void train_signFactors_leaveRoomForVectorsUnlikeTheSample() {
    int dimension = 32;
    float[] residuals = correlated(2_000, dimension, 7);
    ResidualQuantizer quantizer = trained(dimension, residuals.clone(), residuals.clone());
    ResidualEncoder encoder = quantizer.newEncoder(KERNELS);
    for (float size : new float[] {0.25f, 1, 6}) {
      float[] sized = Arrays.copyOf(residuals, 64 * dimension);
      for (int i = 0; i < sized.length; i++) {
        sized[i] *= size;
      }
      encoder.encode(sized, 64);
      for (int row = 0; row < 64; row++) {
        float scale = encoder.signScale(row);
        float factor = SignFactors.decode(encoder.signFactor(row), quantizer.leastSignFactor());
        assertEquals(scale, factor, 0.017 * scale, "size " + size);
      }
    }
  }

  @Test
  void train_oneHugeOutlier_leavesBitsToTheOthers() {
    int dimension = 24;
    float[] residuals = correlated(1_000, dimension, 8);
    double before = meanError(trained(dimension, residuals, residuals), residuals);
    float[] spoilt = residuals.clone();
    for (int d = 0; d < dimension; d++) {
      spoilt[900 * dimension + d] = d % 2 == 0 ? 1e18f : -1e18f;
    }
    ResidualQuantizer quantizer = trained(dimension, spoilt, spoilt);
    assertTrue(meanError(quantizer, residuals) < 1.3 * before);
    assertFinite(quantizer, spoilt);
  }

  private static void assertFinite(ResidualQuantizer quantizer, float[] residuals) {
    int dimension = quantizer.dimension();
    for (float parameter : quantizer.parameters()) {
      assertTrue(Float.isFinite(parameter));
    }
    for (int row = 0; row < Math.min(64, residuals.length / dimension); row++) {
      for (float component : decoded(quantizer, residuals, row)) {
        assertTrue(Float.isFinite(component), "row " + row);
      }
    }
    float[] query = Arrays.copyOf(residuals, dimension);
    for (float weight : quantizer.prepare(KERNELS, query).weights()) {
      assertFalse(Float.isNaN(weight));
    }
  }

  @Test
  void train_degenerateData_isFinite() {
    for (int dimension : new int[] {1, 2, 3, 7, 9, 40}) {
      for (int rows : new int[] {1, 2, 5, 64}) {
        for (float scale : new float[] {1f, 0f, Float.MIN_VALUE, 1e-38f, 1e-15f, 1e18f}) {
          float[] residuals = correlated(rows, dimension, 9);
          for (int i = 0; i < residuals.length; i++) {
            residuals[i] *= scale;
          }
          assertFinite(trained(dimension, residuals, residuals), residuals);
        }
      }
    }
  }

  @Test
  void train_constantDimensions_getNoBits() {
    int dimension = 64;
    float[] residuals = correlated(1_000, dimension, 10);
    float[] queries = correlated(1_000, dimension, 11);
    for (int i = 0; i < residuals.length; i++) {
      residuals[i] = i % dimension < 8 ? residuals[i] : 0;
      queries[i] = i % dimension < 8 ? queries[i] : 0.25f;
    }
    ResidualQuantizer quantizer = trained(dimension, residuals, queries);
    assertEquals(1, quantizer.shape().columns());
    assertEquals(8, quantizer.shape().bits(0));
    assertTrue(meanError(quantizer, residuals) < 1e-3);
  }

  @Test
  void train_equalResiduals_decodesThem() {
    int dimension = 30;
    float[] residuals = new float[100 * dimension];
    for (int i = 0; i < residuals.length; i++) {
      residuals[i] = (i % dimension) - 4;
    }
    assertTrue(meanError(trained(dimension, residuals, residuals), copies(residuals)) < 0.01);
  }

  private static float[] copies(float[] rows) {
    float[] twice = Arrays.copyOf(rows, 2 * rows.length);
    System.arraycopy(rows, 0, twice, rows.length, rows.length);
    return twice;
  }

  @Test
  void train_fewerRowsThanDimensions_decodesNewRowsToo() {
    int dimension = 200;
    float[] few = correlated(50, dimension, 12);
    float[] others = correlated(200, dimension, 13);
    double error = meanError(trained(dimension, few, few), others);
    float[] many = correlated(5_000, dimension, 14);
    double wellTrained = meanError(trained(dimension, many, many), others);
    assertTrue(error < 0.2, "error " + error + ", with many rows " + wellTrained);
    assertTrue(wellTrained < error);
  }

  @Test
  void shrinkage_manyRows_changesNextToNothing() {
    double[][] moment = {{4, 1, 0}, {1, 2, 0}, {0, 0, 0}};
    Shrinkage.apply(moment, 100_000);
    assertEquals(4, moment[0][0], 1e-3);
    assertEquals(1, moment[0][1], 1e-3);
    assertArrayEquals(new double[3], moment[2]);
  }

  @Test
  void shrinkage_oneRow_leavesOnlyTheMeanVariance() {
    double[][] moment = {{4, 2, 0}, {2, 1, 0}, {0, 0, 0}};
    Shrinkage.apply(moment, 1);
    assertEquals(2.5, moment[0][0], 1e-12);
    assertEquals(0, moment[0][1], 1e-12);
    assertEquals(2.5, moment[1][1], 1e-12);
    assertEquals(0, moment[2][2]);
  }

  @Test
  void secondMoment_oddSizes_isTheMeanOfAllProducts() {
    int dimension = 45;
    float[] rows = correlated(1_030, dimension, 15);
    double[][] moment =
        new SecondMoment(KERNELS, workers(BuildRequest.defaults())).of(rows, dimension, 5, 39);
    for (int i = 0; i < 39; i++) {
      for (int j = 0; j < 39; j++) {
        double sum = 0;
        for (int row = 0; row < 1_030; row++) {
          sum += (double) rows[row * dimension + 5 + i] * rows[row * dimension + 5 + j];
        }
        assertEquals(sum / 1_030, moment[i][j], 1e-4);
      }
    }
  }
}

package io.memryx.internal.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.internal.kernel.SignFactors;
import io.memryx.internal.kernel.VectorKernels;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** With the unit matrix as transform: what the codes alone do. Training has tests of its own. */
class ResidualQuantizerTest {
  private static final VectorKernels KERNELS = VectorKernels.selected();

  private static short[] units(int dimension) {
    var blocks = new TransformBlocks(dimension);
    short[] transforms = new short[2 * blocks.components()];
    int offset = 0;
    for (int copy = 0; copy < 2; copy++) {
      for (int block = 0; block < blocks.count(); block++) {
        int size = blocks.size(block);
        for (int i = 0; i < size; i++) {
          transforms[offset + i * size + i] = Float.floatToFloat16(1);
        }
        offset += size * size;
      }
    }
    return transforms;
  }

  private static float[] deviations(int dimension) {
    float[] deviations = new float[dimension];
    for (int d = 0; d < dimension; d++) {
      deviations[d] = (float) Math.pow(1 + d / 8, -0.5);
    }
    return deviations;
  }

  private static ResidualQuantizer quantizer(int dimension, int codeBytes) {
    var blocks = new TransformBlocks(dimension);
    double[] variances = new double[dimension];
    float[] deviations = deviations(dimension);
    for (int d = 0; d < dimension; d++) {
      variances[d] = deviations[d] * deviations[d];
    }
    byte[] bits = BitAllocation.bits(variances, codeBytes, 8);
    return ResidualQuantizer.of(blocks, deviations, bits, 0.01f, units(dimension));
  }

  /** Rows as the quantiser expects them: Gaussian with its deviations. */
  private static float[] residuals(int rows, int dimension, long seed) {
    var random = new SplittableRandom(seed);
    float[] deviations = deviations(dimension);
    float[] residuals = new float[rows * dimension];
    for (int i = 0; i < residuals.length; i++) {
      residuals[i] = (float) random.nextGaussian() * deviations[i % dimension];
    }
    return residuals;
  }

  /** One row's code as bytes: signs, then the row code, then the factor of the signs. */
  private static byte[] code(ResidualQuantizer quantizer, ResidualEncoder encoder, int row) {
    int columns = quantizer.shape().columns();
    int rowBytes = quantizer.shape().rowBytes();
    byte[] code = new byte[columns + rowBytes + 1];
    encoder.copySigns(row, code, 0, 1);
    encoder.copyRowCode(row, code, columns);
    code[columns + rowBytes] = encoder.signFactor(row);
    return code;
  }

  private static float[] decoded(ResidualQuantizer quantizer, byte[] code) {
    float[] residual = new float[quantizer.dimension()];
    quantizer.decode(code, 0, 1, code, quantizer.shape().columns(), residual);
    return residual;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  /** Mean of |x - decoded|² / |x|². */
  private static double relativeError(ResidualQuantizer quantizer, float[] residuals) {
    int dimension = quantizer.dimension();
    ResidualEncoder encoder = quantizer.newEncoder(KERNELS);
    double error = 0;
    int rows = residuals.length / dimension;
    for (int row = 0; row < rows; row++) {
      float[] residual = Arrays.copyOfRange(residuals, row * dimension, (row + 1) * dimension);
      encoder.encode(residual, 1);
      float[] decoded = decoded(quantizer, code(quantizer, encoder, 0));
      double squared = dot(residual, residual);
      error += (squared - 2 * dot(residual, decoded) + dot(decoded, decoded)) / squared / rows;
    }
    return error;
  }

  @Test
  void decode_moreBytes_isNearer() {
    float[] residuals = residuals(200, 100, 1);
    double before = 1;
    for (int bytes : new int[] {8, 16, 32, 64, 100}) {
      double error = relativeError(quantizer(100, bytes), residuals);
      assertTrue(error < before, bytes + " bytes: " + error);
      before = error;
    }
    // All 104 bytes: 8 bits in every group lose next to nothing.
    assertTrue(relativeError(quantizer(100, 104), residuals) < 1e-3);
  }

  @Test
  void decode_oneDimension_isExactButForFloat16() {
    ResidualQuantizer quantizer = quantizer(1, 1);
    ResidualEncoder encoder = quantizer.newEncoder(KERNELS);
    for (float value : new float[] {1f, -3.25f, 0.001f, 0f, -1e-4f}) {
      encoder.encode(new float[] {value}, 1);
      float[] decoded = decoded(quantizer, code(quantizer, encoder, 0));
      assertEquals(value, decoded[0], Math.abs(value) / 1_000);
    }
  }

  @Test
  void encode_anyTile_givesTheSameCode() {
    int dimension = 37;
    ResidualQuantizer quantizer = quantizer(dimension, 20);
    float[] residuals = residuals(64, dimension, 2);
    ResidualEncoder whole = quantizer.newEncoder(KERNELS);
    whole.encode(residuals, 64);
    ResidualEncoder single = quantizer.newEncoder(KERNELS);
    for (int row : new int[] {0, 1, 2, 31, 60, 63}) {
      single.encode(Arrays.copyOfRange(residuals, row * dimension, (row + 1) * dimension), 1);
      float[] together = decoded(quantizer, code(quantizer, whole, row));
      float[] alone = decoded(quantizer, code(quantizer, single, 0));
      assertArrayEquals(together, alone, 1e-3f);
    }
    byte[] first = code(quantizer, whole, 5);
    whole.encode(residuals, 64);
    assertArrayEquals(first, code(quantizer, whole, 5));
  }

  @Test
  void encode_manyResiduals_turnsCodesCloserThanNearestLevelsDo() {
    int dimension = 64;
    ResidualQuantizer quantizer = quantizer(dimension, 16);
    float[] residuals = residuals(300, dimension, 3);
    float[] deviations = deviations(dimension);
    ResidualEncoder encoder = quantizer.newEncoder(KERNELS);
    double adjusted = 0;
    double nearest = 0;
    for (int row = 0; row < 300; row++) {
      float[] residual = Arrays.copyOfRange(residuals, row * dimension, (row + 1) * dimension);
      encoder.encode(residual, 1);
      adjusted += cosine(residual, decoded(quantizer, code(quantizer, encoder, 0)));
      float[] levels = new float[dimension];
      for (int d = 0; d < dimension; d++) {
        int bits = quantizer.shape().bits(d / 8);
        if (bits > 0) {
          float magnitude = Math.abs(residual[d]) / deviations[d];
          float level = GaussianLevels.level(bits, NearestLevels.of(bits).magnitude(magnitude));
          levels[d] = Math.copySign(level, residual[d]) * deviations[d];
        }
      }
      nearest += cosine(residual, levels);
    }
    assertTrue(1 - adjusted / 300 < 0.97 * (1 - nearest / 300), adjusted + " v " + nearest);
  }

  private static double cosine(float[] a, float[] b) {
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  }

  @Test
  void estimate_randomQueries_isWhatTheDecodedVectorGivesAndUnbiased() {
    int dimension = 96;
    int rows = 512;
    ResidualQuantizer quantizer = quantizer(dimension, 30);
    float[] residuals = residuals(rows, dimension, 4);
    var random = new SplittableRandom(5);
    ResidualEncoder encoder = quantizer.newEncoder(KERNELS);
    double sum = 0;
    double squares = 0;
    double signSum = 0;
    double signSquares = 0;
    for (int row = 0; row < rows; row++) {
      float[] residual = Arrays.copyOfRange(residuals, row * dimension, (row + 1) * dimension);
      encoder.encode(residual, 1);
      byte[] code = code(quantizer, encoder, 0);
      // A query that leans towards the vector, as those do that matter: shrunk estimates show here.
      float[] query = new float[dimension];
      for (int d = 0; d < dimension; d++) {
        query[d] = residual[d] + 0.3f * (float) random.nextGaussian();
      }
      PreparedQuery prepared = quantizer.prepare(KERNELS, query);
      float estimate = prepared.estimate(KERNELS, code, 0, 1, code, quantizer.shape().columns());
      float[] decoded = decoded(quantizer, code);
      assertEquals(dot(query, decoded), estimate, 1e-4 * Math.abs(estimate) + 1e-4);
      double error = estimate - dot(query, residual);
      sum += error;
      squares += error * error;
      double signs = encoder.signScale(0) * signSum(prepared.weights(), code);
      double signError = signs - dot(query, residual);
      signSum += signError;
      signSquares += signError * signError;
    }
    assertTrue(Math.abs(sum / rows) < 4 * Math.sqrt(squares) / rows, "bias " + sum / rows);
    assertTrue(
        Math.abs(signSum / rows) < 4 * Math.sqrt(signSquares) / rows, "bias " + signSum / rows);
  }

  private static double signSum(float[] weights, byte[] signs) {
    double sum = 0;
    for (int slot = 0; slot < weights.length; slot++) {
      sum += (signs[slot / 8] >> (slot % 8) & 1) == 0 ? -weights[slot] : weights[slot];
    }
    return sum;
  }

  @Test
  void signFactor_anyScale_isWithinHalfAStep() {
    ResidualQuantizer quantizer = quantizer(16, 4);
    ResidualEncoder encoder = quantizer.newEncoder(KERNELS);
    float[] residuals = residuals(64, 16, 6);
    encoder.encode(residuals, 64);
    for (int row = 0; row < 64; row++) {
      float scale = encoder.signScale(row);
      float factor = SignFactors.decode(encoder.signFactor(row), quantizer.leastSignFactor());
      assertEquals(Math.clamp(scale, 0.01f, 2.5f), factor, 0.017 * scale);
    }
  }

  @Test
  void copySigns_withStride_writesOneByteAGroup() {
    ResidualQuantizer quantizer = quantizer(24, 9);
    ResidualEncoder encoder = quantizer.newEncoder(KERNELS);
    encoder.encode(residuals(2, 24, 7), 2);
    byte[] tight = new byte[3];
    encoder.copySigns(1, tight, 0, 1);
    byte[] wide = new byte[70];
    encoder.copySigns(1, wide, 5, 32);
    assertArrayEquals(tight, new byte[] {wide[5], wide[37], wide[69]});
  }

  @Test
  void encode_extremeResiduals_decodeToFiniteOnes() {
    for (int dimension : new int[] {1, 3, 8, 50}) {
      ResidualQuantizer quantizer = quantizer(dimension, 8);
      ResidualEncoder encoder = quantizer.newEncoder(KERNELS);
      for (float size : new float[] {0f, Float.MIN_VALUE, 1e-38f, 1e-20f, 1e18f, 1e30f}) {
        float[] residual = new float[dimension];
        Arrays.fill(residual, size);
        residual[0] = -size;
        encoder.encode(residual, 1);
        for (float component : decoded(quantizer, code(quantizer, encoder, 0))) {
          assertTrue(Float.isFinite(component), dimension + " × " + size);
        }
        assertTrue(Float.isFinite(encoder.signScale(0)));
      }
    }
  }

  @Test
  void encode_zeroAfterOthers_isZero() {
    ResidualQuantizer quantizer = quantizer(20, 10);
    ResidualEncoder encoder = quantizer.newEncoder(KERNELS);
    encoder.encode(residuals(64, 20, 8), 64);
    encoder.encode(new float[20], 1);
    assertArrayEquals(new float[20], decoded(quantizer, code(quantizer, encoder, 0)));
    assertEquals(0, encoder.signFactor(0));
  }

  @Test
  void ofParameters_roundTrip_isTheSameToTheBit() {
    for (int dimension : new int[] {1, 20, 1_025}) {
      ResidualQuantizer quantizer = quantizer(dimension, Math.ceilDiv(dimension, 4));
      ResidualQuantizer again =
          ResidualQuantizer.ofParameters(dimension, quantizer.parameters(), quantizer.transforms());
      assertArrayEquals(quantizer.parameters(), again.parameters());
      assertArrayEquals(quantizer.transforms(), again.transforms());
      assertEquals(quantizer.bytes(), again.bytes());
      float[] residuals = residuals(3, dimension, 9);
      ResidualEncoder encoder = quantizer.newEncoder(KERNELS);
      ResidualEncoder encoderAgain = again.newEncoder(KERNELS);
      encoder.encode(residuals, 3);
      encoderAgain.encode(residuals, 3);
      for (int row = 0; row < 3; row++) {
        assertArrayEquals(code(quantizer, encoder, row), code(again, encoderAgain, row));
      }
      float[] query = Arrays.copyOf(residuals, dimension);
      assertArrayEquals(
          quantizer.prepare(KERNELS, query).weights(), again.prepare(KERNELS, query).weights());
    }
  }

  private static void refused(Consumer<float[]> damage, String part) {
    ResidualQuantizer quantizer = quantizer(20, 8);
    float[] parameters = quantizer.parameters();
    damage.accept(parameters);
    var refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> ResidualQuantizer.ofParameters(20, parameters, quantizer.transforms()));
    assertTrue(String.valueOf(refusal.getMessage()).contains(part), refusal.getMessage());
  }

  @Test
  void ofParameters_contradictions_areRefused() {
    refused(parameters -> parameters[3] = Float.NaN, "deviation 3");
    refused(parameters -> parameters[3] = -1, "deviation 3");
    refused(parameters -> parameters[3] = Float.POSITIVE_INFINITY, "deviation 3");
    refused(parameters -> parameters[5] = 2, "deviation 5");
    refused(parameters -> parameters[20] = 9, "group 0");
    refused(parameters -> parameters[20] = 0, "group");
    refused(parameters -> parameters[21] = 8, "group 1");
    refused(parameters -> parameters[21] = 1.5f, "group 1");
    refused(parameters -> parameters[22] = -1, "group 2");
    refused(parameters -> parameters[22] = Float.NaN, "group 2");
    refused(parameters -> parameters[23] = -0.5f, "sign factor");
    refused(parameters -> parameters[23] = Float.NaN, "sign factor");
  }

  @Test
  void ofParameters_otherSizes_areRefused() {
    ResidualQuantizer quantizer = quantizer(20, 8);
    assertThrows(
        IllegalArgumentException.class,
        () -> ResidualQuantizer.ofParameters(21, quantizer.parameters(), quantizer.transforms()));
    assertThrows(
        IllegalArgumentException.class,
        () -> ResidualQuantizer.ofParameters(20, quantizer.parameters(), new short[799]));
    short[] infinite = quantizer.transforms().clone();
    infinite[17] = Float.floatToFloat16(Float.POSITIVE_INFINITY);
    assertThrows(
        IllegalArgumentException.class,
        () -> ResidualQuantizer.ofParameters(20, quantizer.parameters(), infinite));
  }

  @Test
  void transformBlocks_anyDimension_coverItInNearlyEqualParts() {
    for (int dimension : new int[] {1, 1_023, 1_024, 1_025, 1_536, 3_073, 4_096}) {
      var blocks = new TransformBlocks(dimension);
      int next = 0;
      int components = 0;
      for (int block = 0; block < blocks.count(); block++) {
        assertEquals(next, blocks.start(block));
        assertTrue(Math.abs(blocks.size(block) - dimension / blocks.count()) <= 1);
        assertTrue(blocks.size(block) <= TransformBlocks.MAX_SIZE);
        components += blocks.size(block) * blocks.size(block);
        next += blocks.size(block);
      }
      assertEquals(dimension, next);
      assertEquals(components, blocks.components());
    }
  }
}

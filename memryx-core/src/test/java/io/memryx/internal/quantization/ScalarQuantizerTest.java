package io.memryx.internal.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.internal.kernel.VectorKernels;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ScalarQuantizerTest {
  private static final float[] MIN = {-1f, 0f, 3f, -0.001f};
  private static final float[] MAX = {1f, 0f, 5f, 0.002f};

  private static float[] decode(Quantizer quantizer, byte[] codes) {
    float[] vector = new float[codes.length];
    for (int d = 0; d < vector.length; d++) {
      float[] axis = new float[codes.length];
      axis[d] = 1;
      vector[d] = quantizer.estimator(axis).estimate(VectorKernels.scalar(), codes, 0);
    }
    return vector;
  }

  @Test
  void encode_anyVectorWithinBounds_isAtMostHalfAStepOff() {
    Quantizer quantizer = ScalarQuantizer.of(MIN, MAX);
    var random = new SplittableRandom(3);
    for (int i = 0; i < 1_000; i++) {
      float[] vector = new float[4];
      for (int d = 0; d < 4; d++) {
        vector[d] = (float) (MIN[d] + random.nextDouble() * (MAX[d] - MIN[d]));
      }
      byte[] codes = new byte[4];
      quantizer.encode(vector, 0, 1f, codes, 0);
      float[] decoded = decode(quantizer, codes);
      for (int d = 0; d < 4; d++) {
        double halfStep = (MAX[d] - MIN[d]) / 255.0 / 2;
        assertEquals(vector[d], decoded[d], halfStep * 1.001 + 1e-6);
      }
    }
  }

  @Test
  void encode_boundsAndBeyond_clamps() {
    Quantizer quantizer = ScalarQuantizer.of(MIN, MAX);
    byte[] codes = new byte[4];
    quantizer.encode(new float[] {-50f, 7f, 50f, 0f}, 0, 1f, codes, 0);
    assertEquals(-128, codes[0]);
    assertEquals(0, codes[1]);
    assertEquals(127, codes[2]);
  }

  @Test
  void encode_scaledVector_equalsTheCodeOfTheProduct() {
    Quantizer quantizer = ScalarQuantizer.of(MIN, MAX);
    byte[] scaled = new byte[4];
    byte[] plain = new byte[5];
    quantizer.encode(new float[] {9f, 1f, 0f, 8f, 0.002f}, 1, 0.5f, scaled, 0);
    quantizer.encode(new float[] {0.5f, 0f, 4f, 0.001f}, 0, 1f, plain, 1);
    assertArrayEquals(scaled, java.util.Arrays.copyOfRange(plain, 1, 5));
  }

  @Test
  void distanceEstimator_withSquaredNorm_givesTheDistanceOfTheDecodedVector() {
    Quantizer quantizer = ScalarQuantizer.of(MIN, MAX);
    float[] query = {0.5f, 1f, -2f, 0.1f};
    // The code of the center is zero, so this is what all distances lack.
    double toCenter = squaredDistance(query, decode(quantizer, new byte[4]));
    byte[] codes = {100, 0, -77, 12};
    float product = quantizer.distanceEstimator(query).estimate(VectorKernels.scalar(), codes, 0);
    assertEquals(
        squaredDistance(query, decode(quantizer, codes)),
        toCenter - 2 * product + quantizer.squaredNorm(codes, 0),
        1e-4);
  }

  private static double squaredDistance(float[] a, float[] b) {
    double sum = 0;
    for (int d = 0; d < a.length; d++) {
      sum += ((double) a[d] - b[d]) * ((double) a[d] - b[d]);
    }
    return sum;
  }

  @Test
  void ofParameters_givesTheSameQuantizer() {
    Quantizer quantizer = ScalarQuantizer.of(MIN, MAX);
    Quantizer again = ScalarQuantizer.ofParameters(quantizer.parameters());
    assertArrayEquals(quantizer.parameters(), again.parameters());
    byte[] codes = {1, 2, 3, 4};
    assertArrayEquals(decode(quantizer, codes), decode(again, codes));
  }

  @Test
  void codeRows_manyChunks_everyRowHasItsOwnBytes() {
    int codeBytes = 1_000;
    CodeRows codes = CodeRows.allocate(10_000, codeBytes);
    assertEquals(10_000L * codeBytes, codes.bytes());
    assertTrue(codes.chunks().size() > 1);
    for (int row = 0; row < 10_000; row++) {
      codes.chunkOf(row)[codes.offsetOf(row)] = (byte) row;
    }
    for (int row = 0; row < 10_000; row++) {
      assertEquals((byte) row, codes.chunkOf(row)[codes.offsetOf(row)]);
      if (row + 1 < codes.endOfChunk(row)) {
        assertSame(codes.chunkOf(row), codes.chunkOf(row + 1));
        assertEquals(codes.offsetOf(row) + codeBytes, codes.offsetOf(row + 1));
      }
    }
  }
}

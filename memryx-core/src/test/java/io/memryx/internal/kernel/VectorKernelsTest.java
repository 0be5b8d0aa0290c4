package io.memryx.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All kernels against the obvious loop in double precision. */
class VectorKernelsTest {
  private static final List<VectorKernels> KERNELS = kernels();

  private static List<VectorKernels> kernels() {
    List<VectorKernels> kernels = new ArrayList<>();
    kernels.add(VectorKernels.scalar());
    kernels.add(VectorKernels.selected());
    for (int bits : new int[] {128, 256, 512}) {
      kernels.add(new LanewiseKernels(bits, "plain " + bits));
    }
    if (hasVectors()) {
      kernels.add(VectorKernels.simd(128));
    }
    return kernels;
  }

  private static boolean hasVectors() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 100, 383, 384, 385, 1536})
  void dotAndSquaredL2_anyLength_equalTheObviousLoop(int length) {
    var random = new SplittableRandom(length);
    float[] a = floats(random, length + 5);
    float[] b = floats(random, length + 5);
    double dot = 0;
    double squaredL2 = 0;
    for (int i = 0; i < length; i++) {
      dot += (double) a[2 + i] * b[5 + i];
      squaredL2 += Math.pow((double) a[2 + i] - b[5 + i], 2);
    }
    for (VectorKernels kernels : KERNELS) {
      assertEquals(dot, kernels.dot(a, 2, b, 5, length), 1e-5 * (1 + length));
      assertEquals(squaredL2, kernels.squaredL2(a, 2, b, 5, length), 1e-5 * (1 + length));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 7, 8, 9, 15, 16, 17, 24, 31, 33, 64, 65, 384, 385})
  void dotCodes_codesUpToTheEndOfTheArray_equalTheObviousLoop(int length) {
    var random = new SplittableRandom(length);
    float[] weights = floats(random, length);
    byte[] codes = new byte[length + 3];
    random.nextBytes(codes);
    double expected = 0;
    for (int i = 0; i < length; i++) {
      expected += (double) weights[i] * codes[3 + i];
    }
    for (VectorKernels kernels : KERNELS) {
      assertEquals(expected, kernels.dotCodes(weights, codes, 3, length), 1e-3 * (1 + length));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 17, 96, 384})
  void multiplyPanel_oddRowCounts_equalsTheObviousLoops(int dimension) {
    var random = new SplittableRandom(dimension);
    for (int rowCount : new int[] {1, 3, 4, 5, 8, 11}) {
      float[] rows = floats(random, 2 + rowCount * dimension);
      float[] panel = floats(random, 1 + dimension * VectorKernels.PANEL_WIDTH);
      for (VectorKernels kernels : KERNELS) {
        float[] out = floats(random, rowCount * VectorKernels.PANEL_WIDTH);
        kernels.multiplyPanel(rows, 2, rowCount, dimension, panel, 1, out);
        assertProduct(rows, rowCount, dimension, panel, out);
      }
    }
  }

  private static void assertProduct(
      float[] rows, int rowCount, int dimension, float[] panel, float[] out) {
    for (int r = 0; r < rowCount; r++) {
      for (int j = 0; j < VectorKernels.PANEL_WIDTH; j++) {
        double expected = 0;
        for (int d = 0; d < dimension; d++) {
          expected +=
              (double) rows[2 + r * dimension + d] * panel[1 + d * VectorKernels.PANEL_WIDTH + j];
        }
        assertEquals(expected, out[r * VectorKernels.PANEL_WIDTH + j], 1e-5 * (1 + dimension));
      }
    }
  }

  @Test
  void kernels_interpretedAndCompiled_giveTheSameBits() {
    var random = new SplittableRandom(1);
    float[] a = floats(random, 384);
    float[] b = floats(random, 384);
    byte[] codes = new byte[384];
    random.nextBytes(codes);
    for (VectorKernels kernels : KERNELS) {
      float dot = kernels.dot(a, 0, b, 0, 384);
      float squaredL2 = kernels.squaredL2(a, 0, b, 0, 384);
      float dotCodes = kernels.dotCodes(a, codes, 0, 384);
      // Enough calls for both compilers to have their turn.
      for (int call = 0; call < 50_000; call++) {
        assertEquals(dot, kernels.dot(a, 0, b, 0, 384));
        assertEquals(squaredL2, kernels.squaredL2(a, 0, b, 0, 384));
        assertEquals(dotCodes, kernels.dotCodes(a, codes, 0, 384));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 15, 16, 17, 24, 31, 33, 63, 64, 65, 100, 127, 128, 384, 385})
  void lanewise_anyLength_givesTheBitsOfSimd(int length) {
    // Their width is the machine's, whatever that of the kernels on codes.
    Assumptions.assumeTrue(hasVectors());
    VectorKernels simd = VectorKernels.simd(128);
    VectorKernels lanewise = new LanewiseKernels(SimdKernels.machineBits(), "lanewise");
    var random = new SplittableRandom(length);
    int rowCount = 7;
    float[] a = floats(random, rowCount * length);
    float[] b = floats(random, length * VectorKernels.PANEL_WIDTH);
    byte[] codes = new byte[rowCount * length];
    random.nextBytes(codes);
    assertEquals(simd.dot(a, 0, b, 0, length), lanewise.dot(a, 0, b, 0, length));
    assertEquals(simd.squaredL2(a, 0, b, 0, length), lanewise.squaredL2(a, 0, b, 0, length));
    assertEquals(simd.dotCodes(a, codes, 0, length), lanewise.dotCodes(a, codes, 0, length));
    float[] expected = new float[rowCount * VectorKernels.PANEL_WIDTH];
    float[] actual = expected.clone();
    simd.dotCodeRows(a, codes, 0, rowCount, length, expected);
    lanewise.dotCodeRows(a, codes, 0, rowCount, length, actual);
    assertArrayEquals(expected, actual);
    simd.multiplyPanel(a, 0, rowCount, length, b, 0, expected);
    lanewise.multiplyPanel(a, 0, rowCount, length, b, 0, actual);
    assertArrayEquals(expected, actual);
  }

  @Test
  void dot_largeComponents_staysFinite() {
    float[] large = new float[384];
    java.util.Arrays.fill(large, 1e17f);
    for (VectorKernels kernels : KERNELS) {
      assertTrue(Float.isFinite(kernels.dot(large, 0, large, 0, 384)));
      assertEquals(0f, kernels.squaredL2(large, 0, large, 0, 384));
    }
  }

  @Test
  void kernels_rangesBeyondTheArrays_areRefused() {
    float[] floats = new float[10];
    for (VectorKernels kernels : KERNELS) {
      assertThrows(IndexOutOfBoundsException.class, () -> kernels.dot(floats, 0, floats, 8, 10));
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> kernels.dotCodes(new float[32], new byte[40], 16, 32));
    }
  }

  @Test
  void selected_isWhatTheFlagsOfThisRunAllow() {
    String expected = System.getProperty("memryx.test.kernels", "");
    assertTrue(
        VectorKernels.selected().description().startsWith(expected),
        VectorKernels.selected().description());
  }

  @Test
  void choose_scalarAskedFor_saysSo() {
    assertEquals(
        "scalar (asked for by memryx.kernels)", KernelSelection.choose("scalar").description());
  }

  @Test
  void choose_unknownPreference_fallsBackAndNamesTheAcceptedOnes() {
    String description = KernelSelection.choose("avx9").description();
    assertTrue(description.contains("'avx9', expected auto, simd or scalar"), description);
  }

  @Test
  void hasOptimisingCompiler_knowsTheJvmsWithoutIt() {
    assertTrue(KernelSelection.hasOptimisingCompiler("mixed mode, sharing"));
    assertFalse(KernelSelection.hasOptimisingCompiler("interpreted mode, sharing"));
    assertFalse(KernelSelection.hasOptimisingCompiler("mixed mode, emulated-client, sharing"));
  }

  @Test
  void selfTest_kernelsAgree_findsNoFault() {
    for (VectorKernels kernels : KERNELS) {
      assertEquals("", KernelSelection.firstFault(kernels, VectorKernels.scalar()));
    }
  }

  private static float[] floats(SplittableRandom random, int length) {
    float[] floats = new float[length];
    for (int i = 0; i < length; i++) {
      floats[i] = (float) (random.nextDouble() * 2 - 1);
    }
    return floats;
  }
}

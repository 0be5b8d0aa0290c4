package io.memryx.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernels on codes, of every width that this JVM runs, against obvious loops. */
class CodeKernelsTest {
  private static final int ROWS = VectorKernels.BLOCK_ROWS;
  private static final List<VectorKernels> KERNELS = kernels();

  private static List<VectorKernels> kernels() {
    List<VectorKernels> kernels = new ArrayList<>();
    kernels.add(VectorKernels.scalar());
    kernels.add(new LanewiseKernels(256, "lanewise"));
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
      // Wider vectors than the machine's are slow, but must give the same.
      for (int bits : new int[] {128, 256, 512}) {
        kernels.add(VectorKernels.simd(bits));
      }
    }
    return kernels;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 8, 41, 42, 48, 127, 128, 129, 255, 256, 257, 300, 512})
  void scanBlocks_anyColumns_equalsTheObviousLoopBitForBit(int columns) {
    var random = new SplittableRandom(columns);
    LookupTables tables = LookupTables.of(gaussians(random, columns * 8), columns, 0.75f);
    for (int blocks : new int[] {1, 2, 3, BlockScores.MAX_BLOCKS}) {
      byte[] codes = bytes(random, 5 + blocks * columns * ROWS);
      byte[] factors = bytes(random, 3 + blocks * ROWS);
      float[] addends = gaussians(random, 2 + blocks * ROWS);
      for (VectorKernels kernels : KERNELS) {
        assertScan(kernels, tables, blocks, codes, factors, addends);
      }
    }
  }

  @Test
  void scanBlocks_extremeWeights_equalsTheObviousLoop() {
    var random = new SplittableRandom(9);
    float[] one = new float[42 * 8];
    one[17] = -3;
    float[] negativeZero = new float[42 * 8];
    Arrays.fill(negativeZero, -0f);
    float[] equal = new float[512 * 8];
    Arrays.fill(equal, 1);
    float[] tiny = new float[42 * 8];
    Arrays.fill(tiny, Float.MIN_VALUE);
    float[] huge = new float[42 * 8];
    Arrays.fill(huge, -1e30f);
    for (float[] weights : List.of(one, negativeZero, equal, tiny, huge)) {
      int columns = weights.length / 8;
      LookupTables tables = LookupTables.of(weights, columns, 1);
      byte[] codes = bytes(random, 5 + columns * ROWS);
      for (int r = 0; r < columns * ROWS; r += 3) {
        codes[5 + r] = (byte) (weights[17] < 0 ? 0 : -1);
      }
      for (VectorKernels kernels : KERNELS) {
        assertScan(kernels, tables, 1, codes, new byte[3 + ROWS], new float[2 + ROWS]);
      }
    }
  }

  @Test
  void scanBlocks_rowOfAllTheLargestEntries_doesNotOverflow() {
    for (int columns : new int[] {42, 257, 512}) {
      float[] weights = gaussians(new SplittableRandom(columns), columns * 8);
      LookupTables tables = LookupTables.of(weights, columns, 1);
      byte[] codes = new byte[columns * ROWS];
      double most = 0;
      double clear = 0;
      for (int i = 0; i < columns * 8; i++) {
        most += Math.abs(weights[i]);
        clear -= weights[i];
        if (weights[i] > 0) {
          codes[i / 8 * ROWS + VectorKernels.laneOf(20)] |= (byte) (1 << i % 8);
        }
      }
      for (VectorKernels kernels : KERNELS) {
        BlockScores scores = scan(kernels, tables, codes, new float[ROWS], 0);
        assertEquals(most, scores.estimate(20), tables.step() * columns);
        assertEquals(clear, scores.estimate(19), tables.step() * columns);
      }
    }
  }

  @Test
  void scanBlocks_threshold_marksTheRowsAbove() {
    LookupTables tables = LookupTables.of(new float[8], 1, 1);
    float[] addends = new float[ROWS];
    for (int r = 0; r < ROWS; r++) {
      addends[r] = r;
    }
    byte[] codes = new byte[ROWS];
    for (VectorKernels kernels : KERNELS) {
      for (int above = 0; above < ROWS; above++) {
        assertEquals(-1 << above, scan(kernels, tables, codes, addends, above - 1).above(0));
      }
      assertEquals(-1, scan(kernels, tables, codes, addends, Float.NEGATIVE_INFINITY).above(0));
      assertEquals(0, scan(kernels, tables, codes, addends, Float.POSITIVE_INFINITY).above(0));
    }
  }

  private static BlockScores scan(
      VectorKernels kernels, LookupTables tables, byte[] codes, float[] addends, float threshold) {
    var scores = new BlockScores();
    kernels.scanBlocks(tables, 1, codes, 0, new byte[ROWS], 0, 0, addends, 0, threshold, scores);
    return scores;
  }

  @Test
  void laneOf_rows_areAllLanesOnce() {
    assertArrayEquals(
        IntStream.range(0, ROWS).toArray(),
        IntStream.range(0, ROWS).map(VectorKernels::laneOf).sorted().toArray());
  }

  /** Codes begin at 5, factors at 3, addends at 2, so that offsets count. */
  private static void assertScan(
      VectorKernels kernels,
      LookupTables tables,
      int blocks,
      byte[] codes,
      byte[] factors,
      float[] addends) {
    float base = 0.25f;
    float threshold = base;
    var scores = new BlockScores();
    kernels.scanBlocks(tables, blocks, codes, 5, factors, 3, base, addends, 2, threshold, scores);
    for (int row = 0; row < blocks * ROWS; row++) {
      int block = row / ROWS;
      int lane = VectorKernels.laneOf(row % ROWS);
      int sum = 0;
      for (int column = 0; column < tables.columns(); column++) {
        int code = codes[5 + (block * tables.columns() + column) * ROWS + lane] & 0xff;
        sum += tables.entry(column, 0, code & 15) + tables.entry(column, 1, code >> 4);
      }
      float factor = SignFactors.decode(factors[3 + row], tables.leastFactor());
      float expected = base + (tables.bias() + tables.step() * sum) * factor + addends[2 + row];
      assertEquals(expected, scores.estimate(row), kernels.description());
      assertEquals(
          expected > threshold,
          (scores.above(block) >>> row % ROWS & 1) != 0,
          kernels.description());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0",
    "2, 0",
    "8, 0",
    "11, 0",
    "88, 1",
    "81, 0",
    "321, 3",
    "7654321, 1",
    "87654321, 0",
    "55544333211, 2",
    "222, 0",
    "111, 5"
  })
  void dotLevels_anyBits_equalsTheObviousLoop(String bits, int groupsWithoutBits) {
    byte[] groupBits = groupBits(bits, groupsWithoutBits);
    assertDotLevels(new CodeShape(groupBits, polynomials()), groupBits.length);
  }

  @Test
  void dotLevels_randomShapes_equalsTheObviousLoop() {
    var random = new SplittableRandom(3);
    for (int round = 0; round < 40; round++) {
      byte[] groupBits = new byte[1 + random.nextInt(64)];
      int bits = random.nextInt(9);
      for (int group = 0; group < groupBits.length; group++) {
        groupBits[group] = (byte) bits;
        if (bits > 0 && random.nextInt(8) == 0) {
          bits--;
        }
      }
      assertDotLevels(new CodeShape(groupBits, polynomials()), round);
    }
  }

  private static void assertDotLevels(CodeShape shape, int seed) {
    var random = new SplittableRandom(seed);
    int stride = 32;
    int rows = 3;
    float[] weights = Arrays.copyOf(gaussians(random, shape.columns() * 8), shape.weightsLength());
    byte[] signs = bytes(random, 7 + Math.max(shape.columns() - 1, 0) * stride + 1);
    // The last row ends with its array: no kernel may need bytes beyond it.
    byte[] codes = bytes(random, rows * shape.rowBytes());
    float first = Float.NaN;
    for (int row = 0; row < rows; row++) {
      int offset = row * shape.rowBytes();
      double expected = obviousDotLevels(shape, weights, signs, stride, codes, offset);
      for (VectorKernels kernels : KERNELS) {
        float actual = kernels.dotLevels(shape, weights, signs, 7, stride, codes, offset);
        String message = kernels.description() + " of " + shape;
        assertEquals(expected, actual, 1e-4 * (1 + shape.columns()), message);
        if (kernels == VectorKernels.scalar()) {
          continue;
        }
        if (kernels == KERNELS.get(1)) {
          first = actual;
        }
        assertEquals(first, actual, "all widths add in one order: " + message);
      }
    }
  }

  private static double obviousDotLevels(
      CodeShape shape, float[] weights, byte[] signs, int stride, byte[] codes, int rowOffset) {
    double sum = 0;
    int bit = 0;
    for (int i = 0; i < shape.columns() * 8; i++) {
      int bits = shape.bits(i / 8);
      int magnitude = 0;
      for (int b = 0; b < bits - 1; b++, bit++) {
        magnitude |= (codes[rowOffset + bit / 8] >> (bit % 8) & 1) << b;
      }
      boolean positive = (signs[7 + i / 8 * stride] >> (i % 8) & 1) != 0;
      double level = shape.polynomial(bits).level(magnitude);
      sum += weights[i] * (positive ? level : -level);
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8, 15, 16, 17, 24, 31, 33, 64, 100, 384, 385})
  void dotCodeRows_anyLengthAndRows_equalsTheObviousLoop(int length) {
    var random = new SplittableRandom(length);
    float[] weights = gaussians(random, length);
    for (int rowCount : new int[] {0, 1, 3, 4, 5, 8, 11}) {
      byte[] codes = bytes(random, 3 + rowCount * length);
      for (VectorKernels kernels : KERNELS) {
        float[] out = new float[rowCount];
        kernels.dotCodeRows(weights, codes, 3, rowCount, length, out);
        for (int r = 0; r < rowCount; r++) {
          double expected = 0;
          for (int i = 0; i < length; i++) {
            expected += (double) weights[i] * codes[3 + r * length + i];
          }
          assertEquals(expected, out[r], 2e-3 * (1 + length), kernels.description());
        }
      }
    }
  }

  @Test
  void codeKernels_interpretedAndCompiled_giveTheSameBits() {
    var random = new SplittableRandom(1);
    CodeShape shape = new CodeShape(groupBits("54433322111", 0), polynomials());
    float[] weights = Arrays.copyOf(gaussians(random, shape.columns() * 8), shape.weightsLength());
    byte[] signs = bytes(random, shape.columns() * ROWS);
    byte[] codes = bytes(random, 2 * shape.rowBytes());
    LookupTables tables = LookupTables.of(weights, shape.columns(), 0.75f);
    float[] addends = new float[ROWS];
    for (VectorKernels kernels : KERNELS) {
      float[] first = scan(kernels, tables, signs, addends, 0).estimates.clone();
      float dotLevels = kernels.dotLevels(shape, weights, signs, 5, ROWS, codes, 0);
      // Enough calls for both compilers to have their turn.
      for (int call = 0; call < 6_000; call++) {
        assertArrayEquals(first, scan(kernels, tables, signs, addends, 0).estimates);
        assertEquals(dotLevels, kernels.dotLevels(shape, weights, signs, 5, ROWS, codes, 0));
      }
    }
  }

  @Test
  void codeKernels_rangesBeyondTheArrays_areRefused() {
    LookupTables tables = LookupTables.of(new float[16], 2, 1);
    CodeShape shape = new CodeShape(groupBits("32", 0), polynomials());
    for (VectorKernels kernels : KERNELS) {
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> scan(kernels, tables, new byte[63], new float[ROWS], 0));
      assertThrows(
          IndexOutOfBoundsException.class,
          () ->
              kernels.dotLevels(
                  shape, new float[16], new byte[2], 0, 1, new byte[shape.rowBytes()], 4));
    }
  }

  @Test
  void tables_weights_areApproximatedByStepTimesEntries() {
    for (int columns : new int[] {1, 42, 512}) {
      var random = new SplittableRandom(columns);
      float[] weights = gaussians(random, columns * 8);
      LookupTables tables = LookupTables.of(weights, columns, 1);
      for (int round = 0; round < 20; round++) {
        byte[] signs = bytes(random, columns);
        double exact = 0;
        long entries = 0;
        for (int i = 0; i < columns * 8; i++) {
          exact += (signs[i / 8] >> (i % 8) & 1) != 0 ? weights[i] : -weights[i];
        }
        for (int column = 0; column < columns; column++) {
          entries += tables.entry(column, 0, signs[column] & 15);
          entries += tables.entry(column, 1, signs[column] >> 4 & 15);
        }
        // Half a step an entry at most; by chance far less.
        assertEquals(exact, tables.bias() + tables.step() * entries, tables.step() * columns);
        assertTrue(entries <= LookupTables.MAX_ROW_SUM, "sum of entries: " + entries);
      }
    }
  }

  @Test
  void tables_zeroWeights_haveNoEntries() {
    LookupTables tables = LookupTables.of(new float[24], 3, 1);
    assertEquals(0, tables.bias());
    assertEquals(0, tables.step());
    assertArrayEquals(new byte[4 * LookupTables.COLUMN_BYTES], tables.entries);
  }

  @Test
  void shape_bitsThatRise_areRefused() {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class, () -> new CodeShape(new byte[] {2, 3}, polynomials()));
    assertEquals(
        "group 1 has 3 bits, expected 0 to 2: bits fall along the groups", refusal.getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> new CodeShape(new byte[] {9}, polynomials()));
    assertThrows(
        IllegalArgumentException.class, () -> new CodeShape(new byte[] {-1}, polynomials()));
  }

  @Test
  void shape_groups_countColumnsAndBytes() {
    CodeShape shape = new CodeShape(groupBits("531", 2), polynomials());
    assertEquals(5, shape.groups());
    assertEquals(3, shape.columns());
    assertEquals(4 + 2 + CodeShape.SCALE_BYTES, shape.rowBytes());
    assertEquals(32, shape.weightsLength());
  }

  /** A digit a group. */
  private static byte[] groupBits(String bits, int groupsWithoutBits) {
    byte[] groupBits = new byte[bits.length() + groupsWithoutBits];
    for (int group = 0; group < bits.length(); group++) {
      groupBits[group] = (byte) (bits.charAt(group) - '0');
    }
    return groupBits;
  }

  private static List<LevelPolynomial> polynomials() {
    List<LevelPolynomial> polynomials = new ArrayList<>();
    polynomials.add(LevelPolynomial.ofSign(0.798f));
    for (int bits = 2; bits <= CodeShape.MAX_BITS; bits++) {
      float width = 4f / (1 << bits);
      polynomials.add(
          new LevelPolynomial(
              width, 0.1f * width * width * width, 0.01f * (float) Math.pow(width, 5)));
    }
    return polynomials;
  }

  private static byte[] bytes(SplittableRandom random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static float[] gaussians(SplittableRandom random, int length) {
    float[] floats = new float[length];
    for (int i = 0; i < length; i++) {
      floats[i] = (float) random.nextGaussian();
    }
    return floats;
  }
}

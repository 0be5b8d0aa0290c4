package io.memryx.internal.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The choice of kernels, made once a JVM and logged in one line: SIMD if the incubator module is
 * there, the optimising compiler is there and the vectors are wide enough; else scalar. Whether
 * every SIMD kernel agrees with its scalar twin is found out in the background, from the first use
 * on: until they are tested and compiled, {@link LanewiseKernels} stand in, and if they are wrong,
 * scalar ones take over (see {@link WatchedKernels}).
 *
 * <p>The system property {@code memryx.kernels} ({@code auto}, {@code simd}, {@code scalar})
 * overrides the choice; {@code simd} still falls back if SIMD can't run or is wrong.
 */
final class KernelSelection {
  static final VectorKernels SELECTED = select(System.getProperty("memryx.kernels", "auto"));

  private static final String MODULE = "jdk.incubator.vector";

  /** Narrower vectors gain nothing over scalar code. */
  private static final int MIN_BITS = 128;

  private static final int MAX_BITS = 512;

  private KernelSelection() {}

  private static VectorKernels select(String preference) {
    VectorKernels kernels = choose(preference);
    System.getLogger("io.memryx")
        .log(System.Logger.Level.INFO, "Memryx kernels: {0}", kernels.description());
    return kernels;
  }

  static VectorKernels choose(String preference) {
    return switch (preference.toLowerCase(Locale.ROOT)) {
      case "auto" ->
          hasOptimisingCompiler(System.getProperty("java.vm.info", ""))
              ? trySimd()
              : ScalarKernels.because("this JVM runs without its optimising compiler");
      case "simd" -> trySimd();
      case "scalar" -> ScalarKernels.because("asked for by memryx.kernels");
      default ->
          ScalarKernels.because(
              "memryx.kernels is '" + preference + "', expected auto, simd or scalar");
    };
  }

  /**
   * Without C2 the Vector API allocates an object per operation, a hundred times slower than scalar
   * code.
   */
  static boolean hasOptimisingCompiler(String vmInfo) {
    return !vmInfo.contains("interpreted") && !vmInfo.contains("emulated-client");
  }

  private static VectorKernels trySimd() {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return ScalarKernels.because(
          "module " + MODULE + " is absent: start java with --add-modules " + MODULE);
    }
    try {
      int bits = VectorWidth.bits();
      return bits < MIN_BITS || bits > MAX_BITS
          ? ScalarKernels.because(
              "this machine's vectors have %d bits, expected %d to %d"
                  .formatted(bits, MIN_BITS, MAX_BITS))
          : new WatchedKernels(bits, widths(bits), System::nanoTime);
    } catch (LinkageError e) {
      return cannotLoad(e);
    }
  }

  private static VectorKernels cannotLoad(Throwable reason) {
    return ScalarKernels.because("the SIMD kernels could not be loaded: " + reason);
  }

  /** The kernels of a width if they are right, else scalar ones. */
  private static VectorKernels trySimd(int bits) {
    try {
      VectorKernels simd = simd(bits);
      String fault = firstFault(simd, ScalarKernels.INSTANCE);
      return fault.isEmpty()
          ? simd
          : ScalarKernels.because("the SIMD kernels failed their self-test: " + fault);
    } catch (ReflectiveOperationException | LinkageError e) {
      return cannotLoad(e);
    }
  }

  /**
   * The kernels of this width, of half of it, and so on, at last the scalar ones; each loaded and
   * tested only when it is asked for. Until it is compiled, vector code takes so long that testing
   * it would double the time to the first answer.
   */
  private static Iterator<VectorKernels> widths(int bits) {
    Stream<VectorKernels> simd =
        IntStream.iterate(bits, width -> width >= MIN_BITS, width -> width / 2)
            .mapToObj(KernelSelection::trySimd);
    var last = ScalarKernels.because("SIMD kernels run slowly in this JVM");
    return Stream.concat(simd, Stream.of(last)).iterator();
  }

  /** The kernels whose code works on vectors of 128, 256 or 512 bits. */
  static VectorKernels simd(int bits) throws ReflectiveOperationException {
    return Class.forName("io.memryx.internal.kernel.Simd" + bits + "Kernels")
        .asSubclass(VectorKernels.class)
        .getDeclaredConstructor()
        .newInstance();
  }

  /** The name of the first kernel that disagrees with its twin, or "". */
  static String firstFault(VectorKernels kernels, VectorKernels twin) {
    var random = new SplittableRandom(7);
    // Every loop and every tail, and no more: this is vector code before it is compiled.
    for (int length : new int[] {1, 7, 33, 100}) {
      float[] a = randomFloats(random, length + 3);
      float[] b = randomFloats(random, length + 3);
      byte[] codes = new byte[length + 3];
      random.nextBytes(codes);
      if (differ(kernels.dot(a, 1, b, 3, length), twin.dot(a, 1, b, 3, length), length)) {
        return "dot of " + length;
      }
      if (differ(
          kernels.squaredL2(a, 1, b, 3, length), twin.squaredL2(a, 1, b, 3, length), length)) {
        return "squaredL2 of " + length;
      }
      if (differ(
          kernels.dotCodes(a, codes, 3, length),
          twin.dotCodes(a, codes, 3, length),
          128 * length)) {
        return "dotCodes of " + length;
      }
      if (panelsDiffer(kernels, twin, random, length)) {
        return "multiplyPanel of " + length;
      }
      if (codeRowsDiffer(kernels, twin, random, length)) {
        return "dotCodeRows of " + length;
      }
    }
    for (int columns : new int[] {1, 2, 13, 42}) {
      if (scansDiffer(kernels, twin, random, columns)) {
        return "scanBlocks of " + columns + " columns";
      }
      if (levelsDiffer(kernels, twin, random, columns)) {
        return "dotLevels of " + columns + " columns";
      }
    }
    return "";
  }

  private static boolean codeRowsDiffer(
      VectorKernels kernels, VectorKernels twin, SplittableRandom random, int length) {
    int rowCount = 6;
    float[] weights = randomFloats(random, length);
    byte[] codes = new byte[rowCount * length + 3];
    random.nextBytes(codes);
    float[] out = new float[rowCount];
    float[] expected = new float[rowCount];
    kernels.dotCodeRows(weights, codes, 3, rowCount, length, out);
    twin.dotCodeRows(weights, codes, 3, rowCount, length, expected);
    for (int r = 0; r < rowCount; r++) {
      if (differ(out[r], expected[r], 128 * length)) {
        return true;
      }
    }
    return false;
  }

  /** Sums of integers, and the same few float operations: not one bit may differ. */
  private static boolean scansDiffer(
      VectorKernels kernels, VectorKernels twin, SplittableRandom random, int columns) {
    int blocks = 2;
    int rows = blocks * VectorKernels.BLOCK_ROWS;
    LookupTables tables =
        LookupTables.of(randomFloats(random, columns * CodeShape.GROUP), columns, 0.75f);
    byte[] codes = new byte[columns * rows];
    byte[] factors = new byte[rows];
    random.nextBytes(codes);
    random.nextBytes(factors);
    float[] addends = randomFloats(random, rows);
    var out = new BlockScores();
    var expected = new BlockScores();
    kernels.scanBlocks(tables, blocks, codes, 0, factors, 0, 0.5f, addends, 0, 0.5f, out);
    twin.scanBlocks(tables, blocks, codes, 0, factors, 0, 0.5f, addends, 0, 0.5f, expected);
    return !Arrays.equals(out.above, expected.above)
        || !Arrays.equals(out.estimates, expected.estimates);
  }

  private static boolean levelsDiffer(
      VectorKernels kernels, VectorKernels twin, SplittableRandom random, int columns) {
    byte[] bits = new byte[columns];
    List<LevelPolynomial> polynomials = new ArrayList<>();
    for (int b = 1; b <= CodeShape.MAX_BITS; b++) {
      // Levels of magnitude up to 1, whatever the bits.
      float width = 1f / (1 << b);
      float cube = width * width * width;
      polynomials.add(new LevelPolynomial(width, 0.1f * cube, 0.1f * cube * width * width));
    }
    for (int group = 0; group < columns; group++) {
      bits[group] = (byte) (1 + (columns - 1 - group) % CodeShape.MAX_BITS);
    }
    Arrays.sort(bits);
    for (int group = 0; group < columns / 2; group++) {
      byte last = bits[columns - 1 - group];
      bits[columns - 1 - group] = bits[group];
      bits[group] = last;
    }
    CodeShape shape = new CodeShape(bits, polynomials);
    float[] weights = Arrays.copyOf(randomFloats(random, columns * 8), shape.weightsLength());
    byte[] signs = new byte[columns];
    byte[] row = new byte[shape.rowBytes()];
    random.nextBytes(signs);
    random.nextBytes(row);
    float expected = twin.dotLevels(shape, weights, signs, 0, 1, row, 0);
    return differ(kernels.dotLevels(shape, weights, signs, 0, 1, row, 0), expected, 8 * columns);
  }

  private static boolean panelsDiffer(
      VectorKernels kernels, VectorKernels twin, SplittableRandom random, int dimension) {
    int rowCount = 7;
    float[] rows = randomFloats(random, rowCount * dimension + 1);
    float[] panel = randomFloats(random, dimension * VectorKernels.PANEL_WIDTH + 1);
    float[] out = new float[rowCount * VectorKernels.PANEL_WIDTH];
    float[] expected = out.clone();
    kernels.multiplyPanel(rows, 1, rowCount, dimension, panel, 1, out);
    twin.multiplyPanel(rows, 1, rowCount, dimension, panel, 1, expected);
    for (int i = 0; i < out.length; i++) {
      if (differ(out[i], expected[i], dimension)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether two sums of so many terms of magnitude up to 1 differ by more than their rounding can
   * explain.
   */
  private static boolean differ(float actual, float expected, int terms) {
    return !(Math.abs(actual - expected) <= 1e-6f * terms);
  }

  private static float[] randomFloats(SplittableRandom random, int length) {
    float[] floats = new float[length];
    for (int i = 0; i < length; i++) {
      floats[i] = (float) (random.nextDouble() * 2 - 1);
    }
    return floats;
  }
}

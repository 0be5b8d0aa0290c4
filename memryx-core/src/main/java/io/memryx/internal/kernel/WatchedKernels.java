package io.memryx.internal.kernel;

import java.util.List;
import java.util.function.LongSupplier;

/**
 * Kernels that are timed while they work, and give way to others where they turn out slow. Whether
 * vector code is fast is not known before C2 has compiled it: in some JVMs it leaves an operation
 * of a wide vector as a call, and the kernel is fifty times slower than it should be. Finding out
 * at start would take longer than the start itself; so one call in a few hundred is timed for as
 * long as the JVM lives.
 *
 * <p>The next kernels are those of half the width, at last the scalar ones. All widths give the
 * same bits, so a change of width changes no answer. Thread-safe.
 */
final class WatchedKernels extends VectorKernels {
  /**
   * A column of a block (32 rows) takes 2 ns with 512 bits, 4 with 128, 17 with scalar code, and 75
   * and more where vectors are boxed. On a slower machine all are slower, but not so much.
   */
  static final double SLOW_SCAN_NANOS = 50;

  /** Levels of a column take 2 ns with 512 bits, 10 with scalar code, 25 and more when boxed. */
  static final double SLOW_LEVELS_NANOS = 20;

  /** Below so many columns a time says more about the clock. */
  static final int MIN_COLUMNS = 16;

  /** A power of two: one call in so many is timed. */
  static final int CALLS_PER_TIME = 256;

  private final List<VectorKernels> candidates;
  private final VectorKernels favourite;
  private final LongSupplier clock;
  private final Pace scanPace = new Pace(SLOW_SCAN_NANOS);
  private final Pace levelsPace = new Pace(SLOW_LEVELS_NANOS);

  /** Kernels on codes; written under this object's lock. */
  private volatile VectorKernels current;

  /**
   * Watched kernels.
   *
   * @param candidates what may run, the favourite first, at least one; the last is never given up
   * @param clock nanoseconds
   */
  WatchedKernels(List<VectorKernels> candidates, LongSupplier clock) {
    this.candidates = List.copyOf(candidates);
    this.clock = clock;
    this.favourite = candidates.getFirst();
    this.current = favourite;
  }

  @Override
  public String description() {
    return current.description();
  }

  /** Spreads offsets evenly, so that no pattern of calls escapes the clock. */
  private static boolean isTimed(int offset, int columns) {
    return columns >= MIN_COLUMNS && ((offset * 0x9E3779B9) >>> 16 & (CALLS_PER_TIME - 1)) == 0;
  }

  private synchronized void giveUp(VectorKernels slow) {
    int next = candidates.indexOf(slow) + 1;
    if (slow != current || next == candidates.size()) {
      return;
    }
    current = candidates.get(next);
    scanPace.reset();
    levelsPace.reset();
    System.getLogger("io.memryx")
        .log(
            System.Logger.Level.WARNING,
            "Memryx kernels: {0}, because this was slow here: {1}",
            current.description(),
            slow.description());
  }

  @Override
  public int scanBlock(
      LookupTables tables,
      byte[] codes,
      int codesOffset,
      byte[] factors,
      int factorsOffset,
      float base,
      float[] addends,
      int addendsOffset,
      float threshold,
      float[] estimates) {
    VectorKernels kernels = current;
    boolean timed = isTimed(codesOffset, tables.columns());
    long start = timed ? clock.getAsLong() : 0;
    int above =
        kernels.scanBlock(
            tables,
            codes,
            codesOffset,
            factors,
            factorsOffset,
            base,
            addends,
            addendsOffset,
            threshold,
            estimates);
    if (timed && scanPace.slowAfter(clock.getAsLong() - start, tables.columns())) {
      giveUp(kernels);
    }
    return above;
  }

  @Override
  public float dotLevels(
      CodeShape shape,
      float[] weights,
      byte[] signs,
      int signsOffset,
      int signsStride,
      byte[] row,
      int rowOffset) {
    VectorKernels kernels = current;
    boolean timed = isTimed(rowOffset, shape.columns());
    long start = timed ? clock.getAsLong() : 0;
    float dot = kernels.dotLevels(shape, weights, signs, signsOffset, signsStride, row, rowOffset);
    if (timed && levelsPace.slowAfter(clock.getAsLong() - start, shape.columns())) {
      giveUp(kernels);
    }
    return dot;
  }

  // The kernels on floats and bytes have the machine's width, whatever that of the others.

  @Override
  public float dot(float[] a, int aOffset, float[] b, int bOffset, int length) {
    return favourite.dot(a, aOffset, b, bOffset, length);
  }

  @Override
  public float squaredL2(float[] a, int aOffset, float[] b, int bOffset, int length) {
    return favourite.squaredL2(a, aOffset, b, bOffset, length);
  }

  @Override
  public float dotCodes(float[] weights, byte[] codes, int codesOffset, int length) {
    return favourite.dotCodes(weights, codes, codesOffset, length);
  }

  @Override
  public void dotCodeRows(
      float[] weights, byte[] codes, int codesOffset, int rowCount, int length, float[] out) {
    favourite.dotCodeRows(weights, codes, codesOffset, rowCount, length, out);
  }

  @Override
  public void multiplyPanel(
      float[] rows,
      int rowsOffset,
      int rowCount,
      int dimension,
      float[] panel,
      int panelOffset,
      float[] out) {
    favourite.multiplyPanel(rows, rowsOffset, rowCount, dimension, panel, panelOffset, out);
  }
}

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
 * <p>Before it is compiled, vector code is a thousand times slower than after. So a scan, which
 * calls its kernel thousands of times, is left to the scalar kernel, whose bits are the same, until
 * a thread of the background has called the favourite often enough ({@link #warmUp}).
 *
 * <p>The next kernels are those of half the width, at last the scalar ones. All widths give the
 * same bits, so a change of width changes no answer. Thread-safe.
 */
final class WatchedKernels extends VectorKernels {
  /**
   * A column of a block (32 rows) takes 1 ns with 512 bits, 4 with 128, 7 with scalar code, and 75
   * and more where vectors are boxed. On a slower machine all are slower, but not so much.
   */
  static final double SLOW_SCAN_NANOS = 50;

  /** Levels of a column take 2 ns with 512 bits, 10 with scalar code, 25 and more when boxed. */
  static final double SLOW_LEVELS_NANOS = 20;

  /** Below so many columns a time says more about the clock. */
  static final int MIN_COLUMNS = 16;

  /** A power of two: one call in so many is timed. */
  static final int CALLS_PER_TIME = 256;

  /** Calls between two looks at the clock while warming up. */
  private static final int CALLS_PER_LOOK = 64;

  /** Columns of a warm-up's deep calls. */
  private static final int DEEP = 2 * MIN_COLUMNS;

  /**
   * A compiler that has not come by then is not waited for any longer. On a machine that others
   * keep busy it takes seconds, and scalar scans meanwhile are the lesser evil.
   */
  private static final long PATIENCE_NANOS = 10_000_000_000L;

  private final List<VectorKernels> candidates;
  private final VectorKernels favourite;
  private final LongSupplier clock;
  private final Pace scanPace = new Pace(SLOW_SCAN_NANOS);
  private final Pace levelsPace = new Pace(SLOW_LEVELS_NANOS);

  /** Kernels on codes; written under this object's lock. */
  private volatile VectorKernels current;

  /** False from the beginning of {@link #warmUp} to its end. */
  private volatile boolean warm = true;

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

  /** Begins to warm up, on a daemon thread that ends when that is done. */
  void warmUpInBackground() {
    warm = false;
    Thread.ofPlatform().daemon().name("memryx-kernel-warm-up").start(this::warmUp);
  }

  /**
   * Calls the favourite's scan until it runs at its pace, a few thousand times. Before it is
   * compiled each vector operation costs microseconds, so the calls are such that the loops of both
   * its halves go round often for little work: many columns of few rows, few columns of many rows.
   */
  void warmUp() {
    try {
      LookupTables deep = LookupTables.of(new float[DEEP * CodeShape.GROUP], DEEP, 1);
      LookupTables wide = LookupTables.of(new float[2 * CodeShape.GROUP], 2, 1);
      int rows = BlockScores.MAX_BLOCKS * BLOCK_ROWS;
      byte[] codes = new byte[2 * rows];
      byte[] factors = new byte[rows];
      float[] addends = new float[rows];
      var scores = new BlockScores();
      int columns = DEEP + 2 * BlockScores.MAX_BLOCKS;
      long begin = clock.getAsLong();
      long now = begin;
      long before;
      do {
        before = now;
        for (int call = 0; call < CALLS_PER_LOOK; call++) {
          favourite.scanBlocks(deep, 1, codes, 0, factors, 0, 0, addends, 0, call, scores);
          favourite.scanBlocks(
              wide, BlockScores.MAX_BLOCKS, codes, 0, factors, 0, 0, addends, 0, call, scores);
        }
        now = clock.getAsLong();
      } while (now - before > CALLS_PER_LOOK * columns * SLOW_SCAN_NANOS
          && now - begin < PATIENCE_NANOS);
    } finally {
      warm = true;
    }
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
  public void scanBlocks(
      LookupTables tables,
      int blocks,
      byte[] codes,
      int codesOffset,
      byte[] factors,
      int factorsOffset,
      float base,
      float[] addends,
      int addendsOffset,
      float threshold,
      BlockScores scores) {
    boolean watched = warm;
    VectorKernels kernels = watched ? current : candidates.getLast();
    boolean timed = watched && isTimed(codesOffset, tables.columns());
    long start = timed ? clock.getAsLong() : 0;
    kernels.scanBlocks(
        tables,
        blocks,
        codes,
        codesOffset,
        factors,
        factorsOffset,
        base,
        addends,
        addendsOffset,
        threshold,
        scores);
    if (timed && scanPace.slowAfter(clock.getAsLong() - start, blocks * tables.columns())) {
      giveUp(kernels);
    }
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

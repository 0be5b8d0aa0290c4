package io.memryx.internal.kernel;

import java.util.Iterator;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Kernels that are timed while they work, and give way to others where they turn out slow. Whether
 * vector code is fast is not known before C2 has compiled it: in some JVMs it leaves an operation
 * of a wide vector as a call, and the kernel is fifty times slower than it should be. Finding out
 * at start would take longer than the start itself; so one call in a few hundred is timed for as
 * long as the JVM lives.
 *
 * <p>Before it is compiled, vector code is a thousand times slower than after. So until then {@link
 * LanewiseKernels} stand in, whose bits are the same, and a thread of the background loads the
 * favourite, tests it and calls it often enough ({@link #warmUp}). That thread begins with the
 * first call, or when a build is to come, not before: it would take from the JVM's start what it
 * needs itself.
 *
 * <p>The next kernels are those of half the width, at last the scalar ones. All widths give the
 * same bits, so a change of width changes no answer; only that to the scalar ones, which add in
 * another order, may change the last digits of scores. Thread-safe.
 */
final class WatchedKernels extends VectorKernels {
  /**
   * A column of a block (32 rows) takes 1 ns with 512 bits, 4 with 128, 7 with scalar code, and 75
   * and more where vectors are boxed. On a slower machine all are slower, but not so much.
   */
  static final double SLOW_SCAN_NANOS = 50;

  /** Levels of a column take 2 ns with 512 bits, 10 with scalar code, 25 and more when boxed. */
  static final double SLOW_LEVELS_NANOS = 20;

  /** A component of eight rows times a panel takes 2 ns with 512 bits, thousands when boxed. */
  private static final double SLOW_PRODUCTS_NANOS = 100;

  /** Below so many columns a time says more about the clock. */
  static final int MIN_COLUMNS = 16;

  /** A power of two: one call in so many is timed. */
  static final int CALLS_PER_TIME = 256;

  /**
   * Columns of a scan, components of a product while warming up: C2 takes a method on that was
   * called 600 times and whose calls and loops' rounds are 15,000 together. Fewer columns or more
   * would only mean more rounds of code that is not compiled yet.
   */
  private static final int WARM_UP_LENGTH = 24;

  /** Calls between two looks at the clock while warming up. */
  private static final int CALLS_PER_LOOK = 64;

  /**
   * Longest pause between two looks; as a rule it is four times what the look took, so that most of
   * a core is left to the compiler.
   */
  private static final long LONGEST_PAUSE_NANOS = 20_000_000;

  /**
   * A compiler that has not come by then is not waited for any longer. On a machine that others
   * keep busy it takes seconds, and scalar scans meanwhile are the lesser evil.
   */
  private static final long PATIENCE_NANOS = 10_000_000_000L;

  private final VectorKernels standIn;
  private final Iterator<VectorKernels> candidates;
  private final LongSupplier clock;
  private final Pace scanPace = new Pace(SLOW_SCAN_NANOS);
  private final Pace levelsPace = new Pace(SLOW_LEVELS_NANOS);
  private final AtomicBoolean begun = new AtomicBoolean();

  /** Kernels on codes; from the end of warming up on written under this object's lock. */
  private volatile VectorKernels current;

  /** Kernels on floats and bytes: of the machine's width, whatever that of the others. */
  private volatile VectorKernels favourite;

  /**
   * Watched kernels that are cold.
   *
   * @param bits width of the first candidate's vectors
   * @param candidates what may run, the favourite first; each is asked for when it is needed, and
   *     the last is never given up
   * @param clock nanoseconds
   */
  WatchedKernels(int bits, Iterator<VectorKernels> candidates, LongSupplier clock) {
    this.standIn = new LanewiseKernels(bits, "SIMD, " + bits + " bits");
    this.candidates = candidates;
    this.clock = clock;
    this.current = standIn;
    this.favourite = standIn;
  }

  @Override
  public String description() {
    return current.description();
  }

  @Override
  public void prepareForBuild() {
    warmUpInBackground();
  }

  /** Begins to warm up unless that has begun, on a daemon thread that ends when that is done. */
  private void warmUpInBackground() {
    if (!begun.get() && begun.compareAndSet(false, true)) {
      try {
        Thread.ofPlatform().daemon().name("memryx-kernel-warm-up").start(this::warmUpOrDoWithout);
      } catch (OutOfMemoryError e) {
        doWithout(e);
      }
    }
  }

  /** The stand-ins are slow: whatever goes wrong, they must not stay. */
  void warmUpOrDoWithout() {
    try {
      warmUp();
    } catch (RuntimeException | Error e) {
      doWithout(e);
    }
  }

  private void doWithout(Throwable reason) {
    VectorKernels scalar = ScalarKernels.because("SIMD kernels could not be warmed up");
    favourite = scalar;
    current = scalar;
    log(reason.toString());
  }

  /** Takes the favourite and calls it until it is compiled; from then on, it works. */
  void warmUp() {
    VectorKernels first = candidates.next();
    long patience = clock.getAsLong() + PATIENCE_NANOS;
    warmUpPanels(first, patience);
    favourite = first;
    warmUpScan(first, patience);
    current = first;
    if (!first.description().equals(standIn.description())) {
      log("it turned out to be wrong: " + standIn.description());
    }
  }

  /** Short products: the first ones of a build are long, and it takes as many of them. */
  private void warmUpPanels(VectorKernels kernels, long patience) {
    int rows = 8;
    float[] row = new float[rows * WARM_UP_LENGTH];
    float[] panel = new float[WARM_UP_LENGTH * PANEL_WIDTH];
    float[] out = new float[rows * PANEL_WIDTH];
    callUntilFast(
        WARM_UP_LENGTH * SLOW_PRODUCTS_NANOS,
        patience,
        () -> kernels.multiplyPanel(row, 0, rows, WARM_UP_LENGTH, panel, 0, out));
  }

  /**
   * Before a scan is compiled each vector operation costs microseconds, so the calls are such that
   * the loops of both its halves go round often for little work: many columns of few rows, few
   * columns of many rows.
   */
  private void warmUpScan(VectorKernels kernels, long patience) {
    LookupTables deep = tables(WARM_UP_LENGTH);
    LookupTables wide = tables(2);
    int rows = BlockScores.MAX_BLOCKS * BLOCK_ROWS;
    byte[] codes = new byte[Math.max(2 * rows, WARM_UP_LENGTH * BLOCK_ROWS)];
    byte[] factors = new byte[rows];
    float[] addends = new float[rows];
    var scores = new BlockScores();
    callUntilFast(
        (WARM_UP_LENGTH + 2 * BlockScores.MAX_BLOCKS) * SLOW_SCAN_NANOS,
        patience,
        () -> {
          kernels.scanBlocks(deep, 1, codes, 0, factors, 0, 0, addends, 0, 0, scores);
          kernels.scanBlocks(
              wide, BlockScores.MAX_BLOCKS, codes, 0, factors, 0, 0, addends, 0, 0, scores);
        });
  }

  private static LookupTables tables(int columns) {
    return LookupTables.of(new float[columns * CodeShape.GROUP], columns, 1);
  }

  /** Calls a kernel until it takes no longer than so many nanoseconds, or patience ends. */
  private void callUntilFast(double slowNanos, long patience, Runnable kernel) {
    long before = clock.getAsLong();
    for (boolean slow = true; slow; ) {
      for (int call = 0; call < CALLS_PER_LOOK; call++) {
        kernel.run();
      }
      long now = clock.getAsLong();
      slow = now - before > CALLS_PER_LOOK * slowNanos && now - patience < 0;
      if (slow) {
        // Calls of slow code keep C2 from its work: it compiles what they call, too.
        LockSupport.parkNanos(Math.min(LONGEST_PAUSE_NANOS, 4 * (now - before)));
        before = clock.getAsLong();
      }
    }
  }

  /** Spreads offsets evenly, so that no pattern of calls escapes the clock. */
  private static boolean isTimed(int offset, int columns) {
    return columns >= MIN_COLUMNS && ((offset * 0x9E3779B9) >>> 16 & (CALLS_PER_TIME - 1)) == 0;
  }

  private synchronized void giveUp(VectorKernels slow) {
    if (slow != current || !candidates.hasNext()) {
      return;
    }
    current = candidates.next();
    scanPace.reset();
    levelsPace.reset();
    log("this was slow here: " + slow.description());
  }

  private void log(String reason) {
    System.getLogger("io.memryx")
        .log(
            System.Logger.Level.WARNING,
            "Memryx kernels: {0}, because {1}",
            current.description(),
            reason);
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
    VectorKernels kernels = current;
    boolean watched = kernels != standIn;
    if (!watched) {
      warmUpInBackground();
    }
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
    boolean timed = kernels != standIn && isTimed(rowOffset, shape.columns());
    long start = timed ? clock.getAsLong() : 0;
    float dot = kernels.dotLevels(shape, weights, signs, signsOffset, signsStride, row, rowOffset);
    if (timed && levelsPace.slowAfter(clock.getAsLong() - start, shape.columns())) {
      giveUp(kernels);
    }
    return dot;
  }

  /** Kernels on floats and bytes. */
  private VectorKernels floats() {
    VectorKernels kernels = favourite;
    if (kernels == standIn) {
      warmUpInBackground();
    }
    return kernels;
  }

  @Override
  public float dot(float[] a, int aOffset, float[] b, int bOffset, int length) {
    return floats().dot(a, aOffset, b, bOffset, length);
  }

  @Override
  public float squaredL2(float[] a, int aOffset, float[] b, int bOffset, int length) {
    return floats().squaredL2(a, aOffset, b, bOffset, length);
  }

  @Override
  public float dotCodes(float[] weights, byte[] codes, int codesOffset, int length) {
    return floats().dotCodes(weights, codes, codesOffset, length);
  }

  @Override
  public void dotCodeRows(
      float[] weights, byte[] codes, int codesOffset, int rowCount, int length, float[] out) {
    floats().dotCodeRows(weights, codes, codesOffset, rowCount, length, out);
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
    floats().multiplyPanel(rows, rowsOffset, rowCount, dimension, panel, panelOffset, out);
  }
}

package io.memryx.internal.kernel;

/**
 * The pace of a kernel: the best of its latest times, in nanoseconds a column. The best, because
 * every other one may have waited for the machine or for the compiler. Thread-safe.
 */
final class Pace {
  /** Times of a window. */
  static final int WINDOW = 64;

  /**
   * Slow windows in a row until the kernel counts as slow: in the first ones it is not compiled.
   */
  static final int PATIENCE = 3;

  private final double slowNanosPerColumn;

  // Guarded by this.
  private int times;
  private double best = Double.POSITIVE_INFINITY;
  private int slowWindows;

  Pace(double slowNanosPerColumn) {
    this.slowNanosPerColumn = slowNanosPerColumn;
  }

  /** Takes in one time; whether the kernel has been slow for all of its latest windows. */
  synchronized boolean slowAfter(long nanos, int columns) {
    best = Math.min(best, (double) nanos / columns);
    times++;
    if (times < WINDOW) {
      return false;
    }
    slowWindows = best > slowNanosPerColumn ? slowWindows + 1 : 0;
    times = 0;
    best = Double.POSITIVE_INFINITY;
    return slowWindows >= PATIENCE;
  }

  /** Forgets everything: another kernel runs now. */
  synchronized void reset() {
    times = 0;
    best = Double.POSITIVE_INFINITY;
    slowWindows = 0;
  }
}

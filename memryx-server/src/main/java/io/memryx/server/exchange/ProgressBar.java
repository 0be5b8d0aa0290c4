package io.memryx.server.exchange;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * One line of a terminal that tells how far something is: share, count, rate, time to go. In a pipe
 * it is silent. Not thread-safe.
 */
public final class ProgressBar {
  private static final int WIDTH = 24;

  /** Often enough for eyes. */
  private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final String CLEAR_LINE = "\r\u001B[K";

  private final PrintWriter out;
  private final boolean shown;
  private final LongSupplier nanoClock;
  private long begin;
  private long drawn;
  private boolean onLine;

  private ProgressBar(PrintWriter out, boolean shown, LongSupplier nanoClock) {
    this.out = out;
    this.shown = shown;
    this.nanoClock = nanoClock;
    this.begin = nanoClock.getAsLong();
    this.drawn = begin - INTERVAL_NANOS;
  }

  /** On this stream, if a person sits before it. */
  public static ProgressBar on(PrintWriter out) {
    boolean terminal = Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    return new ProgressBar(out, terminal, System::nanoTime);
  }

  /** On this stream, whoever reads it, by this clock. */
  static ProgressBar always(PrintWriter out, LongSupplier nanoClock) {
    return new ProgressBar(out, true, nanoClock);
  }

  /** Begins another stage: rates count from now on. */
  public void begin() {
    begin = nanoClock.getAsLong();
  }

  /**
   * Tells where things are.
   *
   * @param stage what is under way
   * @param fraction 0 to 1, or NaN where nobody knows
   * @param entries done so far; 0: not counted
   */
  public void at(String stage, double fraction, long entries) {
    long now = nanoClock.getAsLong();
    if (shown && now - drawn >= INTERVAL_NANOS) {
      drawn = now;
      onLine = true;
      out.print(CLEAR_LINE + line(stage, fraction, entries, (now - begin) / 1e9));
      out.flush();
    }
  }

  /** Gives the line back, for messages or because it is over. */
  public void clear() {
    if (onLine) {
      out.print(CLEAR_LINE);
      out.flush();
      onLine = false;
    }
  }

  private static String line(String stage, double fraction, long entries, double seconds) {
    var line = new StringBuilder(stage);
    if (!Double.isNaN(fraction)) {
      int full = (int) (fraction * WIDTH);
      line.append(" [").append("#".repeat(full)).append("-".repeat(WIDTH - full)).append("]");
      line.append(String.format(Locale.ROOT, " %3.0f %%", 100 * fraction));
    }
    if (entries > 0) {
      line.append(String.format(Locale.ROOT, "  %,d entries", entries));
      if (seconds > 0) {
        line.append(String.format(Locale.ROOT, "  %,.0f/s", entries / seconds));
      }
    }
    if (fraction > 0 && fraction < 1) {
      long left = Math.round(seconds / fraction - seconds);
      line.append(String.format(Locale.ROOT, "  eta %d:%02d", left / 60, left % 60));
    }
    return line.toString();
  }
}

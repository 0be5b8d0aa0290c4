package io.memryx.bench.plot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A chart's axis: what it shows, from where to where, and how values are spread along it.
 *
 * @param title with the unit
 * @param scale how values are spread
 * @param min value at the axis's beginning
 * @param max value at its end
 */
public record Axis(String title, Scale scale, double min, double max) {

  /** How values are spread along an axis. */
  public enum Scale {
    /** Equal ratios are equally far apart. */
    LOG,
    /**
     * Shares: equally far apart is what leaves out equal ratios, so that 0.99 is far from 0.999.
     */
    NINES
  }

  /**
   * Shares from here on lie at one place on {@link Scale#NINES}, where 1 would be infinitely far.
   */
  private static final double ALL = 0.9995;

  private static final double[] SHARES = {
    0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, ALL
  };

  /** Room beyond the outermost values, as a share of the axis. */
  private static final double MARGIN = 0.03;

  /** More labels than this on a logarithmic axis are too many: only powers of ten stay. */
  private static final int MOST_TICKS = 9;

  /** Refuses an axis without extent. */
  public Axis {
    if (!(min < max)) {
      throw new IllegalArgumentException(
          "axis '%s' from %s to %s: expected a rising range".formatted(title, min, max));
    }
  }

  /** The axis that holds these values, with a little room at its ends. */
  public static Axis around(String title, Scale scale, double[] values) {
    double[] places =
        Arrays.stream(values).map(value -> place(scale, shown(scale, value))).sorted().toArray();
    if (places.length == 0) {
      throw new IllegalArgumentException("axis '" + title + "' has no values");
    }
    double first = places[0];
    double last = places[places.length - 1];
    // A lone value stands in the middle of a range that is as wide as a doubling.
    double room = last > first ? (last - first) * MARGIN : Math.log10(2);
    return new Axis(title, scale, value(scale, first - room), value(scale, last + room));
  }

  /** Where a value lies: 0 at the axis's beginning, 1 at its end. */
  double position(double value) {
    double first = place(scale, min);
    return (place(scale, shown(scale, value)) - first) / (place(scale, max) - first);
  }

  private static double place(Scale scale, double value) {
    return switch (scale) {
      case LOG -> Math.log10(value);
      case NINES -> -Math.log10(1 - value);
    };
  }

  /** The value that stands for one on the axis. */
  private static double shown(Scale scale, double value) {
    return switch (scale) {
      case LOG -> value;
      case NINES -> Math.min(value, ALL);
    };
  }

  private static double value(Scale scale, double place) {
    return switch (scale) {
      case LOG -> Math.pow(10, place);
      case NINES -> 1 - Math.pow(10, -place);
    };
  }

  /** The values that get a line and a label. */
  List<Double> ticks() {
    List<Double> candidates =
        switch (scale) {
          case LOG -> steps(1, 2, 5);
          case NINES -> Arrays.stream(SHARES).boxed().toList();
        };
    List<Double> inside = inside(candidates);
    return scale == Scale.LOG && inside.size() > MOST_TICKS ? inside(steps(1)) : inside;
  }

  private List<Double> inside(List<Double> candidates) {
    return candidates.stream().filter(tick -> position(tick) >= 0 && position(tick) <= 1).toList();
  }

  private List<Double> steps(int... multiples) {
    List<Double> steps = new ArrayList<>();
    for (int power = (int) Math.floor(Math.log10(min)); power <= Math.log10(max); power++) {
      for (int multiple : multiples) {
        steps.add(multiple * Math.pow(10, power));
      }
    }
    return steps;
  }

  /** A tick's value in words. */
  String label(double tick) {
    return switch (scale) {
      case LOG ->
          tick >= 1
              ? String.format(Locale.ROOT, "%,.0f", tick)
              : String.format(Locale.ROOT, "%.3g", tick);
      case NINES -> (tick >= ALL ? "≥ " : "") + trimmed(String.format(Locale.ROOT, "%.4f", tick));
    };
  }

  private static String trimmed(String number) {
    return number.replaceFirst("0+$", "");
  }
}

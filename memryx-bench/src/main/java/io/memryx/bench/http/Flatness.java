package io.memryx.bench.http;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Whether what a process holds stays what it is: the mean of the first third of the readings beside
 * that of the last third. What falls leaks nothing, so only growth counts.
 *
 * @param first mean of the first third
 * @param last mean of the last third
 */
record Flatness(double first, double last) {
  /** From there on it is taken for a leak. */
  static final double MOST_PERCENT = 2;

  /** Fewer readings have no thirds that would tell anything. */
  static final int LEAST_READINGS = 6;

  /** Compares the thirds of some readings, in the order they were taken. */
  static <T> Flatness of(List<T> readings, ToDoubleFunction<T> figure) {
    if (readings.size() < LEAST_READINGS) {
      throw new IllegalArgumentException(
          "%d readings after the warm-up, expected at least %d: run for longer"
              .formatted(readings.size(), LEAST_READINGS));
    }
    int third = readings.size() / 3;
    return new Flatness(
        mean(readings.subList(0, third), figure),
        mean(readings.subList(readings.size() - third, readings.size()), figure));
  }

  private static <T> double mean(List<T> readings, ToDoubleFunction<T> figure) {
    return readings.stream().mapToDouble(figure).average().orElseThrow();
  }

  /** Growth from the first third to the last; below 0 where it became less. */
  double percent() {
    return first == 0 ? (last == 0 ? 0 : Double.POSITIVE_INFINITY) : 100 * (last - first) / first;
  }

  /**
   * Whether it did not grow.
   *
   * @param slack what pools take and give back: growth by less than that tells nothing
   */
  boolean flat(double slack) {
    return percent() < MOST_PERCENT || last - first < slack;
  }
}

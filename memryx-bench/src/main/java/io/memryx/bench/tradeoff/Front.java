package io.memryx.bench.tradeoff;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The settings that no other beats in both recall and speed: the Pareto front, recall rising and
 * speed falling strictly along it.
 *
 * @param points of the front
 */
public record Front(List<Point> points) {

  /** Keeps of these points the ones that none beats. */
  public Front {
    List<Point> rising = new ArrayList<>();
    double fastest = Double.NEGATIVE_INFINITY;
    List<Point> falling =
        points.stream()
            .sorted(
                Comparator.comparingDouble(Point::recall)
                    .thenComparingDouble(Point::rate)
                    .reversed())
            .toList();
    for (Point point : falling) {
      if (point.rate > fastest) {
        rising.addFirst(point);
        fastest = point.rate;
      }
    }
    points = List.copyOf(rising);
  }

  /**
   * One setting's figures.
   *
   * @param recall 0 to 1
   * @param rate queries per second, positive
   */
  public record Point(double recall, double rate) {
    /** Refuses what can't be. */
    public Point {
      if (!(recall >= 0 && recall <= 1) || !(rate > 0)) {
        throw new IllegalArgumentException(
            "recall %s, rate %s: expected 0..1 and a positive rate".formatted(recall, rate));
      }
    }

    /** Whether this one finds no less and is faster by more than this factor. */
    public boolean outdoes(Point other, double factor) {
      return recall >= other.recall && rate > factor * other.rate;
    }
  }

  /**
   * The rate at a recall: between two settings, the logarithm of the rate is linear in recall.
   * Below the front's lowest recall its fastest setting counts; beyond the highest, nothing does.
   */
  public OptionalDouble rateAt(double recall) {
    Point below = null;
    for (Point point : points) {
      if (point.recall >= recall) {
        return OptionalDouble.of(below == null ? point.rate : between(below, point, recall));
      }
      below = point;
    }
    return OptionalDouble.empty();
  }

  private static double between(Point below, Point above, double recall) {
    double share = (recall - below.recall) / (above.recall - below.recall);
    return Math.exp(Math.log(below.rate) * (1 - share) + Math.log(above.rate) * share);
  }
}

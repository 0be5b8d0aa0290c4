package io.memryx.bench.plot;

import java.util.List;

/**
 * Points of one kind, joined by a line in their order.
 *
 * @param name at the line's end
 * @param look colour and marker
 * @param points in the order of the line
 */
public record Series(String name, Look look, List<Point> points) {

  /** Copies the list. */
  public Series {
    points = List.copyOf(points);
  }

  /**
   * One point.
   *
   * @param x along the horizontal axis
   * @param y along the vertical axis
   * @param fill whether the marker is filled
   * @param note shown where the pointer rests on it
   */
  public record Point(double x, double y, Fill fill, String note) {}

  /** How a marker is drawn. */
  public enum Fill {
    /** In the series' colour. */
    FULL,
    /** The colour as an outline. */
    HOLLOW
  }

  /**
   * What a series looks like. Colours are of a middling lightness, told apart on white and on
   * black; markers tell them apart where colours can't.
   *
   * @param colour as {@code #rrggbb}
   * @param marker of its points
   * @param weight of its line
   */
  public record Look(String colour, Marker marker, Weight weight) {}

  /** The shape of a point. */
  public enum Marker {
    /** A disc. */
    CIRCLE,
    /** A square on its side. */
    SQUARE,
    /** A square on its corner. */
    DIAMOND,
    /** A triangle on its side. */
    TRIANGLE
  }

  /** How strongly a line is drawn. */
  public enum Weight {
    /** What the chart is about. */
    STRONG,
    /** What it is compared with. */
    PLAIN
  }
}

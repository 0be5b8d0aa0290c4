package io.memryx.bench.plot;

import io.memryx.bench.plot.Series.Fill;
import io.memryx.bench.plot.Series.Point;
import io.memryx.bench.plot.Series.Weight;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/**
 * Lines and points over two axes, as an SVG document that follows the reader's light or dark mode.
 * Every series is named beside the plot, at the height of its last point.
 *
 * @param title of the chart
 * @param subtitle what was measured, smaller
 * @param x horizontal axis
 * @param y vertical axis
 * @param series drawn in this order, so that the last lies on top
 */
public record Chart(String title, String subtitle, Axis x, Axis y, List<Series> series) {
  private static final int WIDTH = 880;
  private static final int HEIGHT = 520;
  private static final int LEFT = 74;
  private static final int RIGHT = WIDTH - 190;
  private static final int TOP = 78;
  private static final int BOTTOM = HEIGHT - 58;

  /** Least distance of two names' baselines. */
  private static final double NAME_HEIGHT = 18;

  /** Width of a digit of a label, in round figures. */
  private static final double LETTER_WIDTH = 7.5;

  private static final int NAME_LEFT = RIGHT + 30;

  private static final String STYLE =
      """
      <style>
        text { font-family: system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; font-size: 13px; fill: #59636e; }
        .title { font-size: 18px; font-weight: 600; fill: #1f2328; }
        .paper { fill: #ffffff; }
        .grid { stroke: #d1d9e0; stroke-width: 1; }
        .frame { stroke: #818b98; stroke-width: 1; fill: none; }
        .leader { stroke-width: 1; stroke-opacity: .45; fill: none; }
        .line { fill: none; stroke-linejoin: round; stroke-linecap: round; }
        .strong { font-weight: 600; }
        @media (prefers-color-scheme: dark) {
          text { fill: #9198a1; }
          .title { fill: #f0f6fc; }
          .paper { fill: #0d1117; }
          .grid { stroke: #2a313c; }
          .frame { stroke: #656c76; }
        }
      </style>
      """;

  /** Copies the list. */
  public Chart {
    series = List.copyOf(series);
  }

  /** A name beside the plot, with the height it wants and the one it gets. */
  private record Name(Series series, double wanted, double given) {}

  /** The SVG document. */
  public String svg() {
    var svg = new Formatter(Locale.ROOT);
    svg.format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
            + " aria-label=\"%s\">\n",
        WIDTH, HEIGHT, escaped(title));
    svg.format("<title>%s</title>\n%s", escaped(title), STYLE);
    svg.format("<rect class=\"paper\" width=\"%d\" height=\"%d\" rx=\"6\"/>\n", WIDTH, HEIGHT);
    svg.format("<text class=\"title\" x=\"24\" y=\"34\">%s</text>\n", escaped(title));
    svg.format("<text x=\"24\" y=\"55\">%s</text>\n", escaped(subtitle));
    grid(svg);
    series.forEach(one -> line(svg, one));
    series.forEach(one -> markers(svg, one));
    names().forEach(name -> name(svg, name));
    return svg.format("</svg>\n").toString();
  }

  private void grid(Formatter svg) {
    double free = Double.NEGATIVE_INFINITY;
    for (double tick : x.ticks()) {
      double at = across(tick);
      svg.format(
          "<line class=\"grid\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>\n",
          at, TOP, at, BOTTOM);
      double half = x.label(tick).length() * LETTER_WIDTH / 2;
      // A label that would touch the one before it is left out; its line stays.
      if (at - half >= free) {
        svg.format(
            "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
            at, BOTTOM + 20, x.label(tick));
        free = at + half + LETTER_WIDTH;
      }
    }
    for (double tick : y.ticks()) {
      double at = down(tick);
      svg.format(
          "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>\n",
          LEFT, at, RIGHT, at);
      svg.format(
          "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n",
          LEFT - 8, at + 4.5, y.label(tick));
    }
    svg.format("<path class=\"frame\" d=\"M%d %d V%d H%d\"/>\n", LEFT, TOP, BOTTOM, RIGHT);
    svg.format(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
        (LEFT + RIGHT) / 2, BOTTOM + 43, escaped(x.title()));
    svg.format(
        "<text transform=\"translate(20 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>\n",
        (TOP + BOTTOM) / 2, escaped(y.title()));
  }

  private void line(Formatter svg, Series one) {
    var path = new Formatter(Locale.ROOT);
    String step = "M";
    for (Point point : one.points()) {
      path.format("%s%.1f %.1f ", step, across(point.x()), down(point.y()));
      step = "L";
    }
    svg.format(
        "<path class=\"line\" d=\"%s\" stroke=\"%s\" stroke-width=\"%s\"/>\n",
        path.toString().strip(), one.look().colour(), strong(one) ? "3" : "1.8");
  }

  private void markers(Formatter svg, Series one) {
    for (Point point : one.points()) {
      String fill = point.fill() == Fill.FULL ? one.look().colour() : "none";
      svg.format(
          "<path d=\"%s\" fill=\"%s\" stroke=\"%s\" stroke-width=\"1.6\"><title>%s</title></path>\n",
          outline(one, across(point.x()), down(point.y())),
          fill,
          one.look().colour(),
          escaped(one.name() + ": " + point.note()));
    }
  }

  private static String outline(Series one, double cx, double cy) {
    double r = strong(one) ? 4.6 : 3.6;
    return switch (one.look().marker()) {
      case CIRCLE ->
          String.format(
              Locale.ROOT,
              "M%.1f %.1fa%.1f %.1f 0 1 0 %.1f 0a%.1f %.1f 0 1 0 %.1f 0z",
              cx - r,
              cy,
              r,
              r,
              2 * r,
              r,
              r,
              -2 * r);
      case SQUARE ->
          String.format(
              Locale.ROOT, "M%.1f %.1fh%.1fv%.1fh%.1fz", cx - r, cy - r, 2 * r, 2 * r, -2 * r);
      case DIAMOND ->
          String.format(
              Locale.ROOT,
              "M%.1f %.1fL%.1f %.1fL%.1f %.1fL%.1f %.1fz",
              cx,
              cy - 1.3 * r,
              cx + 1.3 * r,
              cy,
              cx,
              cy + 1.3 * r,
              cx - 1.3 * r,
              cy);
      case TRIANGLE ->
          String.format(
              Locale.ROOT,
              "M%.1f %.1fL%.1f %.1fL%.1f %.1fz",
              cx,
              cy - 1.3 * r,
              cx + 1.2 * r,
              cy + r,
              cx - 1.2 * r,
              cy + r);
    };
  }

  /** Names in order of height, moved apart so that none covers another. */
  private List<Name> names() {
    List<Name> wanted =
        series.stream()
            .filter(one -> !one.points().isEmpty())
            .map(one -> new Name(one, down(one.points().getLast().y()), 0))
            .sorted(Comparator.comparingDouble(Name::wanted))
            .toList();
    List<Name> given = new ArrayList<>();
    double least = TOP + 6;
    for (Name name : wanted) {
      double height = Math.max(name.wanted, least);
      given.add(new Name(name.series, name.wanted, height));
      least = height + NAME_HEIGHT;
    }
    // What was pushed below the plot comes up again, and pushes those above it up.
    double most = BOTTOM;
    for (int i = given.size() - 1; i >= 0; i--) {
      Name name = given.get(i);
      double height = Math.min(name.given, most);
      given.set(i, new Name(name.series, name.wanted, height));
      most = height - NAME_HEIGHT;
    }
    return given;
  }

  private void name(Formatter svg, Name name) {
    Series one = name.series;
    svg.format(
        "<path class=\"leader\" d=\"M%.1f %.1fL%d %.1fL%d %.1f\" stroke=\"%s\"/>\n",
        across(one.points().getLast().x()) + 7,
        name.wanted,
        RIGHT + 2,
        name.wanted,
        NAME_LEFT - 12,
        name.given,
        one.look().colour());
    svg.format(
        "<path d=\"%s\" fill=\"%s\"/>\n",
        outline(one, NAME_LEFT - 6, name.given), one.look().colour());
    svg.format(
        "<text x=\"%d\" y=\"%.1f\"%s>%s</text>\n",
        NAME_LEFT + 4,
        name.given + 4.5,
        strong(one) ? " class=\"strong\"" : "",
        escaped(one.name()));
  }

  private static boolean strong(Series one) {
    return one.look().weight() == Weight.STRONG;
  }

  private double across(double value) {
    return LEFT + x.position(value) * (RIGHT - LEFT);
  }

  private double down(double value) {
    return BOTTOM - y.position(value) * (BOTTOM - TOP);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}

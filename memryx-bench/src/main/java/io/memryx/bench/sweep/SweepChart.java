package io.memryx.bench.sweep;

import io.memryx.bench.plot.Axis;
import io.memryx.bench.plot.Axis.Scale;
import io.memryx.bench.plot.Chart;
import io.memryx.bench.plot.Series;
import io.memryx.bench.plot.Series.Fill;
import io.memryx.bench.plot.Series.Look;
import io.memryx.bench.plot.Series.Marker;
import io.memryx.bench.plot.Series.Point;
import io.memryx.bench.plot.Series.Weight;
import io.memryx.bench.sweep.SweepReport.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A sweep's chart: speed against recall, a line per rerank over the numbers of probes. */
final class SweepChart {
  private static final List<Look> LOOKS =
      List.of(
          new Look("#1f8ad6", Marker.CIRCLE, Weight.PLAIN),
          new Look("#46a758", Marker.SQUARE, Weight.PLAIN),
          new Look("#d08a00", Marker.TRIANGLE, Weight.PLAIN),
          new Look("#e5484d", Marker.DIAMOND, Weight.PLAIN));

  private static final Look DEFAULT = new Look("#7c5cff", Marker.CIRCLE, Weight.STRONG);
  private static final Look EXACT = new Look("#8b949e", Marker.SQUARE, Weight.PLAIN);

  private SweepChart() {}

  static String of(SweepReport report, int k) {
    List<Series> series = series(report.rows());
    return new Chart(
            "Speed against recall: up and to the right is better",
            "%s; %s; one thread"
                .formatted(
                    report.surroundings().dataset(),
                    report.surroundings().compression().name().toLowerCase(Locale.ROOT)),
            Axis.around(
                "recall@" + k,
                Scale.NINES,
                report.rows().stream().mapToDouble(Row::recall).toArray()),
            Axis.around(
                "queries per second",
                Scale.LOG,
                report.rows().stream()
                    .mapToDouble(row -> row.timing().queriesPerSecond())
                    .toArray()),
            series)
        .svg();
  }

  private static List<Series> series(List<Row> rows) {
    Map<Integer, List<Row>> byRerank = new TreeMap<>();
    List<Series> series = new ArrayList<>();
    for (Row row : rows) {
      switch (row.setting()) {
        case Setting.Tuned tuned ->
            byRerank.computeIfAbsent(tuned.rerank(), rerank -> new ArrayList<>()).add(row);
        case Setting.Default _ -> series.add(new Series("default", DEFAULT, List.of(point(row))));
        case Setting.Exact _ -> series.add(new Series("exact", EXACT, List.of(point(row))));
      }
    }
    byRerank.forEach(
        (rerank, line) ->
            series.addFirst(
                new Series(
                    "rerank " + rerank, LOOKS.get(series.size() % LOOKS.size()), points(line))));
    return series;
  }

  private static List<Point> points(List<Row> rows) {
    return rows.stream()
        .sorted(Comparator.comparingDouble(Row::recall))
        .map(SweepChart::point)
        .toList();
  }

  private static Point point(Row row) {
    double rate = row.timing().queriesPerSecond();
    return new Point(
        row.recall(),
        rate,
        Fill.FULL,
        "%s: recall %.4f, %,.0f queries/s".formatted(row.setting().label(), row.recall(), rate));
  }
}

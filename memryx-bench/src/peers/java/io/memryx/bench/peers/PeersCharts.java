package io.memryx.bench.peers;

import io.memryx.bench.peers.PeersReport.PeerFigures;
import io.memryx.bench.peers.PeersReport.RungFigures;
import io.memryx.bench.plot.Axis;
import io.memryx.bench.plot.Axis.Scale;
import io.memryx.bench.plot.Chart;
import io.memryx.bench.plot.Series;
import io.memryx.bench.plot.Series.Fill;
import io.memryx.bench.plot.Series.Look;
import io.memryx.bench.plot.Series.Marker;
import io.memryx.bench.plot.Series.Point;
import io.memryx.bench.plot.Series.Weight;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** A run's charts, by file name. */
final class PeersCharts {
  /** Below this recall nobody compares speeds: the space is needed above. */
  private static final double LEAST_RECALL = 0.7;

  /** The recall at which speed is set against bytes. */
  private static final double COMPARED_RECALL = 0.95;

  private final PeersReport report;
  private final String subtitle;

  private PeersCharts(PeersReport report) {
    this.report = report;
    this.subtitle = "%s; one thread".formatted(report.surroundings().dataset());
  }

  static Map<String, String> of(PeersReport report) {
    var charts = new PeersCharts(report);
    Map<String, String> files = new LinkedHashMap<>();
    charts.speed().ifPresent(chart -> files.put("recall-qps.svg", chart.svg()));
    charts.bytes().ifPresent(chart -> files.put("recall-bytes.svg", chart.svg()));
    charts.speedAndBytes().ifPresent(chart -> files.put("qps-bytes.svg", chart.svg()));
    charts.latency().ifPresent(chart -> files.put("recall-p99.svg", chart.svg()));
    return files;
  }

  private String recallTitle() {
    return "recall@" + report.surroundings().k();
  }

  private Optional<Chart> speed() {
    return chart(
        "Speed against recall: up and to the right is better",
        new Titles(recallTitle(), "queries per second"),
        new Scales(Scale.NINES, Scale.LOG),
        curves(RungFigures::rate, "%s: recall %.4f, %,.0f queries/s"));
  }

  private Optional<Chart> latency() {
    return chart(
        "Slowest of a hundred queries against recall: down and to the right is better",
        new Titles(recallTitle(), "99th percentile, µs"),
        new Scales(Scale.NINES, Scale.LOG),
        curves(RungFigures::p99, "%s: recall %.4f, p99 %,.0f µs"));
  }

  private List<Series> curves(ToDoubleFunction<RungFigures> height, String note) {
    List<Series> curves = new ArrayList<>();
    for (PeerFigures peer : drawn()) {
      List<Point> points =
          peer.frontRungs().stream()
              .filter(rung -> rung.recall() >= LEAST_RECALL)
              .map(
                  rung ->
                      new Point(
                          rung.recall(),
                          height.applyAsDouble(rung),
                          Fill.FULL,
                          note.formatted(
                              rung.rung().label(), rung.recall(), height.applyAsDouble(rung))))
              .toList();
      if (!points.isEmpty()) {
        curves.add(new Series(peer.peer().label(), look(peer.peer()), points));
      }
    }
    return curves;
  }

  private Optional<Chart> bytes() {
    List<Series> spans = new ArrayList<>();
    for (PeerFigures peer : drawn()) {
      double best = peer.rungs().stream().mapToDouble(RungFigures::recall).max().orElse(0);
      spans.add(span(peer, best, "best recall %.4f".formatted(best)));
    }
    return chart(
        "Best recall against bytes: up and to the left is better",
        new Titles("bytes a vector (full marker: memory, hollow: disk)", recallTitle()),
        new Scales(Scale.LOG, Scale.NINES),
        spans);
  }

  private Optional<Chart> speedAndBytes() {
    List<Series> spans = new ArrayList<>();
    for (PeerFigures peer : drawn()) {
      OptionalDouble rate = peer.front().rateAt(COMPARED_RECALL);
      rate.ifPresent(
          qps ->
              spans.add(
                  span(peer, qps, "%,.0f queries/s at %.2f".formatted(qps, COMPARED_RECALL))));
    }
    return chart(
        "Speed at %s %.2f against bytes: up and to the left is better"
            .formatted(recallTitle(), COMPARED_RECALL),
        new Titles("bytes a vector (full marker: memory, hollow: disk)", "queries per second"),
        new Scales(Scale.LOG, Scale.LOG),
        spans);
  }

  private static Series span(PeerFigures peer, double height, String note) {
    double memory = peer.memoryBytesPerVector();
    double disk = peer.diskBytesPerVector();
    return new Series(
        peer.peer().label(),
        look(peer.peer()),
        List.of(
            new Point(
                memory, height, Fill.FULL, "%,.0f bytes in memory, %s".formatted(memory, note)),
            new Point(disk, height, Fill.HOLLOW, "%,.0f bytes on disk, %s".formatted(disk, note))));
  }

  /** Memryx last, so that it lies on top. */
  private List<PeerFigures> drawn() {
    return report.peers().stream()
        .sorted(Comparator.comparing((PeerFigures one) -> one.peer().maker() == Peer.Maker.MEMRYX))
        .toList();
  }

  private record Titles(String across, String up) {}

  private record Scales(Scale across, Scale up) {}

  private Optional<Chart> chart(String title, Titles titles, Scales scales, List<Series> series) {
    if (series.isEmpty()) {
      return Optional.empty();
    }
    List<Point> points = series.stream().flatMap(one -> one.points().stream()).toList();
    double[] across = points.stream().mapToDouble(Point::x).toArray();
    double[] up = points.stream().mapToDouble(Point::y).toArray();
    return Optional.of(
        new Chart(
            title,
            subtitle,
            Axis.around(titles.across, scales.across, across),
            Axis.around(titles.up, scales.up, up),
            series));
  }

  /** One hue a maker, one lightness and marker a storage. */
  private static Look look(Peer peer) {
    return switch (peer) {
      case MEMRYX_COMPACT -> new Look("#b255e0", Marker.TRIANGLE, Weight.STRONG);
      case MEMRYX_BALANCED -> new Look("#d6409f", Marker.DIAMOND, Weight.STRONG);
      case MEMRYX_LOSSLESS -> new Look("#7c5cff", Marker.CIRCLE, Weight.STRONG);
      case LUCENE_FLOAT -> new Look("#1f8ad6", Marker.CIRCLE, Weight.PLAIN);
      case LUCENE_INT8 -> new Look("#12a594", Marker.SQUARE, Weight.PLAIN);
      case LUCENE_BBQ -> new Look("#46a758", Marker.TRIANGLE, Weight.PLAIN);
      case JVECTOR_FLOAT -> new Look("#d08a00", Marker.CIRCLE, Weight.PLAIN);
      case JVECTOR_NVQ -> new Look("#e5734c", Marker.SQUARE, Weight.PLAIN);
      case JVECTOR_FUSEDPQ -> new Look("#e5484d", Marker.DIAMOND, Weight.PLAIN);
      case JVECTOR_FUSEDPQ_NVQ -> new Look("#a8624a", Marker.TRIANGLE, Weight.PLAIN);
      case EXACT -> new Look("#8b949e", Marker.SQUARE, Weight.PLAIN);
    };
  }
}

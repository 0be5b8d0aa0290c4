package io.memryx.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.bench.peers.PeersReport.Build;
import io.memryx.bench.peers.PeersReport.Crowding;
import io.memryx.bench.peers.PeersReport.Opening;
import io.memryx.bench.peers.PeersReport.PeerFigures;
import io.memryx.bench.peers.PeersReport.Round;
import io.memryx.bench.peers.PeersReport.RungFigures;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PeersReportTest {

  @Test
  void rate_rounds_isTheirMedian() {
    var rung =
        new RungFigures(
            new Rung("ef 10", 10, 0), 0.9, 0.9, List.of(round(100), round(300), round(200)));

    assertEquals(200, rung.rate());
  }

  @Test
  void markdown_speeds_areSetAgainstTheFastestRival() {
    String markdown = PeersMarkdown.of(report(), List.of("recall-qps.svg"));

    assertContains(markdown, "| fastest rival, QPS | 1,000 | 1,000 | not reached |");
    assertContains(markdown, "| memryx-lossless | 3.00 × | 3.00 × | no rival reaches it |");
    assertContains(markdown, "| lucene-float | 60.0* |");
    assertContains(markdown, "![recall-qps.svg](recall-qps.svg)");
    assertContains(markdown, "bench peers --data x");
  }

  @Test
  void jsonLines_everyPeerSettingAndRound_isALine() {
    List<String> lines = PeersJsonLines.of(report()).lines().toList();

    assertEquals(1 + 3 * 3, lines.size());
    assertTrue(lines.get(1).contains("\"queries_per_second_at_0.95\":3000"), lines.get(1));
    assertTrue(lines.get(3).startsWith("{\"type\":\"round\""), lines.get(3));
  }

  @Test
  void charts_all_nameEveryPeer() {
    Map<String, String> charts = PeersCharts.of(report());

    assertEquals(
        Set.of("recall-qps.svg", "recall-bytes.svg", "qps-bytes.svg", "recall-p99.svg"),
        charts.keySet());
    for (String svg : charts.values()) {
      assertContains(svg, ">memryx-lossless</text>");
      assertContains(svg, ">lucene-float</text>");
    }
  }

  private static PeersReport report() {
    var when = new PeersReport.When("2026-01-01T00:00 UTC", "0.10", "1.00");
    var surroundings =
        new PeersReport.Surroundings(
            "Title",
            "data, 100 x 8, 10 queries",
            "gt.ivecs",
            10,
            1,
            "hardware",
            "jvm",
            "flags",
            when,
            "bin/memryx bench peers --data x");
    return new PeersReport(
        surroundings,
        List.of(
            figures(Peer.MEMRYX_LOSSLESS, Build.Source.BUILT, new Measured(0.99, 3_000)),
            figures(Peer.LUCENE_FLOAT, Build.Source.KEPT, new Measured(0.96, 1_000)),
            figures(Peer.EXACT, Build.Source.BUILT, new Measured(1, 100))));
  }

  private record Measured(double recall, double rate) {}

  private static PeerFigures figures(Peer peer, Build.Source source, Measured measured) {
    var rung = new Rung("one", 1, 0);
    return new PeerFigures(
        peer,
        100,
        new Build("configuration", source, "then", new BuildRecord.Cost(60, 0, 1_000_000, 0)),
        new Opening(0.5, 121, 15_000, 16_000, "kernels"),
        List.of(
            new RungFigures(rung, measured.recall, measured.recall, List.of(round(measured.rate)))),
        new Crowding(rung, measured.rate, 2 * measured.rate));
  }

  private static Round round(double rate) {
    return new Round(rate, 10, 20, 30, 1);
  }

  private static void assertContains(String text, String part) {
    assertTrue(text.contains(part), () -> part + "\nnot in\n" + text);
  }
}

package io.memryx.bench.peers;

import io.memryx.bench.measure.Timing;
import io.memryx.bench.peers.PeersReport.Build;
import io.memryx.bench.peers.PeersReport.PeerFigures;
import io.memryx.bench.peers.PeersReport.RungFigures;
import io.memryx.bench.peers.PeersReport.Surroundings;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** A run's report as Markdown: surroundings, comparison, ratios, every peer's best settings. */
final class PeersMarkdown {
  /** The recall whose latencies stand in the comparison. */
  private static final double LATENCY_RECALL = 0.95;

  private static final String NOT_REACHED = "not reached";

  private final Formatter text = new Formatter(Locale.ROOT);
  private final PeersReport report;

  private PeersMarkdown(PeersReport report) {
    this.report = report;
  }

  static String of(PeersReport report, List<String> charts) {
    var markdown = new PeersMarkdown(report);
    markdown.surroundings();
    markdown.comparison();
    markdown.ratios();
    charts.forEach(chart -> markdown.text.format("\n![%s](%s)\n", chart, chart));
    markdown.configurations();
    markdown.settings();
    return markdown.text.toString();
  }

  private void surroundings() {
    Surroundings surroundings = report.surroundings();
    text.format("# %s\n\n", surroundings.title());
    text.format("    %s\n\n", surroundings.command());
    text.format("- data: %s; truth: %s\n", surroundings.dataset(), surroundings.truth());
    text.format("- machine: %s\n", surroundings.hardware());
    text.format("- JVM: %s\n", surroundings.jvm());
    text.format("- flags of every JVM: %s\n", surroundings.flags());
    text.format(
        "- measured: %s; load average before %s, after %s\n",
        surroundings.when().date(),
        surroundings.when().loadBefore(),
        surroundings.when().loadAfter());
    text.format(
        "- every peer in a JVM of its own, all open at once, one measured at a time, in turns: the"
            + " median of %d rounds\n",
        surroundings.rounds());
  }

  private void comparison() {
    text.format("\n## Comparison\n\n");
    text.format(
        "Recall@%d; one thread, one query at a time; QPS at a recall lies between two settings of"
            + " the peer (logarithm of QPS linear in recall). Code: codes and factors alone. Memory: what must be in memory for"
            + " this speed, without vectors that only a rerank reads. First answer: opening the"
            + " files and one search, in a JVM that has just started, files in the page cache."
            + " Latency: of the fastest setting with recall ≥ %.2f.\n\n",
        report.surroundings().k(), LATENCY_RECALL);
    text.format(
        "| peer | build s | heap MB | bytes/vector: code | memory | disk | first answer s |"
            + " QPS at 0.90 | at 0.95 | at 0.99 | best recall | p50 µs | p95 | p99 | p99/p50 |"
            + " 2 threads/1 |\n");
    text.format(
        "| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |"
            + " --: |\n");
    report.peers().forEach(this::comparison);
    if (report.peers().stream().anyMatch(one -> one.build().source() == Build.Source.KEPT)) {
      text.format("\n* kept from an earlier run, with the figures of its build then.\n");
    }
  }

  private void comparison(PeerFigures peer) {
    text.format(
        "| %s | %.1f%s | %.0f | %s | %,.0f | %,.0f | %.2f |",
        peer.peer().label(),
        peer.build().cost().seconds(),
        peer.build().source() == Build.Source.KEPT ? "*" : "",
        peer.build().cost().heapPeakBytes() / 1e6,
        peer.opening().codeBytes() == 0 ? "–" : String.valueOf(peer.opening().codeBytes()),
        peer.memoryBytesPerVector(),
        peer.diskBytesPerVector(),
        peer.opening().seconds());
    for (double target : PeersReport.TARGETS) {
      text.format(" %s |", rate(peer.front().rateAt(target)));
    }
    text.format(" %.4f |", peer.rungs().stream().mapToDouble(RungFigures::recall).max().orElse(0));
    peer.fastestAt(LATENCY_RECALL)
        .ifPresentOrElse(
            rung ->
                text.format(
                    " %.0f | %.0f | %.0f | %.2f |",
                    rung.p50(), rung.p95(), rung.p99(), rung.p99() / rung.p50()),
            () -> text.format(" – | – | – | – |"));
    text.format(" %.2f |\n", peer.crowding().two() / peer.crowding().one());
  }

  private static String rate(OptionalDouble rate) {
    return rate.isPresent() ? String.format(Locale.ROOT, "%,.0f", rate.getAsDouble()) : NOT_REACHED;
  }

  private void ratios() {
    List<PeerFigures> own =
        report.peers().stream().filter(one -> one.peer().maker() == Peer.Maker.MEMRYX).toList();
    if (own.isEmpty() || report.peers().stream().noneMatch(one -> one.peer().isRival())) {
      return;
    }
    text.format("\n## Memryx against the fastest rival at each recall\n\n");
    text.format("| | 0.90 | 0.95 | 0.99 |\n| --- | --: | --: | --: |\n| fastest rival, QPS |");
    for (double target : PeersReport.TARGETS) {
      text.format(" %s |", rate(report.fastestRival(target)));
    }
    text.format("\n");
    for (PeerFigures peer : own) {
      text.format("| %s |", peer.peer().label());
      for (double target : PeersReport.TARGETS) {
        text.format(" %s |", ratio(peer.front().rateAt(target), report.fastestRival(target)));
      }
      text.format("\n");
    }
  }

  private static String ratio(OptionalDouble own, OptionalDouble rival) {
    if (own.isEmpty()) {
      return NOT_REACHED;
    }
    return rival.isPresent()
        ? String.format(Locale.ROOT, "%.2f ×", own.getAsDouble() / rival.getAsDouble())
        : "no rival reaches it";
  }

  private void configurations() {
    text.format("\n## Configurations\n\n");
    for (PeerFigures peer : report.peers()) {
      Build build = peer.build();
      text.format(
          "- %s: %s; kernels: %s; built %s%s\n",
          peer.peer().label(),
          build.configuration(),
          peer.opening().kernels(),
          build.when(),
          build.cost().takenOverSeconds() > 0
              ? String.format(
                  Locale.ROOT,
                  "; %.1f s of the build are those of the same graph in jvector-float",
                  build.cost().takenOverSeconds())
              : "");
    }
  }

  private void settings() {
    text.format("\n## Best settings of every peer\n\n");
    text.format("| peer | setting | recall@%d | by id |", report.surroundings().k());
    text.format(" QPS | p50 µs | p95 µs | p99 µs | CPU/wall |\n");
    text.format("| --- | --- | --: | --: | --: | --: | --: | --: | --: |\n");
    for (PeerFigures peer : report.peers()) {
      for (RungFigures rung : peer.reportedRungs()) {
        text.format(
            "| %s | %s | %.4f | %.4f | %,.0f | %.0f | %.0f | %.0f | %.2f%s |\n",
            peer.peer().label(),
            rung.rung().label(),
            rung.recall(),
            rung.recallById(),
            rung.rate(),
            rung.p50(),
            rung.p95(),
            rung.p99(),
            rung.cpuShare(),
            rung.cpuShare() > Timing.UNDISTURBED_SHARE ? "" : " disturbed");
      }
    }
  }
}

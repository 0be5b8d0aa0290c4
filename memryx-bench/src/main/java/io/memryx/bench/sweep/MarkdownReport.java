package io.memryx.bench.sweep;

import io.memryx.BuildProgress;
import io.memryx.BuildReport;
import io.memryx.CollectionStats;
import io.memryx.bench.measure.Timing;
import io.memryx.bench.relevance.PairedDifference;
import io.memryx.bench.relevance.Relevance;
import io.memryx.bench.sweep.SweepReport.Judged;
import io.memryx.bench.sweep.SweepReport.Row;
import java.time.Duration;
import java.util.Formatter;
import java.util.Locale;
import java.util.StringJoiner;

/** A sweep's report as Markdown: what it ran on, what building took, a row per setting. */
final class MarkdownReport {
  private final Formatter text = new Formatter(Locale.ROOT);

  private MarkdownReport() {}

  static String of(SweepReport report, int k) {
    var markdown = new MarkdownReport();
    markdown.surroundings(report.surroundings());
    markdown.build(report);
    markdown.checks(report);
    markdown.table(report, k);
    markdown.relevance(report);
    return markdown.text.toString();
  }

  private void surroundings(SweepReport.Surroundings surroundings) {
    text.format(
        "# Sweep: %s, %s, %s, seed %d\n",
        surroundings.dataset(),
        surroundings.metric(),
        surroundings.compression(),
        surroundings.seed());
    text.format("\n");
    text.format("- machine: %s\n", surroundings.hardware());
    text.format("- JVM: %s\n", surroundings.jvm());
    text.format("- flags: %s\n", surroundings.flags());
    text.format("- kernels: %s\n", surroundings.kernels());
  }

  private void build(SweepReport report) {
    SweepReport.Build build = report.build();
    BuildReport phases = build.report();
    CollectionStats stats = build.stats();
    CollectionStats.Bytes bytes = stats.bytes();
    double vectors = stats.vectors();
    text.format("- upsert: %.2f s\n", build.upsertSeconds());
    text.format(
        "- build: %.2f s with %d threads (%s), %d lists, default probes %d (routing recall %.4f on"
            + " a sample)\n",
        seconds(phases.totalTime()),
        build.threads(),
        phases(phases),
        stats.index().lists(),
        stats.index().defaultProbes(),
        stats.index().routingRecall());
    text.format(
        "- bytes per vector of codes and factors: %d; of all in memory: %.1f (codes %.1f, routing"
            + " %.1f, originals %.1f, ids %.1f, metadata %.1f, hot buffer %.1f)\n",
        stats.index().codeBytes(),
        stats.bytesPerVector(),
        bytes.codes() / vectors,
        bytes.routing() / vectors,
        bytes.originals() / vectors,
        bytes.ids() / vectors,
        bytes.metadata() / vectors,
        bytes.hotBuffer() / vectors);
    text.format(
        "- bytes per vector on disk: %.1f (saved in %.2f s)\n",
        report.restart().diskBytes() / vectors, report.restart().saveSeconds());
    text.format(
        "- restart: %.2f s from opening the files to the first answer (JVM up); %d answers differ\n",
        report.restart().firstAnswerSeconds(), report.restart().differingAnswers());
    text.format(
        "- heap until built: peak %.0f MB with garbage, %.0f MB after collections\n",
        build.heapPeakBytes() / 1e6, build.heapAfterCollectionBytes() / 1e6);
  }

  private static String phases(BuildReport report) {
    var phases = new StringJoiner(", ");
    for (BuildProgress.Phase phase : BuildProgress.Phase.values()) {
      phases.add(
          String.format(
              Locale.ROOT,
              "%s %.2f",
              phase.name().toLowerCase(Locale.ROOT),
              seconds(report.timeOf(phase))));
    }
    return phases.toString();
  }

  private void checks(SweepReport report) {
    report
        .searchedBuild()
        .ifPresent(
            searched -> {
              text.format(
                  "- build under searches: %.2f s; %d searches, %d errors, %d misses, %d added"
                      + " meanwhile, %d of them lost; p50 %.0f, p99 %.0f, max %.0f µs\n",
                  seconds(searched.build().totalTime()),
                  searched.searches(),
                  searched.errors(),
                  searched.misses(),
                  searched.added(),
                  searched.lost(),
                  searched.latencies().p50(),
                  searched.latencies().p99(),
                  searched.latencies().max());
              fault(searched.firstFault());
            });
    report
        .exactness()
        .ifPresent(
            exactness -> {
              text.format(
                  "- exact against brute force: %d of %d queries differ\n",
                  exactness.mismatches(), exactness.queries());
              fault(exactness.firstMismatch());
            });
    text.format("- true neighbors: %s\n", report.truthSource());
  }

  private void fault(String fault) {
    if (!fault.isEmpty()) {
      text.format("  - first fault: %s\n", fault);
    }
  }

  private void table(SweepReport report, int k) {
    text.format("\n");
    text.format(
        "| setting | recall@%d | by id | in first %d | QPS | p50 µs | p95 µs | p99 µs | CPU/wall |"
            + " passes |\n",
        k, 2 * k);
    text.format("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for (Row row : report.rows()) {
      Timing timing = row.timing();
      text.format(
          "| %s | %.4f | %.4f | %.4f | %.0f | %.0f | %.0f | %.0f | %.2f%s | %d |\n",
          row.setting().label(),
          row.recall(),
          row.recallById(),
          row.recallInTwiceAsMany(),
          timing.queriesPerSecond(),
          timing.latencies().p50(),
          timing.latencies().p95(),
          timing.latencies().p99(),
          timing.cpuShare(),
          timing.undisturbed() ? "" : " disturbed",
          timing.passes());
    }
  }

  private void relevance(SweepReport report) {
    if (report.relevance().isEmpty()) {
      return;
    }
    text.format("\n| setting | measure | value | exact search | difference | standard error |");
    text.format(" 95 %% from | to | |\n");
    text.format("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for (Judged judged : report.relevance()) {
      Relevance relevance = judged.relevance();
      PairedDifference difference = relevance.difference();
      text.format(
          "| %s | %s@%d | %.4f | %.4f | %+.4f | %.4f | %+.4f | %+.4f | %s |\n",
          judged.setting().label(),
          relevance.measure().label(),
          relevance.depth(),
          relevance.value(),
          relevance.exact(),
          difference.mean(),
          difference.standardError(),
          difference.low(),
          difference.high(),
          difference.holdsZero() ? "no difference to be told" : "differs");
    }
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}

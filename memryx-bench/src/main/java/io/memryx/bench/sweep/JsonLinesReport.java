package io.memryx.bench.sweep;

import io.memryx.BuildProgress;
import io.memryx.BuildReport;
import io.memryx.CollectionStats;
import io.memryx.bench.measure.JsonLine;
import io.memryx.bench.measure.Timing;
import io.memryx.bench.relevance.Relevance;
import io.memryx.bench.sweep.SweepReport.Judged;
import io.memryx.bench.sweep.SweepReport.Row;
import java.util.Locale;

/** A sweep's report for programs: one JSON object a line, told apart by {@code type}. */
final class JsonLinesReport {
  private JsonLinesReport() {}

  static String of(SweepReport report) {
    StringBuilder lines = new StringBuilder();
    lines.append(surroundings(report));
    lines.append(build(report));
    report.searchedBuild().ifPresent(searched -> lines.append(searchedBuild(searched)));
    report.exactness().ifPresent(exactness -> lines.append(exactness(exactness)));
    report.rows().forEach(row -> lines.append(row(row)));
    report.relevance().forEach(judged -> lines.append(relevance(judged)));
    return lines.toString();
  }

  private static String surroundings(SweepReport report) {
    SweepReport.Surroundings surroundings = report.surroundings();
    return JsonLine.of("surroundings")
        .put("dataset", surroundings.dataset())
        .put("metric", surroundings.metric().name())
        .put("compression", surroundings.compression().name())
        .put("seed", surroundings.seed())
        .put("hardware", surroundings.hardware())
        .put("jvm", surroundings.jvm())
        .put("flags", surroundings.flags())
        .put("kernels", surroundings.kernels())
        .put("truth", report.truthSource())
        .end();
  }

  private static String build(SweepReport report) {
    SweepReport.Build build = report.build();
    BuildReport phases = build.report();
    CollectionStats stats = build.stats();
    JsonLine line =
        JsonLine.of("build")
            .put("vectors", stats.vectors())
            .put("lists", stats.index().lists())
            .put("default_probes", stats.index().defaultProbes())
            .put("routing_recall", stats.index().routingRecall())
            .put("code_bytes_per_vector", stats.index().codeBytes())
            .put("threads", build.threads())
            .put("upsert_seconds", build.upsertSeconds())
            .put("build_seconds", phases.totalTime().toNanos() / 1e9);
    for (BuildProgress.Phase phase : BuildProgress.Phase.values()) {
      line.put(
          phase.name().toLowerCase(Locale.ROOT) + "_seconds", phases.timeOf(phase).toNanos() / 1e9);
    }
    return line.put("memory_bytes", stats.bytes().total())
        .put("memory_codes_bytes", stats.bytes().codes())
        .put("memory_routing_bytes", stats.bytes().routing())
        .put("memory_originals_bytes", stats.bytes().originals())
        .put("memory_ids_bytes", stats.bytes().ids())
        .put("memory_metadata_bytes", stats.bytes().metadata())
        .put("memory_hot_buffer_bytes", stats.bytes().hotBuffer())
        .put("heap_peak_bytes", build.heapPeakBytes())
        .put("heap_after_collection_bytes", build.heapAfterCollectionBytes())
        .put("save_seconds", report.restart().saveSeconds())
        .put("disk_bytes", report.restart().diskBytes())
        .put("restart_seconds", report.restart().firstAnswerSeconds())
        .put("restart_differing_answers", report.restart().differingAnswers())
        .end();
  }

  private static String searchedBuild(SearchedBuild.Outcome searched) {
    return JsonLine.of("searched_build")
        .put("build_seconds", searched.build().totalTime().toNanos() / 1e9)
        .put("searches", searched.searches())
        .put("errors", searched.errors())
        .put("misses", searched.misses())
        .put("first_fault", searched.firstFault())
        .put("added", searched.added())
        .put("lost", searched.lost())
        .put("p50_micros", searched.latencies().p50())
        .put("p99_micros", searched.latencies().p99())
        .put("max_micros", searched.latencies().max())
        .end();
  }

  private static String exactness(SweepReport.Exactness exactness) {
    return JsonLine.of("exactness")
        .put("queries", exactness.queries())
        .put("mismatches", exactness.mismatches())
        .put("first_mismatch", exactness.firstMismatch())
        .end();
  }

  private static String relevance(Judged judged) {
    Relevance relevance = judged.relevance();
    return JsonLine.of("relevance")
        .put("setting", judged.setting().label())
        .put("measure", relevance.measure().label())
        .put("depth", relevance.depth())
        .put("value", relevance.value())
        .put("exact", relevance.exact())
        .put("difference", relevance.difference().mean())
        .put("standard_error", relevance.difference().standardError())
        .put("difference_low_95", relevance.difference().low())
        .put("difference_high_95", relevance.difference().high())
        .put("queries", relevance.difference().queries())
        .end();
  }

  private static String row(Row row) {
    Timing timing = row.timing();
    JsonLine line = JsonLine.of("setting").put("setting", row.setting().label());
    if (row.setting() instanceof Setting.Tuned tuned) {
      line.put("probes", tuned.probes()).put("rerank", tuned.rerank());
    }
    return line.put("recall", row.recall())
        .put("recall_by_id", row.recallById())
        .put("recall_in_twice_as_many", row.recallInTwiceAsMany())
        .put("queries_per_second", timing.queriesPerSecond())
        .put("p50_micros", timing.latencies().p50())
        .put("p95_micros", timing.latencies().p95())
        .put("p99_micros", timing.latencies().p99())
        .put("cpu_share", timing.cpuShare())
        .put("passes", timing.passes())
        .end();
  }
}

package io.memryx.bench.http;

import io.memryx.bench.measure.JsonLine;
import io.memryx.bench.measure.Latencies.Percentiles;
import java.util.Formatter;
import java.util.Locale;

/**
 * What the run over HTTP came to.
 *
 * @param subject data, heap and batch size
 * @param load adding everything
 * @param finalizing building under searches
 * @param searches latencies before and after the restart
 * @param restart the way down and up again
 */
record HttpReport(
    Subject subject, Load load, Finalizing finalizing, Searches searches, Restart restart) {

  /**
   * What was measured on what.
   *
   * @param dataset name and shape of the data
   * @param rows vectors that must be there
   * @param heap largest heap of the server
   * @param batch vectors per request
   * @param jvm of client and server
   * @param hardware of both
   */
  record Subject(String dataset, long rows, String heap, int batch, String jvm, String hardware) {}

  /**
   * Adding everything.
   *
   * @param seconds until the last answer
   * @param total what the server counts afterwards
   */
  record Load(double seconds, long total) {}

  /**
   * Building while a thread searches for known vectors.
   *
   * @param seconds from the request to the swap
   * @param searches of the thread, with their latencies
   * @param errors searches that failed
   * @param misses searches that did not find their vector first
   * @param firstFault the first error or miss, or an empty text
   */
  record Finalizing(
      double seconds,
      int searches,
      Percentiles latencies,
      int errors,
      int misses,
      String firstFault) {}

  /**
   * Searches, one after the other.
   *
   * @param queries asked each time
   * @param before latencies before the restart
   * @param after latencies after it, in a JVM that has just begun to warm up
   */
  record Searches(int queries, Percentiles before, Percentiles after) {}

  /**
   * The way down and up again.
   *
   * @param stopSeconds from SIGTERM to the end of the process
   * @param readySeconds from the start of the process until it is ready
   * @param firstAnswerSeconds from the start of the process to the first answer
   * @param total what the server counts afterwards
   * @param differingAnswers queries answered otherwise than before
   * @param firstDifference the first of them in words, or an empty text
   */
  record Restart(
      double stopSeconds,
      double readySeconds,
      double firstAnswerSeconds,
      long total,
      int differingAnswers,
      String firstDifference) {}

  /** Whether nothing was lost, missed or changed. */
  boolean sound() {
    return load.total == subject.rows
        && restart.total == subject.rows
        && restart.differingAnswers == 0
        && finalizing.errors == 0
        && finalizing.misses == 0;
  }

  /** For a person. */
  String markdown() {
    var text = new Formatter(Locale.ROOT);
    text.format("# HTTP run: %s\n\n", subject.dataset);
    text.format("- machine: %s\n- JVM: %s\n", subject.hardware, subject.jvm);
    text.format("- server's heap: -Xmx%s\n", subject.heap);
    text.format(
        "- load: %.2f s in batches of %d; %d vectors counted, %d expected\n",
        load.seconds, subject.batch, load.total, subject.rows);
    text.format(
        "- finalize: %.2f s; meanwhile %d searches, %d errors, %d misses, p50 %.0f, p99 %.0f, max"
            + " %.0f µs\n",
        finalizing.seconds,
        finalizing.searches,
        finalizing.errors,
        finalizing.misses,
        finalizing.latencies.p50(),
        finalizing.latencies.p99(),
        finalizing.latencies.max());
    if (!finalizing.firstFault.isEmpty()) {
      text.format("  - first fault: %s\n", finalizing.firstFault);
    }
    text.format(
        "- searches: %d, p50 %.0f, p99 %.0f µs before the restart; p50 %.0f, p99 %.0f µs after it\n",
        searches.queries,
        searches.before.p50(),
        searches.before.p99(),
        searches.after.p50(),
        searches.after.p99());
    text.format(
        "- restart: stopped in %.2f s; from process start %.2f s to ready, %.2f s to the first"
            + " answer\n",
        restart.stopSeconds, restart.readySeconds, restart.firstAnswerSeconds);
    text.format(
        "- after the restart: %d vectors counted, %d of %d answers differ\n",
        restart.total, restart.differingAnswers, searches.queries);
    if (!restart.firstDifference.isEmpty()) {
      text.format("  - first difference: %s\n", restart.firstDifference);
    }
    text.format("- verdict: %s\n", sound() ? "every check held" : "FAILED");
    return text.toString();
  }

  /** For programs: one line. */
  String json() {
    return JsonLine.of("http")
        .put("dataset", subject.dataset)
        .put("hardware", subject.hardware)
        .put("jvm", subject.jvm)
        .put("heap", subject.heap)
        .put("batch", subject.batch)
        .put("vectors", subject.rows)
        .put("load_seconds", load.seconds)
        .put("total_before", load.total)
        .put("finalize_seconds", finalizing.seconds)
        .put("finalize_searches", finalizing.searches)
        .put("finalize_errors", finalizing.errors)
        .put("finalize_misses", finalizing.misses)
        .put("finalize_first_fault", finalizing.firstFault)
        .put("finalize_p50_micros", finalizing.latencies.p50())
        .put("finalize_p99_micros", finalizing.latencies.p99())
        .put("finalize_max_micros", finalizing.latencies.max())
        .put("queries", searches.queries)
        .put("before_p50_micros", searches.before.p50())
        .put("before_p99_micros", searches.before.p99())
        .put("after_p50_micros", searches.after.p50())
        .put("after_p99_micros", searches.after.p99())
        .put("stop_seconds", restart.stopSeconds)
        .put("ready_seconds", restart.readySeconds)
        .put("first_answer_seconds", restart.firstAnswerSeconds)
        .put("total_after", restart.total)
        .put("differing_answers", restart.differingAnswers)
        .put("first_difference", restart.firstDifference)
        .end();
  }
}

package io.memryx.bench.sweep;

import io.memryx.BuildReport;
import io.memryx.CollectionStats;
import io.memryx.Compression;
import io.memryx.Metric;
import io.memryx.bench.measure.Timing;
import io.memryx.bench.relevance.Relevance;
import java.util.List;
import java.util.Optional;

/**
 * Everything a sweep measured.
 *
 * @param surroundings what it was measured on
 * @param build loading and building
 * @param rows one per setting
 * @param truthSource where the true neighbors come from
 * @param searchedBuild the build under searches, if asked for
 * @param exactness the check of exact answers, if asked for
 * @param relevance by setting and measure, against exact search; empty unless asked for
 * @param restart saving and opening again
 */
record SweepReport(
    Surroundings surroundings,
    Build build,
    List<Row> rows,
    String truthSource,
    Optional<SearchedBuild.Outcome> searchedBuild,
    Optional<Exactness> exactness,
    List<Judged> relevance,
    Restart restart) {

  SweepReport {
    rows = List.copyOf(rows);
    relevance = List.copyOf(relevance);
  }

  /** Whether every check that was made held. */
  boolean sound() {
    return restart.differingAnswers() == 0
        && searchedBuild.map(SearchedBuild.Outcome::sound).orElse(true)
        && exactness.map(check -> check.mismatches() == 0).orElse(true);
  }

  /**
   * What the measurement ran on.
   *
   * @param dataset name and shape of the data
   * @param metric of the collection
   * @param compression of the collection
   * @param seed of everything random
   * @param hardware processor and system
   * @param jvm name and version
   * @param flags of the JVM
   * @param kernels of the engine
   */
  record Surroundings(
      String dataset,
      Metric metric,
      Compression compression,
      long seed,
      String hardware,
      String jvm,
      String flags,
      String kernels) {}

  /**
   * Loading and building.
   *
   * @param threads that built
   * @param upsertSeconds to load everything
   * @param report of the build
   * @param stats of the built collection
   * @param heapPeakBytes most heap in use until the build's end, garbage included
   * @param heapAfterCollectionBytes most heap in use right after a garbage collection
   */
  record Build(
      int threads,
      double upsertSeconds,
      BuildReport report,
      CollectionStats stats,
      long heapPeakBytes,
      long heapAfterCollectionBytes) {}

  /**
   * One setting's figures.
   *
   * @param setting what was asked of the searches
   * @param recall the share of true neighbors found, ties included
   * @param recallById the share of true neighbors found, by id alone
   * @param recallInTwiceAsMany the share of true neighbors found by a search for twice as many,
   *     ties included
   * @param timing how fast
   */
  record Row(
      Setting setting,
      double recall,
      double recallById,
      double recallInTwiceAsMany,
      Timing timing) {}

  /**
   * What judges would say of one setting's answers.
   *
   * @param setting what was asked of the searches
   * @param relevance against exact search
   */
  record Judged(Setting setting, Relevance relevance) {}

  /**
   * Exact answers against brute force.
   *
   * @param queries checked
   * @param mismatches among them
   * @param firstMismatch in words, or an empty text
   */
  record Exactness(int queries, int mismatches, String firstMismatch) {}

  /**
   * The way to disk and back.
   *
   * @param saveSeconds until the snapshot was durable
   * @param diskBytes the snapshot's size
   * @param firstAnswerSeconds from opening the store to the first answer, in a JVM that is up
   * @param differingAnswers queries answered otherwise than before
   */
  record Restart(
      double saveSeconds, long diskBytes, double firstAnswerSeconds, int differingAnswers) {}
}

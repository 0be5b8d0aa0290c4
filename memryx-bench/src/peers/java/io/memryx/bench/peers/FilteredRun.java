package io.memryx.bench.peers;

import io.memryx.Metric;
import io.memryx.bench.measure.Progress;
import io.memryx.bench.measure.Stopwatch;
import io.memryx.bench.measure.Timing;
import io.memryx.bench.peers.FilteredFigures.Aim;
import io.memryx.bench.truth.ExactScan;
import io.memryx.bench.truth.Ranking;
import io.memryx.bench.truth.Recall;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Searches with filters, of several peers in one process: at each selectivity every peer climbs its
 * ladder until it finds enough, then the settings found are timed in turns.
 */
final class FilteredRun {
  /** The highest recall that a setting is looked for. */
  private static final double ENOUGH = Aim.RECALL_99.recall();

  /** Of one round: many where a pass is quick. */
  private static final int MAX_PASSES = 100;

  private final Corpus corpus;
  private final float[][] queries;
  private final Terms terms;
  private final Progress progress;

  /**
   * How to measure.
   *
   * @param k neighbors asked for
   * @param threads that find the truth
   * @param rounds of every setting
   * @param warmUpSeconds before each round of a setting
   * @param seconds after which a round of a setting begins no further pass over the queries
   */
  record Terms(int k, int threads, int rounds, double warmUpSeconds, double seconds) {}

  FilteredRun(Corpus corpus, float[][] queries, Terms terms, Progress progress) {
    this.corpus = corpus;
    this.queries = queries;
    this.terms = terms;
    this.progress = progress;
  }

  /** A setting to be timed, with what is known of it so far. */
  private record Chosen(
      FilteredPeer peer, Aim aim, Rung rung, double recall, List<Timing> timings) {

    FilteredFigures.Setting figures() {
      List<Timing> sorted =
          timings.stream().sorted(Comparator.comparingDouble(Timing::queriesPerSecond)).toList();
      Timing median = sorted.get(sorted.size() / 2);
      return new FilteredFigures.Setting(
          aim,
          rung,
          recall,
          median.queriesPerSecond(),
          median.latencies().p50(),
          median.latencies().p99());
    }
  }

  /** The figures of all peers at one selectivity. */
  List<FilteredFigures> measure(SyntheticField field, List<FilteredPeer> peers) throws IOException {
    int matches = (int) IntStream.range(0, corpus.size()).filter(field::passes).count();
    if (matches == 0) {
      return List.of();
    }
    progress.stage("true neighbors, filter " + field.name());
    var scan = new ExactScan(corpus.rows(), Metric.DOT, field::passes);
    List<Ranking> truth = scan.nearest(queries, Math.min(terms.k, matches), terms.threads);
    List<Chosen> chosen = new ArrayList<>();
    for (FilteredPeer peer : peers) {
      progress.stage("climbing %s, filter %s".formatted(peer.label(), field.name()));
      chosen.addAll(choose(peer, field, scan, truth));
    }
    for (int round = 0; round < terms.rounds; round++) {
      progress.stage("round %d, filter %s".formatted(round + 1, field.name()));
      for (Chosen one : chosen) {
        one.timings.add(time(one, field));
      }
    }
    return peers.stream()
        .map(
            peer ->
                new FilteredFigures(
                    peer.label(),
                    field,
                    matches,
                    chosen.stream()
                        .filter(one -> one.peer.equals(peer))
                        .map(Chosen::figures)
                        .toList()))
        .toList();
  }

  /** The default, and for every recall aimed at the first rung that reaches it. */
  private List<Chosen> choose(
      FilteredPeer peer, SyntheticField field, ExactScan scan, List<Ranking> truth)
      throws IOException {
    List<Chosen> chosen = new ArrayList<>();
    for (Rung rung : peer.ladder()) {
      double recall = recall(peer, field, rung, scan, truth);
      for (Aim aim : Aim.values()) {
        boolean open = chosen.stream().noneMatch(one -> one.aim == aim);
        if (open && recall >= aim.recall()) {
          chosen.add(new Chosen(peer, aim, rung, recall, new ArrayList<>()));
        }
      }
      if (recall >= ENOUGH) {
        break;
      }
    }
    return chosen;
  }

  private double recall(
      FilteredPeer peer, SyntheticField field, Rung rung, ExactScan scan, List<Ranking> truth)
      throws IOException {
    var recall = new Recall(scan, terms.k);
    for (int query = 0; query < queries.length; query++) {
      int[] answer = peer.searcher().search(queries[query], field, rung, terms.k);
      for (int row : answer) {
        if (!field.passes(row)) {
          throw new IllegalStateException(
              "%s answers with row %d, which does not pass the filter %s"
                  .formatted(peer.label(), row, field.name()));
        }
      }
      recall.add(queries[query], truth.get(query), answer);
    }
    return recall.withTies();
  }

  private Timing time(Chosen one, SyntheticField field) throws IOException {
    var stopwatch = new Stopwatch(MAX_PASSES, terms.warmUpSeconds, terms.seconds);
    Stopwatch.Asking<IOException> asking =
        query -> one.peer.searcher().search(queries[query], field, one.rung, terms.k);
    stopwatch.warmUp(queries.length, asking);
    return stopwatch.time(queries.length, asking);
  }
}

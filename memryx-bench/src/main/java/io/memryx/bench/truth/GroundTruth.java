package io.memryx.bench.truth;

import io.memryx.Metric;
import io.memryx.bench.dataset.Dataset;
import java.util.ArrayList;
import java.util.List;

/**
 * The true first k of every query, and where they were learned.
 *
 * @param source where they come from, for reports
 * @param rankings one ranking per query
 */
public record GroundTruth(String source, List<Ranking> rankings) {

  /** Copies the list. */
  public GroundTruth {
    rankings = List.copyOf(rankings);
  }

  /**
   * The data set's own truth where it is under the wanted metric and deep enough, else a
   * brute-force scan.
   *
   * @param threads threads of a scan
   */
  public static GroundTruth of(
      Dataset dataset, Metric metric, float[][] queries, int k, int threads) {
    var scan = new ExactScan(dataset.base(), metric);
    // The files hold inner products; unit vectors rounded to float16 rank a little differently
    // under cosine.
    if (metric == Metric.DOT && dataset.truth().width() >= k) {
      List<Ranking> rankings = new ArrayList<>(queries.length);
      for (int query = 0; query < queries.length; query++) {
        rankings.add(scan.ranking(queries[query], dataset.truth().row(query), k));
      }
      return new GroundTruth(String.valueOf(dataset.truth().path().getFileName()), rankings);
    }
    return new GroundTruth("brute-force scan", scan.nearest(queries, k, threads));
  }
}

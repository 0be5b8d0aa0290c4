package io.memryx.internal.ivf;

import io.memryx.Metric;
import io.memryx.internal.kernel.VectorKernels;
import io.memryx.internal.quantization.PreparedQuery;
import java.util.ArrayList;
import java.util.List;

/**
 * A query made ready for the lists of one index. Immutable.
 *
 * @param codes scores codes against the query as the index sees it
 * @param products by list: the part of its scores that is the same for all of its members
 * @param length of the query as the index sees it
 * @param constant what internal scores lack to be scores, the same for all
 */
// A record of arrays on purpose: internal, lives for one search.
@SuppressWarnings("ArrayRecordComponent")
public record ListQuery(PreparedQuery codes, float[] products, float length, float constant) {

  /**
   * Prepares queries, with the same result for each whether it comes alone or with others.
   *
   * @param queries as {@link ExactScorer#query} gives them
   */
  public static List<ListQuery> prepare(
      VectorKernels kernels, Metric metric, ClusterIndex index, List<float[]> queries) {
    List<ListQuery> prepared = new ArrayList<>(queries.size());
    for (float[] query : queries) {
      prepared.add(prepare(kernels, metric, index, query));
    }
    return prepared;
  }

  /**
   * Prepares one query.
   *
   * @param query as {@link ExactScorer#query} gives it
   */
  public static ListQuery prepare(
      VectorKernels kernels, Metric metric, ClusterIndex index, float[] query) {
    float[] mean = index.centroids().mean();
    float[] seen = metric == Metric.L2 ? twiceFromMean(query, mean) : query;
    return new ListQuery(
        index.quantizer().prepare(kernels, seen),
        index.centroids().products(kernels, seen),
        (float) Math.sqrt(kernels.dot(seen, 0, seen, 0, seen.length)),
        metric == Metric.L2 ? -kernels.squaredL2(query, 0, mean, 0, mean.length) : 0);
  }

  private static float[] twiceFromMean(float[] query, float[] mean) {
    float[] seen = new float[mean.length];
    for (int d = 0; d < seen.length; d++) {
      seen[d] = 2 * (query[d] - mean[d]);
    }
    return seen;
  }
}

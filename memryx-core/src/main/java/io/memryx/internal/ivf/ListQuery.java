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
    float[] mean = index.centroids().mean();
    List<float[]> seen =
        metric == Metric.L2
            ? queries.stream().map(query -> twiceFromMean(query, mean)).toList()
            : queries;
    List<PreparedQuery> codes = index.quantizer().prepare(kernels, seen);
    float[][] products = index.centroids().products(kernels, seen);
    List<ListQuery> prepared = new ArrayList<>(queries.size());
    for (int i = 0; i < products.length; i++) {
      float[] query = queries.get(i);
      float squared = kernels.dot(seen.get(i), 0, seen.get(i), 0, mean.length);
      float constant = metric == Metric.L2 ? -kernels.squaredL2(query, 0, mean, 0, mean.length) : 0;
      prepared.add(new ListQuery(codes.get(i), products[i], (float) Math.sqrt(squared), constant));
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
    return prepare(kernels, metric, index, List.of(query)).getFirst();
  }

  private static float[] twiceFromMean(float[] query, float[] mean) {
    float[] seen = new float[mean.length];
    for (int d = 0; d < seen.length; d++) {
      seen[d] = 2 * (query[d] - mean[d]);
    }
    return seen;
  }
}

package io.memryx.internal.ivf;

import io.memryx.Metric;
import io.memryx.internal.kernel.VectorKernels;

/** A query scored against full-precision rows. Higher is better for every metric. Thread-safe. */
public final class ExactScorer {
  private final VectorKernels kernels;
  private final Metric metric;
  private final float[] query;

  private ExactScorer(VectorKernels kernels, Metric metric, float[] query) {
    this.kernels = kernels;
    this.metric = metric;
    this.query = query;
  }

  /** Prepares a query; under cosine it is scaled to a unit vector, in a copy. */
  public static ExactScorer of(VectorKernels kernels, Metric metric, float[] query) {
    float[] prepared = query;
    if (metric == Metric.COSINE) {
      float scale = VectorRows.scaleOf(metric, query, 0, query.length);
      prepared = new float[query.length];
      for (int d = 0; d < query.length; d++) {
        prepared[d] = query[d] * scale;
      }
    }
    return new ExactScorer(kernels, metric, prepared);
  }

  /** The query as it is scored: a unit vector under cosine. Not to be changed. */
  public float[] query() {
    return query;
  }

  /** The score of one row. */
  public float score(VectorRows rows, int row) {
    float[] chunk = rows.chunkOf(row);
    int offset = rows.offsetOf(row);
    return switch (metric) {
      // Rounding may carry a cosine past 1.
      case COSINE ->
          Math.clamp(kernels.dot(query, 0, chunk, offset, query.length) * rows.scale(row), -1f, 1f);
      case DOT -> kernels.dot(query, 0, chunk, offset, query.length);
      case L2 -> -kernels.squaredL2(query, 0, chunk, offset, query.length);
    };
  }

  /**
   * Scores every row that is not dead.
   *
   * @return number of rows scored
   */
  public int scan(VectorRows rows, RowSet dead, TopRows top) {
    int scored = 0;
    for (int row = 0; row < rows.size(); row++) {
      if (!dead.contains(row)) {
        top.offer(score(rows, row), row);
        scored++;
      }
    }
    return scored;
  }
}

package io.memryx.internal.ivf;

import io.memryx.Metric;
import io.memryx.internal.kernel.VectorKernels;

/**
 * A query scored against full-precision rows. Higher is better for every metric. For one search;
 * not thread-safe.
 */
public final class ExactScorer {
  private final VectorKernels kernels;
  private final Metric metric;
  private final float[] query;

  /** A row that had to be copied to be scored. */
  private float[] copy = new float[0];

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
  public float score(Vectors rows, int row) {
    return switch (rows) {
      case VectorRows inMemory ->
          score(inMemory.chunkOf(row), inMemory.offsetOf(row), inMemory.scale(row));
      case StoredRows stored -> scoreCopy(stored, row);
      case JoinedRows joined -> scoreCopy(joined, row);
    };
  }

  private float scoreCopy(Vectors rows, int row) {
    if (copy.length == 0) {
      copy = new float[query.length];
    }
    rows.copyTo(row, 1, copy, 0);
    return score(copy, 0, VectorRows.scaleOf(metric, copy, 0, query.length));
  }

  private float score(float[] array, int offset, float scale) {
    return switch (metric) {
      // Rounding may carry a cosine past 1.
      case COSINE ->
          Math.clamp(kernels.dot(query, 0, array, offset, query.length) * scale, -1f, 1f);
      case DOT -> kernels.dot(query, 0, array, offset, query.length);
      case L2 -> -kernels.squaredL2(query, 0, array, offset, query.length);
    };
  }

  /** The score of a row of a tile. */
  float score(RowTile tile, int row) {
    int offset = tile.offset() + (row - tile.first()) * query.length;
    return score(tile.array(), offset, tile.scale(row));
  }

  /** Offers every row of a tile that is not dead. */
  void scan(RowTile tile, RowSet dead, TopRows top) {
    boolean allLive = dead.size() == 0;
    for (int row = tile.first(); row < tile.end(); row++) {
      if (allLive || !dead.contains(row)) {
        top.offer(score(tile, row), row);
      }
    }
  }

  /** How nearness is measured. */
  Metric metric() {
    return metric;
  }

  /** An estimate as a score: brought back into the range that the metric has. */
  public float possible(float estimate) {
    return switch (metric) {
      case COSINE -> Math.clamp(estimate, -1f, 1f);
      case DOT -> estimate;
      case L2 -> Math.min(estimate, 0f);
    };
  }
}

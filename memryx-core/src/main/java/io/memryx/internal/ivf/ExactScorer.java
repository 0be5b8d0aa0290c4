package io.memryx.internal.ivf;

import io.memryx.Metric;
import io.memryx.internal.kernel.VectorKernels;

/**
 * A query scored against full-precision rows. Higher is better for every metric. For one search;
 * not thread-safe.
 */
public final class ExactScorer {
  /** Stored rows are read so many at a time in a scan. */
  private static final int RUN_ROWS = 32;

  private final VectorKernels kernels;
  private final Metric metric;
  private final float[] query;

  /** Sum of components that were read only to have their cache lines near. */
  // Written and never read: without it the reads were dead code.
  @SuppressWarnings("UnusedVariable")
  private float touched;

  /** Rows that had to be copied to be scored. */
  private float[] copies = new float[0];

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
    makeRoom(1);
    rows.copyTo(row, 1, copies, 0);
    return score(copies, 0, VectorRows.scaleOf(metric, copies, 0, query.length));
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

  /**
   * Scores every row that is not dead.
   *
   * @return number of rows scored
   */
  public int scan(Vectors rows, RowSet dead, TopRows top) {
    int scored = 0;
    for (int first = 0; first < rows.size(); first += RUN_ROWS) {
      int end = Math.min(rows.size(), first + RUN_ROWS);
      scored +=
          rows instanceof VectorRows inMemory
              ? scanRows(inMemory, first, end, dead, top)
              : scanCopies(rows, first, end, dead, top);
    }
    return scored;
  }

  /**
   * Scores some rows.
   *
   * @return their number
   */
  public int scan(Vectors rows, int[] wanted, TopRows top) {
    for (int first = 0; first < wanted.length; first += RUN_ROWS) {
      int end = Math.min(wanted.length, first + RUN_ROWS);
      // They lie anywhere: as many as possible are to be on their way at once.
      for (int i = first; i < end; i++) {
        touched += rows.touch(wanted[i]);
      }
      for (int i = first; i < end; i++) {
        top.offer(score(rows, wanted[i]), wanted[i]);
      }
    }
    return wanted.length;
  }

  private int scanRows(VectorRows rows, int first, int end, RowSet dead, TopRows top) {
    int scored = 0;
    for (int row = first; row < end; row++) {
      if (!dead.contains(row)) {
        top.offer(score(rows.chunkOf(row), rows.offsetOf(row), rows.scale(row)), row);
        scored++;
      }
    }
    return scored;
  }

  private int scanCopies(Vectors rows, int first, int end, RowSet dead, TopRows top) {
    makeRoom(RUN_ROWS);
    rows.copyTo(first, end - first, copies, 0);
    int scored = 0;
    for (int row = first; row < end; row++) {
      if (!dead.contains(row)) {
        int offset = (row - first) * query.length;
        float scale = VectorRows.scaleOf(metric, copies, offset, query.length);
        top.offer(score(copies, offset, scale), row);
        scored++;
      }
    }
    return scored;
  }

  private void makeRoom(int rows) {
    if (copies.length < rows * query.length) {
      copies = new float[rows * query.length];
    }
  }
}

package io.memryx.internal.ivf;

import io.memryx.internal.kernel.VectorKernels;
import io.memryx.internal.quantization.CodeEstimator;
import io.memryx.internal.quantization.CodeRows;

/**
 * Scores the codes of inverted lists against one query and keeps the best rows. For one search; not
 * thread-safe.
 */
public final class ListScanner {
  private final VectorKernels kernels;
  private final ClusterIndex index;
  private final CodeEstimator estimator;
  private final RowSet dead;
  private final TopRows candidates;
  private int codesScanned;
  private int liveRows;

  /**
   * Prepares a scan.
   *
   * @param query as {@link ExactScorer#query} gives it
   * @param dead rows to pass over
   * @param candidates receives rows (ordinals) by estimated nearness
   */
  public ListScanner(
      VectorKernels kernels, ClusterIndex index, float[] query, RowSet dead, TopRows candidates) {
    this.kernels = kernels;
    this.index = index;
    this.estimator =
        index.squaredNorms().length > 0
            ? index.quantizer().distanceEstimator(query)
            : index.quantizer().estimator(query);
    this.dead = dead;
    this.candidates = candidates;
  }

  /** Scores every code of a list. */
  public void scan(int list) {
    InvertedLists lists = index.lists();
    CodeRows codes = index.codes();
    int end = lists.start(list + 1);
    int position = lists.start(list);
    codesScanned += end - position;
    while (position < end) {
      int chunkEnd = Math.min(end, codes.endOfChunk(position));
      scanChunk(codes.chunkOf(position), codes.offsetOf(position), position, chunkEnd);
      position = chunkEnd;
    }
  }

  private void scanChunk(byte[] chunk, int firstOffset, int from, int to) {
    InvertedLists lists = index.lists();
    float[] squaredNorms = index.squaredNorms();
    boolean byDistance = squaredNorms.length > 0;
    int codeBytes = index.codes().codeBytes();
    int offset = firstOffset;
    for (int position = from; position < to; position++, offset += codeBytes) {
      int row = lists.ordinal(position);
      if (dead.contains(row)) {
        continue;
      }
      float product = estimator.estimate(kernels, chunk, offset);
      // -|q - x|² without the |q|² that is the same for all; all three from the center.
      candidates.offer(byDistance ? 2 * product - squaredNorms[position] : product, row);
      liveRows++;
    }
  }

  /** Codes passed, dead ones included. */
  public int codesScanned() {
    return codesScanned;
  }

  /** Codes scored. */
  public int liveRows() {
    return liveRows;
  }
}

package io.memryx.internal.ivf;

import io.memryx.Metric;
import io.memryx.internal.quantization.CodeRows;
import io.memryx.internal.quantization.Quantizer;

/**
 * A built cluster index (IVF): where the lists are, what is in them, and the codes in list order.
 * Immutable.
 *
 * @param centroids one per list
 * @param lists which rows each list holds
 * @param quantizer made the codes
 * @param codes {@code size × codeBytes}, in list order
 * @param squaredNorms per position {@link Quantizer#squaredNorm} of the code, under l2; else empty
 */
// A record of an array on purpose: internal, read in the innermost loop, never changed.
@SuppressWarnings("ArrayRecordComponent")
public record ClusterIndex(
    Centroids centroids,
    InvertedLists lists,
    Quantizer quantizer,
    CodeRows codes,
    float[] squaredNorms) {

  /** The index with its squared norms computed from the codes where the metric needs them. */
  public static ClusterIndex of(
      Metric metric,
      Centroids centroids,
      InvertedLists lists,
      Quantizer quantizer,
      CodeRows codes) {
    float[] squaredNorms = new float[metric == Metric.L2 ? lists.size() : 0];
    for (int position = 0; position < squaredNorms.length; position++) {
      squaredNorms[position] =
          quantizer.squaredNorm(codes.chunkOf(position), codes.offsetOf(position));
    }
    return new ClusterIndex(centroids, lists, quantizer, codes, squaredNorms);
  }

  /**
   * Lists that a search probes unless told otherwise: all of a small index, three tenths of a large
   * one.
   */
  public int defaultProbes() {
    // Up to here, scanning every code takes less than routing could save.
    int smallIndex = 16_384;
    // On WordNet glosses (118k, 1,030 lists) a quarter holds 0.990 of the true ten, this 0.992.
    return lists.size() <= smallIndex ? lists.count() : Math.ceilDiv(3 * lists.count(), 10);
  }

  /** Memory of codes and norms. */
  public long codeBytes() {
    return codes.bytes() + 4L * squaredNorms.length;
  }

  /** Memory of centroids and lists. */
  public long listBytes() {
    return centroids.bytes() + lists.bytes();
  }
}

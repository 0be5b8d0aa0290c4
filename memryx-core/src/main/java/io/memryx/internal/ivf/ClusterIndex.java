package io.memryx.internal.ivf;

import io.memryx.internal.quantization.CodeBlocks;
import io.memryx.internal.quantization.ResidualQuantizer;

/**
 * A built cluster index (IVF): where the lists are, what is in them, and the codes in list order.
 * Immutable.
 *
 * @param centroids one per list
 * @param lists which rows each list holds
 * @param quantizer made the codes
 * @param codes in list order
 * @param training what was found out when the index was trained
 */
public record ClusterIndex(
    Centroids centroids,
    InvertedLists lists,
    ResidualQuantizer quantizer,
    CodeBlocks codes,
    Training training) {

  /** With other findings. */
  public ClusterIndex withTraining(Training other) {
    return new ClusterIndex(centroids, lists, quantizer, codes, other);
  }

  /** The vector that a code stands for: what the index knows of it. */
  public float[] decode(int position) {
    float[] vector = new float[quantizer.dimension()];
    quantizer.decode(
        codes.signsOf(position),
        codes.signsOffset(position),
        CodeBlocks.SIGNS_STRIDE,
        codes.rowOf(position),
        codes.rowOffset(position),
        vector);
    centroids.add(lists.listOf(position), vector);
    return vector;
  }

  /** Bytes of codes and factors of one row. */
  public int codeBytes() {
    return quantizer.shape().columns()
        + quantizer.shape().rowBytes()
        + 1
        + (codes.hasAddends() ? Float.BYTES : 0);
  }

  /** Memory of centroids, lists and the quantiser: what does not grow with every vector. */
  public long routingBytes() {
    return centroids.bytes() + lists.bytes() + quantizer.bytes();
  }
}

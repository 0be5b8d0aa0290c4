package io.memryx.internal.ivf;

import io.memryx.internal.quantization.CodeRows;
import io.memryx.internal.quantization.ResidualQuantizer;
import io.memryx.internal.quantization.SignBlocks;

/**
 * A built cluster index (IVF): where the lists are, what is in them, and their codes. Immutable.
 *
 * <p>A row is coded once, at its <em>position</em> in the order of lists, as its residual to its
 * list's centroid. Its signs, which are scanned first, may be there twice: in its own list and,
 * <em>spilled</em>, in a second one, as its residual to that one's centroid. Each list has its own
 * rows first and the spilled ones after them; all lists one after the other are the order of the
 * scan, and a place in it a <em>scan position</em>.
 *
 * @param centroids one per list
 * @param lists which rows each list holds as its own
 * @param spilled which positions each list holds beside its own; all or none
 * @param quantizer made the codes
 * @param signs by scan position
 * @param codes the rest of the codes, by position
 * @param training what was found out when the index was trained
 */
public record ClusterIndex(
    Centroids centroids,
    InvertedLists lists,
    InvertedLists spilled,
    ResidualQuantizer quantizer,
    SignBlocks signs,
    CodeRows codes,
    Training training) {

  /** With other findings. */
  public ClusterIndex withTraining(Training other) {
    return new ClusterIndex(centroids, lists, spilled, quantizer, signs, codes, other);
  }

  /** Whether rows have a second list. */
  public boolean isSpilled() {
    return spilled.size() > 0;
  }

  /**
   * The first scan position of a list; for {@code list == lists.count()} the end of the last one.
   */
  public int firstScanPosition(int list) {
    return lists.start(list) + spilled.start(list);
  }

  /** The scan position of a list's own row. */
  public int ownScanPosition(int list, int position) {
    return spilled.start(list) + position;
  }

  /**
   * The scan position of a row spilled into a list.
   *
   * @param index its place in {@link #spilled}
   */
  public int spilledScanPosition(int list, int index) {
    return lists.start(list + 1) + index;
  }

  /** The vector that a code stands for: what the index knows of it. */
  public float[] decode(int position) {
    int list = lists.listOf(position);
    int scanned = ownScanPosition(list, position);
    float[] vector = new float[quantizer.dimension()];
    quantizer.decode(
        signs.signsOf(scanned),
        signs.signsOffset(scanned),
        SignBlocks.STRIDE,
        codes.rowOf(position),
        codes.rowOffset(position),
        vector);
    centroids.add(list, vector);
    return vector;
  }

  /** Bytes of codes and factors of one row, without those spilled. */
  public int codeBytes() {
    return signBytes() + quantizer.shape().rowBytes();
  }

  private int signBytes() {
    return quantizer.shape().columns() + 1 + (signs.hasAddends() ? Float.BYTES : 0);
  }

  /** Memory of codes and factors, each row's once. */
  public long ownCodeBytes() {
    return signs.bytes() - spilledBytes() + codes.bytes();
  }

  /** Memory of all but that: centroids, lists, what is spilled, the quantiser. */
  public long routingBytes() {
    return centroids.bytes() + lists.bytes() + spilled.bytes() + spilledBytes() + quantizer.bytes();
  }

  private long spilledBytes() {
    return (long) signBytes() * spilled.size();
  }
}

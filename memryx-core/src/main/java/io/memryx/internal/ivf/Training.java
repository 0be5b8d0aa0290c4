package io.memryx.internal.ivf;

/**
 * What was found out when an index was trained, and kept for later decisions.
 *
 * @param defaultProbes lists that a search probes unless told otherwise
 * @param trainedVectors number of vectors in the index when it was trained
 * @param meanResidualEnergy mean squared distance to the nearest centroid, then, of vectors that
 *     the centroids were not fitted to: those they were fitted to are nearer
 * @param signMargin by how much a whole code seldom scores more than its signs, for a query of
 *     length 1
 * @param routingRecall share of a full scan's neighbors that the default probes found in a sample
 */
public record Training(
    int defaultProbes,
    int trainedVectors,
    float meanResidualEnergy,
    float signMargin,
    float routingRecall) {

  /** As section TRAINING holds it: floats as their bits. */
  public int[] encode() {
    return new int[] {
      defaultProbes,
      trainedVectors,
      Float.floatToRawIntBits(meanResidualEnergy),
      Float.floatToRawIntBits(signMargin),
      Float.floatToRawIntBits(routingRecall)
    };
  }

  /**
   * The way back.
   *
   * @throws IllegalArgumentException if no training found such numbers
   */
  public static Training decode(int[] numbers, int lists) {
    if (numbers.length != 5) {
      throw new IllegalArgumentException(numbers.length + " numbers, expected 5");
    }
    var training =
        new Training(
            numbers[0],
            numbers[1],
            Float.intBitsToFloat(numbers[2]),
            Float.intBitsToFloat(numbers[3]),
            Float.intBitsToFloat(numbers[4]));
    boolean possible =
        training.defaultProbes >= 1
            && training.defaultProbes <= lists
            && training.trainedVectors >= 1
            && training.meanResidualEnergy >= 0
            && Float.isFinite(training.meanResidualEnergy)
            && Float.isFinite(training.signMargin)
            && training.routingRecall >= 0
            && training.routingRecall <= 1;
    if (!possible) {
      throw new IllegalArgumentException(training + " with " + lists + " lists");
    }
    return training;
  }
}

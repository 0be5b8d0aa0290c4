package io.memryx.internal.quantization;

/**
 * Turns vectors into codes and queries into estimators over those codes. Immutable and thread-safe.
 *
 * <p>The seam between "how a vector is compressed" and "how lists are scanned": scanning code knows
 * only {@link #codeBytes} and {@link CodeEstimator}.
 */
public sealed interface Quantizer permits ScalarQuantizer {

  /** The name that a snapshot records. */
  String name();

  /** Size of the code of one vector. */
  int codeBytes();

  /** What is needed to make this quantiser again, as a snapshot stores it; a fresh array. */
  float[] parameters();

  /**
   * Writes the code of a vector.
   *
   * @param vector holds the vector from {@code offset} on
   * @param scale factor by which the vector is multiplied first (cosine stores unit vectors)
   * @param codes receives {@link #codeBytes} bytes from {@code codesOffset} on
   */
  void encode(float[] vector, int offset, float scale, byte[] codes, int codesOffset);

  /**
   * The squared distance of the vector that a code stands for from {@link #distanceEstimator}'s
   * center.
   */
  float squaredNorm(byte[] codes, int codesOffset);

  /**
   * Prepares a query once, to be scored against many codes: the inner product of the query and what
   * each code stands for.
   */
  CodeEstimator estimator(float[] query);

  /**
   * As {@link #estimator}, but of query and vector as seen from a center in the middle of the data.
   * Distances are the same from there, and data far from the origin lose no digits to its offset:
   * {@code |q - x|² = |q'|² - 2 <q',x'> + |x'|²}.
   */
  CodeEstimator distanceEstimator(float[] query);
}

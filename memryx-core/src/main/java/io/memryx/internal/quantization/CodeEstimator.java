package io.memryx.internal.quantization;

import io.memryx.internal.kernel.VectorKernels;

/**
 * A query prepared against one quantiser's codes: estimate = constant + Σ weight × code.
 * Thread-safe.
 *
 * @param constant the part that is the same for every code
 * @param weights one per byte of a code; not to be changed
 */
// A record of an array on purpose: internal, made once a query, read in the innermost loop.
@SuppressWarnings("ArrayRecordComponent")
public record CodeEstimator(float constant, float[] weights) {

  /** The estimated inner product of the query with the vector behind the code. */
  public float estimate(VectorKernels kernels, byte[] codes, int codesOffset) {
    return constant + kernels.dotCodes(weights, codes, codesOffset, weights.length);
  }
}

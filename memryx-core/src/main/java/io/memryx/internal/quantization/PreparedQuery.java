package io.memryx.internal.quantization;

import io.memryx.internal.kernel.CodeShape;
import io.memryx.internal.kernel.LookupTables;
import io.memryx.internal.kernel.VectorKernels;

/**
 * A query made ready for one quantiser's codes: weights for whole codes, tables for sign bytes. For
 * one search on one thread.
 */
public final class PreparedQuery {
  private final CodeShape shape;
  private final float[] weights;
  private final LookupTables tables;

  PreparedQuery(CodeShape shape, float[] weights, LookupTables tables) {
    this.shape = shape;
    this.weights = weights;
    this.tables = tables;
  }

  /**
   * What a unit of each slot's level adds before the scale, {@link CodeShape#weightsLength}
   * numbers; not to be changed.
   */
  public float[] weights() {
    return weights;
  }

  /** Tables of the first tier. */
  public LookupTables tables() {
    return tables;
  }

  /**
   * The estimated inner product of the query with the residual behind a code.
   *
   * @param signs holds the sign byte of group g at {@code signsOffset + g × signsStride}
   * @param row holds the row code from {@code rowOffset} on
   */
  public float estimate(
      VectorKernels kernels,
      byte[] signs,
      int signsOffset,
      int signsStride,
      byte[] row,
      int rowOffset) {
    float product =
        kernels.dotLevels(shape, weights, signs, signsOffset, signsStride, row, rowOffset);
    return RowCodes.scale(shape, row, rowOffset) * product;
  }
}

package io.memryx.internal.kernel;

/**
 * What a scan makes of a run of blocks: an estimate a row, and which of them are above the
 * threshold. Written by {@link VectorKernels#scanBlocks}, again and again. Not thread-safe.
 */
public final class BlockScores {
  /** Blocks of the longest run. */
  public static final int MAX_BLOCKS = 16;

  private static final int MAX_ROWS = MAX_BLOCKS * VectorKernels.BLOCK_ROWS;

  /** Sums of entries, unsigned, one a row: what a kernel makes of the sign bytes. */
  final short[] sums = new short[MAX_ROWS];

  /** One a row. */
  final float[] estimates = new float[MAX_ROWS];

  /** One a block; bit {@code r} is row {@code r} of the block. */
  final int[] above = new int[MAX_BLOCKS];

  /** The rows of a block whose estimate is above the threshold, as bits. */
  public int above(int block) {
    return above[block];
  }

  /** The estimate of a row, counted from the first of the run. */
  public float estimate(int row) {
    return estimates[row];
  }
}

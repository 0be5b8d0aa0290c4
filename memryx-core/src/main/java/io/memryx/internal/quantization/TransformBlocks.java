package io.memryx.internal.quantization;

/**
 * How the dimensions of a vector fall into blocks that are transformed each by itself, of nearly
 * equal size: one block up to {@link #MAX_SIZE} dimensions, so that training costs {@code dimension
 * × MAX_SIZE²} at most.
 *
 * @param dimension of the vectors
 */
public record TransformBlocks(int dimension) {
  /** Most dimensions of a block. */
  public static final int MAX_SIZE = 1_024;

  /** Number of blocks. */
  public int count() {
    return Math.ceilDiv(dimension, MAX_SIZE);
  }

  /** First dimension of a block; of the block after the last, the dimension. */
  public int start(int block) {
    return (int) ((long) dimension * block / count());
  }

  /** Dimensions of a block. */
  public int size(int block) {
    return start(block + 1) - start(block);
  }

  /** Components of all blocks' matrices. */
  public int components() {
    int components = 0;
    for (int block = 0; block < count(); block++) {
      components += size(block) * size(block);
    }
    return components;
  }
}

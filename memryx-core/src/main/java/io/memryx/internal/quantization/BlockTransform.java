package io.memryx.internal.quantization;

import io.memryx.internal.kernel.VectorKernels;

/**
 * A block-diagonal matrix whose columns are outputs, laid out in panels of {@link
 * VectorKernels#PANEL_WIDTH} columns for {@link VectorKernels#multiplyPanel}. Immutable.
 *
 * <p>Stored as float16: for each block {@code size × size}, one row per output.
 */
final class BlockTransform {
  private static final int WIDTH = VectorKernels.PANEL_WIDTH;

  private final TransformBlocks blocks;

  /** Outputs per block that are kept, from the first. */
  private final int[] outputs;

  /** Per block: {@code panels × size × WIDTH}. */
  private final float[][] panels;

  /**
   * Unfolds a stored matrix.
   *
   * @param halves the matrix as float16, from {@code offset} on
   * @param outputs how many of each block's outputs are wanted, from the first
   */
  BlockTransform(TransformBlocks blocks, short[] halves, int offset, int[] outputs) {
    this.blocks = blocks;
    this.outputs = outputs;
    this.panels = new float[blocks.count()][];
    int blockOffset = offset;
    for (int block = 0; block < panels.length; block++) {
      int size = blocks.size(block);
      panels[block] = unfolded(halves, blockOffset, size, outputs[block]);
      blockOffset += size * size;
    }
  }

  /** Panels of one block: {@code panels × size × WIDTH}. */
  private static float[] unfolded(short[] halves, int offset, int size, int outputs) {
    float[] unfolded = new float[Math.ceilDiv(outputs, WIDTH) * WIDTH * size];
    for (int output = 0; output < outputs; output++) {
      int column = (output / WIDTH) * size * WIDTH + output % WIDTH;
      for (int d = 0; d < size; d++) {
        unfolded[column + d * WIDTH] = Float.float16ToFloat(halves[offset + output * size + d]);
      }
    }
    return unfolded;
  }

  /** Number of panels of a block. */
  int panelCount(int block) {
    return Math.ceilDiv(outputs[block], WIDTH);
  }

  /** How many of a block's outputs there are. */
  int outputs(int block) {
    return outputs[block];
  }

  /** Memory of the panels. */
  long bytes() {
    long floats = 0;
    for (float[] block : panels) {
      floats += block.length;
    }
    return Float.BYTES * floats;
  }

  /**
   * Multiplies rows with one panel of a block.
   *
   * @param rows {@code rowCount × size of the block}, from {@code rowsOffset} on
   * @param out receives {@code rowCount × PANEL_WIDTH}
   */
  void multiply(
      VectorKernels kernels,
      int block,
      int panel,
      float[] rows,
      int rowsOffset,
      int rowCount,
      float[] out) {
    int size = blocks.size(block);
    kernels.multiplyPanel(
        rows, rowsOffset, rowCount, size, panels[block], panel * size * WIDTH, out);
  }

  /** Adds {@code Σ values[output] × column of output} to the block's dimensions of a vector. */
  void addColumns(int block, float[] values, int valuesOffset, float[] vector) {
    int size = blocks.size(block);
    int start = blocks.start(block);
    float[] unfolded = panels[block];
    for (int output = 0; output < outputs[block]; output++) {
      int column = (output / WIDTH) * size * WIDTH + output % WIDTH;
      float value = values[valuesOffset + output];
      for (int d = 0; d < size; d++) {
        vector[start + d] += value * unfolded[column + d * WIDTH];
      }
    }
  }
}

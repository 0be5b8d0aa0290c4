package io.memryx.internal.quantization;

import io.memryx.internal.kernel.CodeShape;
import io.memryx.internal.kernel.SignFactors;
import io.memryx.internal.kernel.VectorKernels;
import io.memryx.internal.quantization.CodeAdjustment.SlotLevels;
import java.util.Arrays;

/**
 * Encodes residuals, a tile of rows at a time; one thread's own, with its working memory. The same
 * residual gets the same code in whatever tile it lies.
 *
 * <p>Nearest levels first, then {@link CodeAdjustment}, slot by slot.
 *
 * <p>Rows are scaled to a greatest component of 1 and deviations to a greatest of 1 before any
 * square is taken: neither huge nor tiny vectors overflow.
 */
public final class ResidualEncoder {
  /** Rows of a tile: as many as share a panel of the transform while it is in the cache. */
  public static final int TILE_ROWS = 64;

  /** Passes of code adjustment; more than three gain less than the data's noise. */
  private static final int SWEEPS = 3;

  private static final int GROUP = CodeShape.GROUP;
  private static final int WIDTH = VectorKernels.PANEL_WIDTH;

  /** Residuals below all others' rounding count as zero; their inverses stay finite. */
  private static final float LEAST = 1e-30f;

  /** Slots with less than this share of the greatest deviation don't count for a row's gain. */
  private static final float LEAST_DEVIATION = 1e-6f;

  private static final float GREATEST_FLOAT16 = 65_504f;

  private final VectorKernels kernels;
  private final ResidualQuantizer quantizer;
  private final CodeShape shape;
  private final TransformBlocks blocks;
  private final BlockTransform transform;

  /** Deviations of the coded slots, the greatest being 1, and what they were divided by. */
  private final float[] deviations;

  private final float unit;

  /** Levels of the coded slots in the same unit. */
  private final SlotLevels[] levels;

  // Working memory. Slot-major arrays are coded slots × TILE_ROWS.
  private final float[] scaled;
  private final float[] outputs = new float[TILE_ROWS * WIDTH];
  private final float[][] values;
  private final float[][] codes;
  private final float[] largest = new float[TILE_ROWS];
  private final float[] energy = new float[TILE_ROWS];
  private final float[] inverseGain = new float[TILE_ROWS];
  private final float[] uncoded = new float[TILE_ROWS];
  private final float[] normalised = new float[TILE_ROWS];
  private final CodeAdjustment adjustment = new CodeAdjustment();
  private final CodeAdjustment.Products products = new CodeAdjustment.Products();
  private final float[] signDot = new float[TILE_ROWS];
  private final float[] signScale = new float[TILE_ROWS];
  private final byte[] signs;
  private final byte[] rowCodes;

  ResidualEncoder(VectorKernels kernels, ResidualQuantizer quantizer) {
    this.kernels = kernels;
    this.quantizer = quantizer;
    this.shape = quantizer.shape();
    this.blocks = quantizer.blocks();
    this.transform = quantizer.encodingTransform();
    this.deviations = quantizer.slotDeviations().clone();
    this.unit = deviations[0] < LEAST ? 0 : deviations[0];
    for (int slot = 0; slot < deviations.length; slot++) {
      deviations[slot] = unit == 0 ? 0 : deviations[slot] / unit;
    }
    this.levels = new SlotLevels[deviations.length];
    for (int slot = 0; slot < levels.length; slot++) {
      int bits = shape.bits(slot / GROUP);
      levels[slot] = SlotLevels.of(shape.polynomial(bits), deviations[slot], bits);
    }
    this.scaled = new float[TILE_ROWS * blocks.dimension()];
    this.values = new float[deviations.length][TILE_ROWS];
    this.codes = new float[deviations.length][TILE_ROWS];
    this.signs = new byte[shape.columns() * TILE_ROWS];
    this.rowCodes = new byte[shape.rowBytes() * TILE_ROWS];
  }

  /**
   * Encodes a tile; what it gives stays until the next one.
   *
   * @param residuals {@code rowCount × dimension}, row-major, finite
   * @param rowCount 1 to {@link #TILE_ROWS}
   */
  public void encode(float[] residuals, int rowCount) {
    scale(residuals, rowCount);
    transform(rowCount);
    findGains();
    takeNearest(rowCount);
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      // Anew in each sweep: sums that only follow their changes drift.
      sumProducts();
      for (int slot = 0; slot < codes.length; slot++) {
        adjustment.adjust(values[slot], codes[slot], levels[slot], products);
      }
    }
    sumProducts();
    sumSigns();
    packSigns(rowCount);
    packMagnitudes(rowCount);
    writeSignScales(rowCount);
    writeScales(rowCount);
  }

  /**
   * Encodes a tile to its first tier only: signs, sign factors; the row codes are undefined after
   * that.
   *
   * @param residuals {@code rowCount × dimension}, row-major, finite
   * @param rowCount 1 to {@link #TILE_ROWS}
   */
  public void encodeSigns(float[] residuals, int rowCount) {
    scale(residuals, rowCount);
    transform(rowCount);
    for (int slot = 0; slot < codes.length; slot++) {
      takeSigns(values[slot], codes[slot]);
    }
    sumSigns();
    packSigns(rowCount);
    writeSignScales(rowCount);
  }

  /**
   * Copies the sign bytes of a row of the tile.
   *
   * @param target receives the byte of group g at {@code offset + g × stride}
   */
  public void copySigns(int row, byte[] target, int offset, int stride) {
    for (int group = 0; group < shape.columns(); group++) {
      target[offset + group * stride] = signs[group * TILE_ROWS + row];
    }
  }

  /** Copies the row code of a row of the tile, its scale included. */
  public void copyRowCode(int row, byte[] target, int offset) {
    System.arraycopy(rowCodes, row * shape.rowBytes(), target, offset, shape.rowBytes());
  }

  /**
   * The inner product that a row's code gives with a query, to the bit what {@link
   * PreparedQuery#estimate} makes of the stored code on the same kernels.
   *
   * @param weights those of the {@link PreparedQuery}
   */
  public float estimate(int row, float[] weights) {
    int offset = row * shape.rowBytes();
    return RowCodes.scale(shape, rowCodes, offset)
        * kernels.dotLevels(shape, weights, signs, row, TILE_ROWS, rowCodes, offset);
  }

  /** The same by a row's signs alone. */
  public float estimateBySigns(int row, float[] weights) {
    float sum = 0;
    for (int slot = 0; slot < codes.length; slot++) {
      sum += codes[slot][row] > 0 ? weights[slot] : -weights[slot];
    }
    return signScale[row] * sum;
  }

  /** The scale of a row's signs. */
  public float signScale(int row) {
    return signScale[row];
  }

  /** The scale of a row's signs as a byte. */
  public byte signFactor(int row) {
    return SignFactors.encode(signScale[row], quantizer.leastSignFactor());
  }

  /** Copies the rows block by block, each row with a greatest component of 1. */
  private void scale(float[] residuals, int rowCount) {
    int dimension = blocks.dimension();
    for (int r = 0; r < rowCount; r++) {
      float greatest = 0;
      for (int d = 0; d < dimension; d++) {
        greatest = Math.max(greatest, Math.abs(residuals[r * dimension + d]));
      }
      largest[r] = greatest < LEAST ? 0 : greatest;
      float inverse = greatest < LEAST ? 0 : 1 / greatest;
      for (int block = 0; block < blocks.count(); block++) {
        int start = blocks.start(block);
        int size = blocks.size(block);
        int target = TILE_ROWS * start + r * size;
        for (int d = 0; d < size; d++) {
          scaled[target + d] = residuals[r * dimension + start + d] * inverse;
        }
      }
    }
  }

  /** Outputs of all rows: the coded ones into their slots, the squares of all into the energy. */
  private void transform(int rowCount) {
    Arrays.fill(energy, 0);
    for (int block = 0; block < blocks.count(); block++) {
      int start = blocks.start(block);
      for (int panel = 0; panel < transform.panelCount(block); panel++) {
        transform.multiply(kernels, block, panel, scaled, TILE_ROWS * start, rowCount, outputs);
        int first = panel * WIDTH;
        int end = Math.min(WIDTH, transform.outputs(block) - first);
        for (int j = 0; j < end; j++) {
          int slot = quantizer.slot(start + first + j);
          takeOutput(j, rowCount, slot < values.length ? values[slot] : uncoded);
        }
      }
    }
  }

  private void takeOutput(int column, int rowCount, float[] target) {
    for (int r = 0; r < rowCount; r++) {
      target[r] = outputs[r * WIDTH + column];
    }
    addSquares(target, 1, energy);
  }

  /** The rms of a row's coded outputs in units of their deviations, inverted. */
  private void findGains() {
    Arrays.fill(normalised, 0);
    int counted = 0;
    for (int slot = 0; slot < values.length; slot++) {
      if (deviations[slot] > LEAST_DEVIATION) {
        addSquares(values[slot], 1 / deviations[slot], normalised);
        counted++;
      }
    }
    for (int r = 0; r < TILE_ROWS; r++) {
      inverseGain[r] = normalised[r] > 0 ? (float) Math.sqrt(counted / normalised[r]) : 0;
    }
  }

  private void takeNearest(int rowCount) {
    for (int slot = 0; slot < values.length; slot++) {
      NearestLevels nearest = NearestLevels.of(shape.bits(slot / GROUP));
      float inverse = deviations[slot] > LEAST_DEVIATION ? 1 / deviations[slot] : 0;
      float[] value = values[slot];
      float[] code = codes[slot];
      for (int r = 0; r < rowCount; r++) {
        float magnitude = nearest.magnitude(Math.abs(value[r]) * inverse * inverseGain[r]);
        code[r] = Math.copySign(magnitude + 0.5f, value[r]);
      }
    }
  }

  private static void takeSigns(float[] value, float[] code) {
    for (int r = 0; r < TILE_ROWS; r++) {
      code[r] = Math.copySign(0.5f, value[r]);
    }
  }

  private void sumProducts() {
    Arrays.fill(products.dot, 0);
    Arrays.fill(products.squared, 0);
    for (int slot = 0; slot < codes.length; slot++) {
      adjustment.addTo(products, values[slot], codes[slot], levels[slot]);
    }
  }

  /** {@code <y,p>} of all rows. */
  private void sumSigns() {
    Arrays.fill(signDot, 0);
    for (int slot = 0; slot < codes.length; slot++) {
      addSigns(values[slot], codes[slot], deviations[slot], signDot);
    }
  }

  // The loops below run over all rows of a tile, used or not, and over arrays that begin with it:
  // what the compiler knows to be a whole number of vectors.

  private static void addSquares(float[] value, float factor, float[] sum) {
    for (int r = 0; r < TILE_ROWS; r++) {
      float x = value[r] * factor;
      sum[r] += x * x;
    }
  }

  private static void addSigns(float[] value, float[] code, float deviation, float[] sum) {
    for (int r = 0; r < TILE_ROWS; r++) {
      sum[r] += value[r] * Math.signum(code[r]) * deviation;
    }
  }

  private void packSigns(int rowCount) {
    for (int group = 0; group < shape.columns(); group++) {
      for (int r = 0; r < rowCount; r++) {
        int sign = 0;
        for (int i = 0; i < GROUP; i++) {
          sign |= (codes[group * GROUP + i][r] > 0 ? 1 : 0) << i;
        }
        signs[group * TILE_ROWS + r] = (byte) sign;
      }
    }
  }

  private void packMagnitudes(int rowCount) {
    int offset = 0;
    for (int group = 0; group < shape.columns(); group++) {
      int bits = shape.bits(group);
      for (int r = 0; r < rowCount; r++) {
        long magnitudes = 0;
        for (int i = 0; i < GROUP; i++) {
          magnitudes |= (long) Math.abs(codes[group * GROUP + i][r]) << (i * (bits - 1));
        }
        int target = r * shape.rowBytes() + offset;
        for (int b = 0; b < bits - 1; b++) {
          rowCodes[target + b] = (byte) (magnitudes >>> (8 * b));
        }
      }
      offset += bits - 1;
    }
  }

  /** Squared lengths of the rows, in what deviations and scaled rows are measured in. */
  private float length(int row) {
    return unit == 0 ? 0 : largest[row] / unit * energy[row];
  }

  private void writeSignScales(int rowCount) {
    for (int r = 0; r < rowCount; r++) {
      signScale[r] = signDot[r] > 0 ? Math.min(length(r) / signDot[r], Float.MAX_VALUE) : 0;
    }
  }

  private void writeScales(int rowCount) {
    for (int r = 0; r < rowCount; r++) {
      float dot = products.dot[r];
      float scale = dot > 0 ? Math.min(length(r) / dot, GREATEST_FLOAT16) : 0;
      RowCodes.writeScale(shape, scale, rowCodes, r * shape.rowBytes());
    }
  }
}

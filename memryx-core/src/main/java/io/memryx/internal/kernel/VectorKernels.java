package io.memryx.internal.kernel;

/**
 * The arithmetic of the engine on arrays. {@link ScalarKernels} is the specification; {@link
 * SimdKernels} computes the same, up to the rounding of another order of additions, and {@link
 * LanewiseKernels} the same as those, to the bit. Thread-safe.
 */
public abstract sealed class VectorKernels
    permits ScalarKernels, LanewiseKernels, SimdKernels, WatchedKernels {

  /** Columns of a panel (see {@link #multiplyPanel}): a multiple of every SIMD width. */
  public static final int PANEL_WIDTH = 32;

  /** Rows of a block of sign bytes: as many as a 256-bit vector has bytes. */
  public static final int BLOCK_ROWS = 32;

  /**
   * Where in a column of a block a row's sign byte is. The two bytes of a 16-bit lane belong to
   * rows that are half a block apart: so the sums of the low and of the high bytes are those of the
   * first and of the second half of the block, in order, whatever the width of the vectors.
   *
   * @param row 0 to BLOCK_ROWS - 1
   */
  public static int laneOf(int row) {
    return 2 * (row % (BLOCK_ROWS / 2)) + row / (BLOCK_ROWS / 2);
  }

  /** The kernels this JVM runs best, chosen once. */
  public static VectorKernels selected() {
    return KernelSelection.SELECTED;
  }

  /** The kernels that run everywhere. */
  public static VectorKernels scalar() {
    return ScalarKernels.INSTANCE;
  }

  /**
   * The SIMD kernels whose code works on vectors of so many bits, whether or not they are what this
   * JVM runs best: for measurements.
   *
   * @param bits 128, 256 or 512
   * @throws IllegalStateException if this JVM has no such kernels
   */
  public static VectorKernels simd(int bits) {
    try {
      return KernelSelection.simd(bits);
    } catch (ReflectiveOperationException | LinkageError e) {
      throw new IllegalStateException(
          "no SIMD kernels of "
              + bits
              + " bits, expected 128, 256 or 512 bits and java started with --add-modules"
              + " jdk.incubator.vector",
          e);
    }
  }

  /** What these kernels are and why they were chosen, in one line. */
  public abstract String description();

  /**
   * Tells that a build is to come, and returns at once: what is slow before it is compiled gets
   * compiled meanwhile. Cheap when it was told before.
   */
  public void prepareForBuild() {}

  /** The inner product of two float ranges of one length. */
  public abstract float dot(float[] a, int aOffset, float[] b, int bOffset, int length);

  /** The squared Euclidean distance of two float ranges of one length. */
  public abstract float squaredL2(float[] a, int aOffset, float[] b, int bOffset, int length);

  /**
   * The inner product of float weights with signed byte codes: {@code Σ weights[i] ×
   * codes[codesOffset + i]} for {@code i < length}.
   */
  public abstract float dotCodes(float[] weights, byte[] codes, int codesOffset, int length);

  /**
   * Multiplies rows with a panel of {@link #PANEL_WIDTH} columns: {@code out[r × PANEL_WIDTH + j] =
   * Σ_d rows[rowsOffset + r × dimension + d] × panel[panelOffset + d × PANEL_WIDTH + j]}.
   *
   * @param rows {@code rowCount × dimension}, row-major, from {@code rowsOffset} on
   * @param panel {@code dimension × PANEL_WIDTH}, from {@code panelOffset} on
   * @param out {@code rowCount × PANEL_WIDTH}, overwritten
   */
  public abstract void multiplyPanel(
      float[] rows,
      int rowsOffset,
      int rowCount,
      int dimension,
      float[] panel,
      int panelOffset,
      float[] out);

  /**
   * The inner products of float weights with rows of signed byte codes: {@code out[r] = Σ
   * weights[i] × codes[codesOffset + r × length + i]}.
   *
   * @param codes {@code rowCount × length}, row-major, from {@code codesOffset} on
   */
  public abstract void dotCodeRows(
      float[] weights, byte[] codes, int codesOffset, int rowCount, int length, float[] out);

  /**
   * Estimates the scores of a run of blocks of {@link #BLOCK_ROWS} rows from their sign bytes:
   * {@code estimates[r] = base + (bias + step × Σ entries) × factor of factors[factorsOffset + r] +
   * addends[addendsOffset + r]}, and marks those above the threshold. All implementations give the
   * same bits.
   *
   * @param blocks 1 to {@link BlockScores#MAX_BLOCKS}
   * @param codes sign bytes, {@code blocks × columns × BLOCK_ROWS} from {@code codesOffset} on: of
   *     each block one column after the other, a column's rows in the order of {@link #laneOf}
   * @param factors {@link SignFactors}, one a row
   * @param addends one a row
   * @param scores overwritten
   */
  public abstract void scanBlocks(
      LookupTables tables,
      int blocks,
      byte[] codes,
      int codesOffset,
      byte[] factors,
      int factorsOffset,
      float base,
      float[] addends,
      int addendsOffset,
      float threshold,
      BlockScores scores);

  /**
   * The inner product of weights with the levels of one coded row: {@code Σ weights[i] × ±level},
   * over all dimensions with bits.
   *
   * @param weights one for each dimension with bits, at least {@code columns × 8}
   * @param signs the sign byte of group {@code g} lies at {@code signsOffset + g × signsStride}
   * @param row the row code, from {@code rowOffset} on
   */
  public abstract float dotLevels(
      CodeShape shape,
      float[] weights,
      byte[] signs,
      int signsOffset,
      int signsStride,
      byte[] row,
      int rowOffset);
}

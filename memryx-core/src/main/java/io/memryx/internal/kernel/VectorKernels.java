package io.memryx.internal.kernel;

/**
 * The arithmetic of the engine on arrays. {@link ScalarKernels} is the specification; {@link
 * SimdKernels} computes the same, up to the rounding of another order of additions. Stateless and
 * thread-safe.
 */
public abstract sealed class VectorKernels permits ScalarKernels, SimdKernels {

  /** Columns of a panel (see {@link #multiplyPanel}): a multiple of every SIMD width. */
  public static final int PANEL_WIDTH = 32;

  /** The kernels this JVM runs best, chosen once. */
  public static VectorKernels selected() {
    return KernelSelection.SELECTED;
  }

  /** The kernels that run everywhere. */
  public static VectorKernels scalar() {
    return ScalarKernels.INSTANCE;
  }

  /** What these kernels are and why they were chosen, in one line. */
  public abstract String description();

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
}

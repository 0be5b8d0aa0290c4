package io.memryx.internal.build;

import io.memryx.internal.kernel.CodeShape;
import io.memryx.internal.kernel.VectorKernels;
import io.memryx.internal.quantization.BitAllocation;
import io.memryx.internal.quantization.CodeBudget;
import io.memryx.internal.quantization.ResidualEncoder;
import io.memryx.internal.quantization.ResidualQuantizer;
import io.memryx.internal.quantization.TransformBlocks;
import java.util.Arrays;

/**
 * Training of a {@link ResidualQuantizer}: a query-weighted Karhunen-Loève transform and the bits
 * of its outputs. For one build; deterministic, whatever the number of threads.
 *
 * <p>With M the second moment of what queries look like (the data itself stands in for them) and S
 * that of the residuals, {@code T = M^(1/4) U} and {@code Tq = M^(-1/4) U}, U the eigenvectors of
 * {@code M^(1/4) S M^(1/4)}: halfway between the transform that is best for the residuals' squared
 * error (no M) and the one that is best for the inner products' (M^(1/2)), because queries are not
 * quite like the data.
 */
final class QuantizerTraining {
  /**
   * What is added to M's eigenvalues, as a share of their mean: a direction that the data lacks may
   * still be asked for.
   */
  private static final double RIDGE = 0.05;

  /** Eigenvalues below this share of the greatest are rounding of float32. */
  private static final double NEGLIGIBLE = 1e-7;

  /** Residuals that are encoded to find the range of sign factors. */
  private static final int FACTOR_SAMPLE = 2_048;

  /** The sign factors' range ends a little beyond the greatest one of the sample, */
  private static final float RANGE_MARGIN = 1.25f;

  /** but a few outliers must not take all steps from the bulk, which ends at this share. */
  private static final float BULK = 0.99f;

  private static final float OUTLIER_LIMIT = 16;

  private static final int FACTOR_STEPS = 255;

  private final VectorKernels kernels;
  private final Workers workers;
  private final TransformBlocks blocks;
  private final CodeBudget budget;

  QuantizerTraining(
      VectorKernels kernels, Workers workers, TransformBlocks blocks, CodeBudget budget) {
    this.kernels = kernels;
    this.workers = workers;
    this.blocks = blocks;
    this.budget = budget;
  }

  /**
   * Rows to train on; both arrays row-major with the dimension of the blocks. They are scaled in
   * place and useless thereafter.
   *
   * @param residuals what will be encoded, at least one row
   * @param queries vectors as queries see them, any number of rows
   */
  // A record of arrays on purpose: internal, handed on once.
  @SuppressWarnings("ArrayRecordComponent")
  record Sample(float[] residuals, float[] queries) {}

  /** Trains. */
  ResidualQuantizer train(Sample sample) {
    int dimension = blocks.dimension();
    TrainingRows residuals = TrainingRows.of(sample.residuals(), dimension);
    TrainingRows queries = TrainingRows.of(sample.queries(), dimension);
    double[][][] residualMoments = moments(residuals);
    double[][][] queryMoments = moments(queries);
    double queryMean = queries.meanSquare();
    var spectrum = new Spectrum(new double[dimension], new short[2 * blocks.components()]);
    workers.forEachBlock(
        blocks.count(),
        1,
        done -> {},
        (from, to) -> {
          for (int block = from; block < to; block++) {
            weigh(queryMoments[block], queryMean);
            decompose(block, residualMoments[block], queryMoments[block], spectrum);
          }
        });
    return quantizer(residuals, spectrum);
  }

  private double[][][] moments(TrainingRows rows) {
    var secondMoment = new SecondMoment(kernels, workers);
    double[][][] moments = new double[blocks.count()][][];
    for (int block = 0; block < moments.length; block++) {
      moments[block] =
          secondMoment.of(
              rows.values(), blocks.dimension(), blocks.start(block), blocks.size(block));
      Shrinkage.apply(moments[block], rows.count());
    }
    return moments;
  }

  /**
   * The variance of each output and T and Tq as float16, filled block by block.
   *
   * @param variances by output
   * @param transforms as {@link ResidualQuantizer} stores them
   */
  // A record of arrays on purpose: filled by several threads, each its part.
  @SuppressWarnings("ArrayRecordComponent")
  private record Spectrum(double[] variances, short[] transforms) {}

  /** M with its ridge, in units of its mean eigenvalue; the unit matrix where nothing is known. */
  private static void weigh(double[][] moment, double meanSquare) {
    for (int i = 0; i < moment.length; i++) {
      for (int j = 0; j < moment.length; j++) {
        moment[i][j] = meanSquare == 0 ? 0 : moment[i][j] / meanSquare;
      }
      moment[i][i] += meanSquare == 0 ? 1 : RIDGE;
    }
  }

  private void decompose(int block, double[][] residuals, double[][] queries, Spectrum spectrum) {
    SymmetricEigen weights = SymmetricEigen.of(queries);
    var products = new MatrixProduct(kernels);
    float[][] root = products.spectral(weights, value -> Math.pow(value, 0.25));
    float[][] inverseRoot = products.spectral(weights, value -> Math.pow(value, -0.25));
    double[][] weighted = products.congruence(root, residuals);
    SymmetricEigen eigen = SymmetricEigen.of(weighted);
    int start = blocks.start(block);
    int size = blocks.size(block);
    double negligible = Math.max(eigen.value(0), 0) * NEGLIGIBLE;
    float[][] axes = new float[size][size];
    for (int output = 0; output < size; output++) {
      double value = eigen.value(output);
      spectrum.variances()[start + output] = value <= negligible ? 0 : value;
      for (int d = 0; d < size; d++) {
        axes[output][d] = (float) eigen.vector(output)[d];
      }
    }
    int offset = 0;
    for (int before = 0; before < block; before++) {
      offset += blocks.size(before) * blocks.size(before);
    }
    // Roots are symmetric: a row of U^T times a root is a column of root times U.
    store(products.multiply(axes, root), spectrum.transforms(), offset);
    store(
        products.multiply(axes, inverseRoot), spectrum.transforms(), blocks.components() + offset);
  }

  private static void store(float[][] rows, short[] halves, int offset) {
    int position = offset;
    for (float[] row : rows) {
      for (float component : row) {
        halves[position++] = Float.floatToFloat16(component);
      }
    }
  }

  private ResidualQuantizer quantizer(TrainingRows residuals, Spectrum spectrum) {
    double[] variances = spectrum.variances();
    float[] deviations = new float[variances.length];
    double unit = Math.scalb(1.0, residuals.exponent());
    for (int output = 0; output < deviations.length; output++) {
      deviations[output] = (float) Math.min(Math.sqrt(variances[output]) * unit, Float.MAX_VALUE);
    }
    byte[] bits = BitAllocation.bits(falling(variances), budget.codeBytes(), CodeShape.MAX_BITS);
    var unscaled = ResidualQuantizer.of(blocks, deviations, bits, 1, spectrum.transforms());
    float step = signFactorStep(unscaled, residuals);
    return ResidualQuantizer.of(blocks, deviations, bits, step, spectrum.transforms());
  }

  private static double[] falling(double[] values) {
    double[] rising = values.clone();
    Arrays.sort(rising);
    double[] falling = new double[rising.length];
    Arrays.setAll(falling, i -> rising[rising.length - 1 - i]);
    return falling;
  }

  /** The step whose 255th multiple covers the scales of the residuals' signs. */
  private float signFactorStep(ResidualQuantizer quantizer, TrainingRows residuals) {
    int rows = Math.min(FACTOR_SAMPLE, residuals.count());
    float[] scales = new float[rows];
    float[] tile = new float[ResidualEncoder.TILE_ROWS * blocks.dimension()];
    ResidualEncoder encoder = quantizer.newEncoder(kernels);
    for (int first = 0; first < rows; first += ResidualEncoder.TILE_ROWS) {
      int rowCount = Math.min(ResidualEncoder.TILE_ROWS, rows - first);
      residuals.restore(first, rowCount, tile);
      encoder.encode(tile, rowCount);
      for (int r = 0; r < rowCount; r++) {
        scales[first + r] = encoder.signScale(r) / residuals.shortening(first + r);
      }
    }
    Arrays.sort(scales);
    float greatest = scales[rows - 1] * RANGE_MARGIN;
    float bulk = scales[(int) (BULK * (rows - 1))];
    float range = bulk > 0 ? Math.min(greatest, OUTLIER_LIMIT * bulk) : greatest;
    return Math.min(range, Float.MAX_VALUE) / FACTOR_STEPS;
  }
}

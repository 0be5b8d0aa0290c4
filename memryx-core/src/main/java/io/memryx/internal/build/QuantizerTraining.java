package io.memryx.internal.build;

import io.memryx.internal.kernel.CodeShape;
import io.memryx.internal.kernel.VectorKernels;
import io.memryx.internal.quantization.BitAllocation;
import io.memryx.internal.quantization.CodeBudget;
import io.memryx.internal.quantization.ResidualEncoder;
import io.memryx.internal.quantization.ResidualQuantizer;
import io.memryx.internal.quantization.TransformBlocks;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Training of a {@link ResidualQuantizer}: a query-weighted Karhunen-Loève transform and the bits
 * of its outputs. For one build; deterministic, whatever the number of threads.
 *
 * <p>With M the second moment of what queries look like (the data itself stands in for them),
 * {@code T = M^(1/4) U} and {@code Tq = M^(-1/4) U}, U the eigenvectors of {@code M^(1/4) S
 * M^(1/4)}: halfway between the transform that is best for the residuals' squared error (no M) and
 * the one that is best for the inner products' (M^(1/2)), because queries are not quite like the
 * data. S is the mean of two shapes, the second moment of the residuals and the spread of the
 * vectors: whole codes are as good with it as with the residuals' alone, signs by themselves
 * better. The deviations are those of the residuals.
 */
final class QuantizerTraining {
  /**
   * What is added to M's eigenvalues, as a share of their mean: a direction that the data lacks may
   * still be asked for.
   */
  private static final double RIDGE = 0.05;

  /** Eigenvalues below this share of the greatest are rounding of float32. */
  private static final double NEGLIGIBLE = 1e-7;

  /** A spread below this share of the mean's square is float32's rounding. */
  private static final double LEAST_SPREAD = 1e-5;

  /** Half of the p / 2 that the full weighting by queries (p = 1) would take. */
  private static final double EXPONENT = 0.25;

  /** Residuals that are encoded to find the range of sign factors. */
  private static final int FACTOR_SAMPLE = 2_048;

  /** The sign factors' range ends a little beyond the greatest one of the sample, */
  private static final float RANGE_MARGIN = 1.25f;

  /** but a few outliers must not take all steps from the bulk, which ends at this share. */
  private static final float BULK = 0.99f;

  private static final float OUTLIER_LIMIT = 16;

  private static final int FACTOR_STEPS = 255;

  /**
   * Memory at the peak per component of the transforms: three moments, two of them mixed and
   * weighted, reflections and basis in float64, roots, products and axes in float32, both
   * transforms in float16.
   */
  private static final long BYTES_PER_COMPONENT =
      7 * Double.BYTES + 6 * Float.BYTES + 2 * Short.BYTES;

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

  /** Memory that training takes at its peak beside the rows to train on: an upper estimate. */
  static long peakBytes(TransformBlocks blocks) {
    return BYTES_PER_COMPONENT * blocks.components()
        + (long) Float.BYTES * SecondMoment.CHUNK_ROWS * blocks.dimension();
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
    Moments moments = moments(residuals, queries);
    double[] mean = queries.mean();
    double meanSquare = queries.meanSquare();
    var spectrum = new Spectrum(new double[dimension], new short[2 * blocks.components()]);
    workers.forEachBlock(
        blocks.count(),
        1,
        done -> {},
        (from, to) -> {
          for (int block = from; block < to; block++) {
            Shrinkage.apply(moments.residuals()[block], residuals.count());
            center(moments.spread()[block], mean, blocks.start(block));
            Shrinkage.apply(moments.spread()[block], queries.count());
            Shrinkage.apply(moments.queries()[block], queries.count());
            weigh(moments.queries()[block], meanSquare);
            decompose(block, moments, spectrum);
          }
        });
    return quantizer(residuals, spectrum);
  }

  /**
   * Second moments, one matrix a block.
   *
   * @param residuals S
   * @param queries M
   * @param spread of the queries about their mean
   */
  // A record of arrays on purpose: each block's thread changes its own.
  @SuppressWarnings("ArrayRecordComponent")
  private record Moments(double[][][] residuals, double[][][] queries, double[][][] spread) {}

  private Moments moments(TrainingRows residuals, TrainingRows queries) {
    double[][][] about = moments(queries);
    double[][][] copy = new double[about.length][][];
    for (int block = 0; block < copy.length; block++) {
      copy[block] = Arrays.stream(about[block]).map(double[]::clone).toArray(double[][]::new);
    }
    return new Moments(moments(residuals), about, copy);
  }

  private double[][][] moments(TrainingRows rows) {
    var secondMoment = new SecondMoment(kernels, workers);
    double[][][] moments = new double[blocks.count()][][];
    for (int block = 0; block < moments.length; block++) {
      moments[block] =
          secondMoment.of(
              rows.values(), blocks.dimension(), blocks.start(block), blocks.size(block));
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

  /** From the moment about zero to that about the mean; zero where only rounding is left. */
  private static void center(double[][] moment, double[] mean, int start) {
    double before = trace(moment);
    for (int i = 0; i < moment.length; i++) {
      for (int j = 0; j < moment.length; j++) {
        moment[i][j] -= mean[start + i] * mean[start + j];
      }
    }
    if (trace(moment) < LEAST_SPREAD * before) {
      for (double[] row : moment) {
        Arrays.fill(row, 0);
      }
    }
  }

  private static double trace(double[][] matrix) {
    double trace = 0;
    for (int i = 0; i < matrix.length; i++) {
      trace += matrix[i][i];
    }
    return trace;
  }

  /** M with its ridge, in units of its mean eigenvalue; the unit matrix where nothing is known. */
  private static void weigh(double[][] moment, double meanSquare) {
    for (int i = 0; i < moment.length; i++) {
      for (int j = 0; j < moment.length; j++) {
        moment[i][j] = meanSquare == 0 ? 0 : moment[i][j] / meanSquare;
      }
      moment[i][i] += meanSquare == 0 ? 1 : RIDGE;
    }
  }

  /** Both matrices, each divided by its trace, added up. */
  private static double[][] mixed(double[][] a, double[][] b) {
    double shareOfA = trace(a) > 0 ? 1 / trace(a) : 0;
    double shareOfB = trace(b) > 0 ? 1 / trace(b) : 0;
    double[][] sum = new double[a.length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a.length; j++) {
        sum[i][j] = shareOfA * a[i][j] + shareOfB * b[i][j];
      }
    }
    return sum;
  }

  private void decompose(int block, Moments moments, Spectrum spectrum) {
    SymmetricEigen weights = SymmetricEigen.of(moments.queries()[block]);
    var products = new MatrixProduct(kernels);
    float[][] root = products.spectral(weights, value -> Math.pow(value, EXPONENT));
    float[][] inverseRoot = products.spectral(weights, value -> Math.pow(value, -EXPONENT));
    double[][] residuals = moments.residuals()[block];
    double[][] shape = mixed(residuals, moments.spread()[block]);
    float[][] axes = MatrixProduct.vectors(SymmetricEigen.of(products.congruence(root, shape)));
    double[] variances = products.diagonal(axes, products.congruence(root, residuals));
    int[] order = fallingOrder(variances);
    double negligible = Math.max(variances[order[0]], 0) * NEGLIGIBLE;
    float[][] ordered = new float[order.length][];
    for (int output = 0; output < order.length; output++) {
      double variance = variances[order[output]];
      spectrum.variances()[blocks.start(block) + output] = variance <= negligible ? 0 : variance;
      ordered[output] = axes[order[output]];
    }
    int offset = 0;
    for (int before = 0; before < block; before++) {
      offset += blocks.size(before) * blocks.size(before);
    }
    // Roots are symmetric: a row of Uᵀ times a root is a column of the root times U.
    store(products.multiply(ordered, root), spectrum.transforms(), offset);
    store(
        products.multiply(ordered, inverseRoot),
        spectrum.transforms(),
        blocks.components() + offset);
  }

  private static int[] fallingOrder(double[] values) {
    return IntStream.range(0, values.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -values[i]))
        .mapToInt(Integer::intValue)
        .toArray();
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
    double[] falling =
        IntStream.of(fallingOrder(variances)).mapToDouble(i -> variances[i]).toArray();
    byte[] bits = BitAllocation.bits(falling, budget.codeBytes(), CodeShape.MAX_BITS);
    var unscaled = ResidualQuantizer.of(blocks, deviations, bits, 1, spectrum.transforms());
    float step = signFactorStep(unscaled, residuals);
    return ResidualQuantizer.of(blocks, deviations, bits, step, spectrum.transforms());
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

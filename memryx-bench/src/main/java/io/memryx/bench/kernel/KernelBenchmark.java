package io.memryx.bench.kernel;

import io.memryx.internal.kernel.VectorKernels;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One query against the rows of a list, per kernel on floats and bytes; {@link CodeKernelBenchmark}
 * measures those on codes. An operation is one row, so operations per microsecond times the bytes
 * of a row ({@code 4 × dimension} for {@link #dot} and {@link #squaredL2}, {@code dimension} for
 * {@link #dotCodes} and {@link #dotCodeRows}) are megabytes per second; 384 dimensions: 1,536 and
 * 384 bytes. An operation of {@link #multiplyPanel} is one row against {@link
 * VectorKernels#PANEL_WIDTH} columns.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 5, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class KernelBenchmark {
  /** Rows of a list of usual length: 393 kB of float32, which the second-level cache holds. */
  private static final int ROWS = 256;

  private static final long SEED = 42;

  /** Which implementation runs. */
  public enum Arithmetic {
    /** The kernels that the engine would choose; an error if those are scalar. */
    SIMD,
    /** The kernels that run everywhere. */
    SCALAR
  }

  @Param private Arithmetic arithmetic = Arithmetic.SIMD;

  @Param("384")
  private int dimension = 384;

  private VectorKernels kernels = VectorKernels.scalar();
  private float[] query = {};
  private float[] rows = {};
  private byte[] codes = {};
  private float[] panel = {};
  private float[] products = {};

  /** Fills the arrays from a fixed seed. */
  @Setup
  public void fill() {
    kernels =
        switch (arithmetic) {
          case SIMD -> simd();
          case SCALAR -> VectorKernels.scalar();
        };
    var random = new Random(SEED);
    query = gaussians(random, dimension);
    rows = gaussians(random, ROWS * dimension);
    panel = gaussians(random, dimension * VectorKernels.PANEL_WIDTH);
    products = new float[ROWS * VectorKernels.PANEL_WIDTH];
    codes = new byte[ROWS * dimension];
    random.nextBytes(codes);
  }

  /** Inner products of float32 rows. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public float dot() {
    float sum = 0;
    for (int row = 0; row < ROWS; row++) {
      sum += kernels.dot(query, 0, rows, row * dimension, dimension);
    }
    return sum;
  }

  /** Squared distances of float32 rows. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public float squaredL2() {
    float sum = 0;
    for (int row = 0; row < ROWS; row++) {
      sum += kernels.squaredL2(query, 0, rows, row * dimension, dimension);
    }
    return sum;
  }

  /** Inner products of byte codes. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public float dotCodes() {
    float sum = 0;
    for (int row = 0; row < ROWS; row++) {
      sum += kernels.dotCodes(query, codes, row * dimension, dimension);
    }
    return sum;
  }

  /** Inner products of byte codes, as many rows a call as there are. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public float[] dotCodeRows() {
    kernels.dotCodeRows(query, codes, 0, ROWS, dimension, products);
    return products;
  }

  /** Float32 rows against many columns at once, as in assigning vectors to centroids. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public float[] multiplyPanel() {
    kernels.multiplyPanel(rows, 0, ROWS, dimension, panel, 0, products);
    return products;
  }

  private static VectorKernels simd() {
    VectorKernels selected = VectorKernels.selected();
    if (selected == VectorKernels.scalar()) {
      throw new IllegalStateException(
          "the engine chose scalar kernels, there is no SIMD to measure: "
              + selected.description()
              + "; measure with -p arithmetic=SCALAR");
    }
    return selected;
  }

  private static float[] gaussians(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}

package io.memryx.bench.kernel;

import io.memryx.internal.kernel.BlockScores;
import io.memryx.internal.kernel.CodeShape;
import io.memryx.internal.kernel.LevelPolynomial;
import io.memryx.internal.kernel.LookupTables;
import io.memryx.internal.kernel.VectorKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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
 * The two tiers of compressed vectors, per width of vectors: 384 dimensions in 121 bytes. An
 * operation is one row, {@code bytes} are megabytes a second. {@code bench jmh CodeKernel -prof gc}
 * also shows that nothing is allocated per row; {@code bench jmh scanBlocks -bm avgt -tu ns} gives
 * nanoseconds a row.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 5, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class CodeKernelBenchmark {
  private static final int BLOCK_ROWS = VectorKernels.BLOCK_ROWS;
  private static final int COLUMNS = 42;
  private static final int GROUPS = 48;

  /** Rows of one call of a benchmark. */
  private static final int CALL_ROWS = 512;

  /** Blocks of a list of some hundred rows. */
  private static final int RUN_BLOCKS = 4;

  private static final long SEED = 42;

  /** Which implementation runs. */
  public enum Arithmetic {
    /** Vectors of 512 bits. */
    SIMD512,
    /** Vectors of 256 bits. */
    SIMD256,
    /** Vectors of 128 bits. */
    SIMD128,
    /** What the engine uses: the widest that turn out fast. */
    SELECTED,
    /** The kernels that run everywhere. */
    SCALAR
  }

  @Param private Arithmetic arithmetic = Arithmetic.SELECTED;

  /**
   * Rows in all: 22 kB of first-tier codes fit the first-level cache, 5.6 MB the third, 180 MB
   * none.
   */
  @Param({"512", "131072", "4194304"})
  private int rows = CALL_ROWS;

  private VectorKernels kernels = VectorKernels.scalar();
  private CodeShape shape = shape();
  private float[] weights = {};
  private byte[] signs = {};
  private byte[] factors = {};
  private byte[] rowCodes = {};
  private int[] candidates = {};
  private LookupTables tables = LookupTables.of(new float[8], 1, 1);
  private final float[] addends = new float[RUN_BLOCKS * BLOCK_ROWS];
  private final BlockScores scores = new BlockScores();
  private int firstRow;

  /** Bytes read, beside the operations. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Volume {
    /** Codes and factors. */
    public long bytes;
  }

  /** Fills the arrays from a fixed seed. */
  @Setup
  public void fill() {
    kernels =
        switch (arithmetic) {
          case SIMD512 -> VectorKernels.simd(512);
          case SIMD256 -> VectorKernels.simd(256);
          case SIMD128 -> VectorKernels.simd(128);
          case SELECTED -> VectorKernels.selected();
          case SCALAR -> VectorKernels.scalar();
        };
    var random = new Random(SEED);
    weights = new float[shape.weightsLength()];
    for (int i = 0; i < COLUMNS * CodeShape.GROUP; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    signs = bytes(random, rows * COLUMNS);
    factors = bytes(random, rows);
    rowCodes = bytes(random, rows * shape.rowBytes());
    tables = LookupTables.of(weights, COLUMNS, 0.75f);
    candidates = candidates(random);
  }

  /** 42 sign bytes and 76 of magnitudes: 118 bytes, and 3 of factors. */
  private static CodeShape shape() {
    byte[] bits = new byte[GROUPS];
    int[] ends = {4, 12, 26, 34, COLUMNS};
    int group = 0;
    for (int run = 0; run < ends.length; run++) {
      Arrays.fill(bits, group, ends[run], (byte) (ends.length - run));
      group = ends[run];
    }
    List<LevelPolynomial> polynomials = new ArrayList<>();
    for (int b = 1; b <= CodeShape.MAX_BITS; b++) {
      polynomials.add(new LevelPolynomial(4f / (1 << b), 0.1f / (1 << b), 0.01f / (1 << b)));
    }
    return new CodeShape(bits, polynomials);
  }

  /** Rows in rising order with random gaps, as a first tier finds them. */
  private int[] candidates(Random random) {
    int[] chosen = new int[Math.max(CALL_ROWS, rows / 64)];
    for (int i = 0; i < chosen.length; i++) {
      chosen[i] = random.nextInt(rows);
    }
    Arrays.sort(chosen);
    return chosen;
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** First tier: runs of blocks of sign bytes, one after the other. */
  @Benchmark
  @OperationsPerInvocation(CALL_ROWS)
  public int scanBlocks(Volume volume) {
    int above = 0;
    int end = firstRow + CALL_ROWS;
    for (int row = firstRow; row < end; row += RUN_BLOCKS * BLOCK_ROWS) {
      kernels.scanBlocks(
          tables, RUN_BLOCKS, signs, row * COLUMNS, factors, row, 0.5f, addends, 0, 1f, scores);
      above += scores.above(0);
    }
    firstRow = end < rows ? end : 0;
    volume.bytes += CALL_ROWS * (COLUMNS + 1L);
    return above;
  }

  /** Second tier: candidates with gaps, their signs gathered from their blocks. */
  @Benchmark
  @OperationsPerInvocation(CALL_ROWS)
  public float dotLevels(Volume volume) {
    float sum = 0;
    int end = firstRow + CALL_ROWS;
    for (int i = firstRow; i < end; i++) {
      int row = candidates[i];
      int inBlock = row % BLOCK_ROWS;
      sum +=
          kernels.dotLevels(
              shape,
              weights,
              signs,
              (row - inBlock) * COLUMNS + VectorKernels.laneOf(inBlock),
              BLOCK_ROWS,
              rowCodes,
              row * shape.rowBytes());
    }
    firstRow = end < candidates.length ? end : 0;
    volume.bytes += CALL_ROWS * (COLUMNS + (long) shape.rowBytes());
    return sum;
  }

  /** One query's tables; an operation is a query. */
  @Benchmark
  public LookupTables tables() {
    return LookupTables.of(weights, COLUMNS, 0.75f);
  }
}

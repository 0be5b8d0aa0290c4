package io.memryx.bench.truth;

import io.memryx.Metric;
import io.memryx.persistence.exchange.VectorRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An exact search by inner product for many queries over a large base: products in float32, block
 * by block, choose somewhat more candidates than wanted; their scores in double precision order
 * them. The candidates hold the true neighbors for certain if what was left out is worse by more
 * than float32 can err; a query of which that is not certain is scanned again by {@link ExactScan}.
 * Thread-safe.
 */
public final class BlockedScan {
  /**
   * Queries of a panel, {@code dimension × 256}, so that the inner loop is long enough for SIMD and
   * a panel of 384 dimensions (0.4 MB) stays in the second-level cache.
   */
  private static final int PANEL = 256;

  /** Base vectors that a thread takes at a time; they are read once for all queries. */
  private static final int BLOCK = 256;

  /** Components taken together by the kernel: fewer loads and stores of the sums. */
  private static final int UNROLL = 4;

  /** Candidates beyond k, so that the gap behind the k-th is wider than the error. */
  private static final int SPARE = 32;

  private final VectorRows base;
  private final ExactScan exact;

  /** Scans these vectors. */
  public BlockedScan(VectorRows base) {
    this.base = base;
    this.exact = new ExactScan(base, Metric.DOT);
  }

  /**
   * The nearest rows of each query, best first; of equal scores the smaller row comes first.
   *
   * @param k rows wanted per query; as many as there are, if there are fewer
   * @param threads threads of its own that share the base
   */
  public List<Ranking> nearest(float[][] queries, int k, int threads) {
    int depth = Math.min(k, base.rows());
    List<Part> parts = scan(queries, Math.min(k + SPARE, base.rows()), threads);
    double largestNorm = parts.stream().mapToDouble(Part::largestNorm).max().orElseThrow();
    List<Ranking> rankings = new ArrayList<>(queries.length);
    try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
      List<Future<Ranking>> orders = new ArrayList<>();
      for (int query = 0; query < queries.length; query++) {
        int number = query;
        List<Candidates> found = parts.stream().map(part -> part.best().get(number)).toList();
        orders.add(workers.submit(() -> ordered(queries[number], found, depth, largestNorm)));
      }
      for (Future<Ranking> order : orders) {
        rankings.add(result(order));
      }
    }
    return rankings;
  }

  /**
   * What one thread found in the blocks it took.
   *
   * @param best per query its best rows
   * @param largestNorm the greatest length of a vector
   */
  private record Part(List<Candidates> best, double largestNorm) {}

  private List<Part> scan(float[][] queries, int capacity, int threads) {
    List<float[][]> panels = panels(queries);
    var next = new AtomicInteger();
    List<Future<Part>> parts = new ArrayList<>();
    try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
      for (int thread = 0; thread < threads; thread++) {
        parts.add(workers.submit(() -> scanBlocks(panels, queries.length, capacity, next)));
      }
    }
    return parts.stream().map(BlockedScan::result).toList();
  }

  private Part scanBlocks(
      List<float[][]> panels, int queryCount, int capacity, AtomicInteger next) {
    Candidates[] best = new Candidates[queryCount];
    Arrays.setAll(best, query -> new Candidates(capacity));
    int dimension = base.dimension();
    float[] block = new float[BLOCK * dimension];
    float[] sums = new float[PANEL];
    double largestNorm = 0;
    int blocks = Math.ceilDiv(base.rows(), BLOCK);
    for (int b = next.getAndIncrement(); b < blocks; b = next.getAndIncrement()) {
      int first = b * BLOCK;
      int rows = Math.min(BLOCK, base.rows() - first);
      for (int r = 0; r < rows; r++) {
        base.copyRow(first + r, block, r * dimension);
        largestNorm = Math.max(largestNorm, norm(block, r * dimension));
      }
      for (int panel = 0; panel < panels.size(); panel++) {
        int firstQuery = panel * PANEL;
        for (int r = 0; r < rows; r++) {
          products(block, r * dimension, dimension, panels.get(panel), sums);
          offer(best, firstQuery, Math.min(PANEL, queryCount - firstQuery), sums, first + r);
        }
      }
    }
    return new Part(List.of(best), largestNorm);
  }

  private double norm(float[] block, int offset) {
    double sum = 0;
    for (int d = offset; d < offset + base.dimension(); d++) {
      sum += (double) block[d] * block[d];
    }
    return Math.sqrt(sum);
  }

  private static void offer(Candidates[] best, int firstQuery, int queries, float[] sums, int row) {
    for (int j = 0; j < queries; j++) {
      Candidates candidates = best[firstQuery + j];
      if (sums[j] > candidates.threshold) {
        candidates.add(row, sums[j]);
      }
    }
  }

  /** {@code sums[j] = Σ_d vector[d] × panel[d][j]}. */
  private static void products(
      float[] block, int offset, int dimension, float[][] panel, float[] sums) {
    Arrays.fill(sums, 0);
    int d = 0;
    for (; d + UNROLL <= dimension; d += UNROLL) {
      addFour(block, offset + d, panel, d, sums);
    }
    for (; d < dimension; d++) {
      float component = block[offset + d];
      float[] column = panel[d];
      for (int j = 0; j < PANEL; j++) {
        sums[j] += component * column[j];
      }
    }
  }

  /**
   * Adds four components' products. Every array is indexed by {@code j} alone: only then does the
   * compiler know that they do not overlap in a way that forbids SIMD.
   */
  private static void addFour(float[] block, int offset, float[][] panel, int d, float[] sums) {
    float first = block[offset];
    float second = block[offset + 1];
    float third = block[offset + 2];
    float fourth = block[offset + 3];
    float[] firstColumn = panel[d];
    float[] secondColumn = panel[d + 1];
    float[] thirdColumn = panel[d + 2];
    float[] fourthColumn = panel[d + 3];
    for (int j = 0; j < PANEL; j++) {
      sums[j] +=
          first * firstColumn[j]
              + second * secondColumn[j]
              + third * thirdColumn[j]
              + fourth * fourthColumn[j];
    }
  }

  /** Queries transposed, {@code dimension × PANEL} a panel, zeros beyond the last query. */
  private List<float[][]> panels(float[][] queries) {
    List<float[][]> panels = new ArrayList<>();
    for (int first = 0; first < queries.length; first += PANEL) {
      float[][] panel = new float[base.dimension()][PANEL];
      for (int j = 0; j < Math.min(PANEL, queries.length - first); j++) {
        for (int d = 0; d < base.dimension(); d++) {
          panel[d][j] = queries[first + j][d];
        }
      }
      panels.add(panel);
    }
    return panels;
  }

  /** Orders candidates by their scores in double precision. */
  private Ranking ordered(float[] query, List<Candidates> parts, int depth, double largestNorm) {
    int[] rows = parts.stream().flatMapToInt(part -> Arrays.stream(part.rows())).sorted().toArray();
    var top = new TopRows(depth);
    for (int row : rows) {
      top.offer(row, exact.score(query, row));
    }
    Ranking ranking = top.ranking();
    double leftOut = parts.stream().mapToDouble(part -> part.threshold).max().orElseThrow();
    double error = errorBound(Math.sqrt(exact.score(query, query)) * largestNorm);
    boolean certain = rows.length == base.rows() || leftOut + error < ranking.score(depth - 1);
    return certain ? ranking : exact.nearest(new float[][] {query}, depth, 1).getFirst();
  }

  /**
   * How far a float32 sum of products may be from the true one: {@code (d + 1) × 2^-24 × |q| × |x|}
   * to first order; twice that covers the rest.
   */
  private double errorBound(double productOfNorms) {
    return 2 * (base.dimension() + 1) * 0x1p-24 * productOfNorms;
  }

  private static <T> T result(Future<T> part) {
    try {
      return part.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while scanning", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the scan failed: " + e.getCause(), e.getCause());
    }
  }

  /** The best rows of one query so far, unordered: twice the capacity, cut down when full. */
  private static final class Candidates {
    private final int capacity;
    private final long[] entries;
    private int size;

    /** No row scoring this or less gets in; what was turned away scored at most this. */
    private float threshold = Float.NEGATIVE_INFINITY;

    Candidates(int capacity) {
      this.capacity = capacity;
      this.entries = new long[2 * capacity];
    }

    void add(int row, float score) {
      entries[size++] = ((long) sortable(score) << 32) | row;
      if (size == entries.length) {
        cut();
      }
    }

    private void cut() {
      Arrays.sort(entries);
      System.arraycopy(entries, capacity, entries, 0, capacity);
      size = capacity;
      threshold = score(entries[0]);
    }

    int[] rows() {
      return Arrays.stream(entries, 0, size).mapToInt(entry -> (int) entry).toArray();
    }

    /** Integers in the order of the floats. */
    private static int sortable(float score) {
      int bits = Float.floatToIntBits(score);
      return bits ^ ((bits >> 31) & 0x7fff_ffff);
    }

    private static float score(long entry) {
      int bits = (int) (entry >> 32);
      return Float.intBitsToFloat(bits ^ ((bits >> 31) & 0x7fff_ffff));
    }
  }
}

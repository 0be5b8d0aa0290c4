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
import java.util.function.IntPredicate;

/**
 * A brute-force search in double precision that shares no code with the engine: the measure of
 * every recall and of every answer that claims to be exact. Thread-safe.
 */
public final class ExactScan {
  /**
   * Queries scored together: their doubles, {@code dimension × 64}, stay in the second-level cache
   * while every base vector is read once for all of them.
   */
  private static final int BLOCK = 64;

  private final VectorRows base;
  private final Metric metric;
  private final IntPredicate rows;

  /** Scans these vectors under this metric. */
  public ExactScan(VectorRows base, Metric metric) {
    this(base, metric, row -> true);
  }

  /** Scans those rows of the vectors that pass. */
  public ExactScan(VectorRows base, Metric metric, IntPredicate rows) {
    this.base = base;
    this.metric = metric;
    this.rows = rows;
  }

  /** The score of one base vector. */
  public double score(float[] query, int row) {
    return score(query, base.row(row));
  }

  /** The score of any two vectors. */
  public double score(float[] query, float[] vector) {
    double dot = 0;
    for (int i = 0; i < vector.length; i++) {
      dot += (double) query[i] * vector[i];
    }
    return score(dot, squaredNorm(query), squaredNorm(vector));
  }

  /**
   * The first {@code k} of rows that are known to be the nearest, best first, with their scores.
   */
  Ranking ranking(float[] query, int[] rows, int k) {
    int[] first = Arrays.copyOf(rows, k);
    return new Ranking(first, Arrays.stream(first).mapToDouble(row -> score(query, row)).toArray());
  }

  /**
   * The nearest rows of each query, best first; of equal scores the smaller row comes first.
   *
   * @param k rows wanted per query; as many as there are, if there are fewer
   * @param threads threads of its own that share the queries
   */
  public List<Ranking> nearest(float[][] queries, int k, int threads) {
    List<Future<List<Ranking>>> blocks = new ArrayList<>();
    try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
      for (int from = 0; from < queries.length; from += BLOCK) {
        float[][] block = Arrays.copyOfRange(queries, from, Math.min(from + BLOCK, queries.length));
        blocks.add(workers.submit(() -> nearestOfBlock(block, Math.min(k, base.rows()))));
      }
    }
    List<Ranking> rankings = new ArrayList<>(queries.length);
    for (Future<List<Ranking>> block : blocks) {
      rankings.addAll(result(block));
    }
    return rankings;
  }

  private static List<Ranking> result(Future<List<Ranking>> block) {
    try {
      return block.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while scanning", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the scan failed: " + e.getCause(), e.getCause());
    }
  }

  private List<Ranking> nearestOfBlock(float[][] queries, int k) {
    double[] transposed = transposed(queries);
    double[] queryNorms = Arrays.stream(queries).mapToDouble(ExactScan::squaredNorm).toArray();
    TopRows[] tops = new TopRows[queries.length];
    Arrays.setAll(tops, query -> new TopRows(k));
    float[] vector = new float[base.dimension()];
    double[] dots = new double[queries.length];
    for (int row = 0; row < base.rows(); row++) {
      if (!rows.test(row)) {
        continue;
      }
      base.copyRow(row, vector, 0);
      dots(vector, transposed, dots);
      double norm = metric == Metric.DOT ? 0 : squaredNorm(vector);
      for (int query = 0; query < queries.length; query++) {
        tops[query].offer(row, score(dots[query], queryNorms[query], norm));
      }
    }
    return Arrays.stream(tops).map(TopRows::ranking).toList();
  }

  /** {@code dimension × queries}, so that the inner loop of {@link #dots} runs over queries. */
  private double[] transposed(float[][] queries) {
    double[] transposed = new double[base.dimension() * queries.length];
    for (int query = 0; query < queries.length; query++) {
      for (int i = 0; i < base.dimension(); i++) {
        transposed[i * queries.length + query] = queries[query][i];
      }
    }
    return transposed;
  }

  private static void dots(float[] vector, double[] transposed, double[] dots) {
    Arrays.fill(dots, 0);
    for (int i = 0; i < vector.length; i++) {
      double component = vector[i];
      int offset = i * dots.length;
      for (int query = 0; query < dots.length; query++) {
        dots[query] += component * transposed[offset + query];
      }
    }
  }

  private double score(double dot, double queryNorm, double vectorNorm) {
    return switch (metric) {
      case DOT -> dot;
      case COSINE -> dot / Math.sqrt(queryNorm * vectorNorm);
      case L2 -> 2 * dot - queryNorm - vectorNorm;
    };
  }

  private static double squaredNorm(float[] vector) {
    double sum = 0;
    for (float component : vector) {
      sum += (double) component * component;
    }
    return sum;
  }
}

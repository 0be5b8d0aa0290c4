package io.memryx;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Made-up vectors with clusters, and what a brute-force search in double precision finds among
 * them.
 */
public final class RandomVectors {
  private final SplittableRandom random;
  private final int dimension;
  private final float[][] centers;

  /** Vectors of a dimension around so many centers. */
  public RandomVectors(long seed, int dimension, int centers) {
    this.random = new SplittableRandom(seed);
    this.dimension = dimension;
    this.centers = new float[centers][];
    for (int c = 0; c < centers; c++) {
      this.centers[c] = gaussian(1);
    }
  }

  /** The next vector. */
  public float[] next() {
    float[] vector = gaussian(0.5);
    float[] center = centers[random.nextInt(centers.length)];
    for (int d = 0; d < dimension; d++) {
      vector[d] += center[d];
    }
    return vector;
  }

  /** Entries with ids "0", "1", … from {@code first} on, and a metadata field "number". */
  public List<Entry> entries(int first, int count) {
    List<Entry> entries = new ArrayList<>();
    for (int i = first; i < first + count; i++) {
      entries.add(Entry.of("" + i, next(), Metadata.builder().put("number", i).build()));
    }
    return entries;
  }

  private float[] gaussian(double scale) {
    float[] vector = new float[dimension];
    for (int d = 0; d < dimension; d++) {
      vector[d] = (float) (random.nextGaussian() * scale);
    }
    return vector;
  }

  /** The score by definition. */
  public static double score(Metric metric, float[] query, float[] vector) {
    double dot = 0;
    double queryNorm = 0;
    double norm = 0;
    double squaredL2 = 0;
    for (int d = 0; d < query.length; d++) {
      dot += (double) query[d] * vector[d];
      queryNorm += (double) query[d] * query[d];
      norm += (double) vector[d] * vector[d];
      squaredL2 += Math.pow((double) query[d] - vector[d], 2);
    }
    return switch (metric) {
      case COSINE -> dot / Math.sqrt(queryNorm * norm);
      case DOT -> dot;
      case L2 -> -squaredL2;
    };
  }

  /** The scores of the k best, best first. */
  public static List<Double> bestScores(
      Metric metric, float[] query, Map<String, float[]> vectors, int k) {
    return vectors.values().stream()
        .map(vector -> score(metric, query, vector))
        .sorted(Comparator.reverseOrder())
        .limit(k)
        .toList();
  }
}

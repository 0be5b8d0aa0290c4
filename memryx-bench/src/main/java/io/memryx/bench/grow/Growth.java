package io.memryx.bench.grow;

import java.util.SplittableRandom;

/**
 * New vectors that lie as real ones do. Vector {@code i} comes from a real one, x, and the members
 * m of its neighborhood; with c the neighborhood's mean, n its size, t the turn and g normal random
 * numbers,
 *
 * <pre>{@code v = c + cos t × (x − c) + sin t × Σ g_m (m − c) / √(n − 1), at unit length.}</pre>
 *
 * <p>The sum has the covariance of the members around their mean, and {@code cos² t + sin² t = 1}:
 * so the new vectors spread in every direction of their neighborhood just as far as the real ones,
 * whatever the turn. (The difference of two members, over √2, has that covariance too; but a
 * neighborhood has few differences, and vectors that share one come out nearly equal.) Immutable
 * and thread-safe; vector {@code i} depends on the seed and {@code i} alone.
 */
final class Growth {
  private final RealVectors real;
  private final Neighborhoods neighborhoods;
  private final double cosine;
  private final double sine;
  private final long seed;
  private final int[] parents;

  Growth(RealVectors real, Neighborhoods neighborhoods, double turnDegrees, long seed) {
    if (!(turnDegrees > 0 && turnDegrees <= 90)) {
      throw new IllegalArgumentException(
          "turn of " + turnDegrees + " degrees: expected more than 0, at most 90");
    }
    this.real = real;
    this.neighborhoods = neighborhoods;
    this.cosine = Math.cos(Math.toRadians(turnDegrees));
    this.sine = Math.sin(Math.toRadians(turnDegrees));
    this.seed = seed;
    this.parents = shuffled(real.rows(), seed);
  }

  /** The row of the real vector that vector {@code i} comes from: each in turn. */
  int parent(int i) {
    return parents[i % parents.length];
  }

  /** Writes vector {@code i} at an offset of an array. */
  void grow(int i, float[] target, int offset) {
    var random = new SplittableRandom(seed + i * 0x9E37_79B9_7F4A_7C15L);
    int parent = parent(i);
    int members = neighborhoods.size(parent);
    double[] weights = new double[members];
    for (int member = 0; member < members; member++) {
      weights[member] = sine * random.nextGaussian() / Math.sqrt(Math.max(1, members - 1));
    }
    combine(parent, weights, target, offset);
    Unit.scale(target, offset, real.dimension());
  }

  /** The sum of the definition, with {@code sin t × g_m / √(n − 1)} as the members' weights. */
  private void combine(int parent, double[] weights, float[] target, int offset) {
    int dimension = real.dimension();
    float[] components = real.components();
    float[] mean = new float[dimension];
    neighborhoods.mean(parent, mean);
    for (int d = 0; d < dimension; d++) {
      double own = components[real.offset(parent) + d] - mean[d];
      target[offset + d] = (float) (mean[d] + cosine * own);
    }
    for (int member = 0; member < weights.length; member++) {
      int from = real.offset(neighborhoods.member(parent, member));
      double weight = weights[member];
      for (int d = 0; d < dimension; d++) {
        target[offset + d] += (float) (weight * (components[from + d] - mean[d]));
      }
    }
  }

  private static int[] shuffled(int count, long seed) {
    var random = new SplittableRandom(seed);
    int[] rows = new int[count];
    for (int row = 0; row < count; row++) {
      int other = random.nextInt(row + 1);
      rows[row] = rows[other];
      rows[other] = row;
    }
    return rows;
  }
}

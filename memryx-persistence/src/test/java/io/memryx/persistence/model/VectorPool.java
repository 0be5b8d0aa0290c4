package io.memryx.persistence.model;

import java.util.SplittableRandom;

/**
 * Vectors by number, each made from the seed and its number alone: so an operation can name one,
 * and still names it when the operations before it are gone.
 */
record VectorPool(long seed, int dimension, Kind kind) {

  /** How vectors are spread. */
  enum Kind {
    /**
     * Small whole components: many vectors are equal, and scores under dot and l2 are exact in
     * single precision, so that ties are ties.
     */
    GRID,
    /** Around a few centers, as embeddings are: what codes are made for. */
    CLOUD
  }

  private static final int CENTERS = 4;

  /** The vector of a number; never zero. */
  float[] at(int number) {
    var random = new SplittableRandom(seed ^ (number * 0x9E3779B97F4A7C15L));
    return switch (kind) {
      case GRID -> grid(random);
      case CLOUD -> cloud(random);
    };
  }

  private float[] grid(SplittableRandom random) {
    float[] vector = new float[dimension];
    for (int d = 0; d < dimension; d++) {
      vector[d] = random.nextInt(-3, 4);
    }
    if (random.nextInt(dimension + 1) == 0 || isZero(vector)) {
      vector[random.nextInt(dimension)] = 2;
    }
    return vector;
  }

  private static boolean isZero(float[] vector) {
    for (float component : vector) {
      if (component != 0) {
        return false;
      }
    }
    return true;
  }

  private float[] cloud(SplittableRandom random) {
    var center = new SplittableRandom(seed + random.nextInt(CENTERS));
    float[] vector = new float[dimension];
    for (int d = 0; d < dimension; d++) {
      vector[d] = (float) (center.nextGaussian() + 0.5 * random.nextGaussian());
    }
    return vector;
  }
}

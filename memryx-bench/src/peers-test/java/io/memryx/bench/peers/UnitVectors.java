package io.memryx.bench.peers;

import java.util.Random;

/** Random vectors of length 1: each is nearest to itself. */
final class UnitVectors {
  private UnitVectors() {}

  static float[][] of(Random random, int count, int dimension) {
    float[][] vectors = new float[count][dimension];
    for (float[] vector : vectors) {
      double squares = 0;
      for (int i = 0; i < dimension; i++) {
        vector[i] = (float) random.nextGaussian();
        squares += vector[i] * vector[i];
      }
      for (int i = 0; i < dimension; i++) {
        vector[i] /= (float) Math.sqrt(squares);
      }
    }
    return vectors;
  }
}

package io.memryx.bench.grow;

/** Unit length. */
final class Unit {
  private Unit() {}

  /** Scales the vector at this offset to length 1; a vector of length 0 stays as it is. */
  static void scale(float[] vectors, int offset, int dimension) {
    double sum = 0;
    for (int d = offset; d < offset + dimension; d++) {
      sum += (double) vectors[d] * vectors[d];
    }
    if (sum == 0) {
      return;
    }
    double factor = 1 / Math.sqrt(sum);
    for (int d = offset; d < offset + dimension; d++) {
      vectors[d] = (float) (vectors[d] * factor);
    }
  }
}

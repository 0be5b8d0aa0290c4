package io.memryx.persistence.exchange;

/**
 * The shape of a matrix of vectors.
 *
 * @param rows number of vectors, at least 1
 * @param dimension components of every vector, at least 1
 */
public record VectorShape(int rows, int dimension) {
  /** Refuses an empty matrix. */
  public VectorShape {
    if (rows < 1 || dimension < 1) {
      throw new IllegalArgumentException(
          "%d rows of %d components: expected at least 1 of each".formatted(rows, dimension));
    }
  }
}

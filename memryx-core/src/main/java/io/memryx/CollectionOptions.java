package io.memryx;

/**
 * What is fixed when a collection is created.
 *
 * @param dimension number of components of every vector, 1 to {@link Limits#MAX_DIMENSION}
 * @param metric how nearness is measured
 */
public record CollectionOptions(int dimension, Metric metric) {

  /** Refuses a dimension out of range. */
  public CollectionOptions {
    if (dimension < 1 || dimension > Limits.MAX_DIMENSION) {
      throw new ValidationException(
          Violation.Code.BAD_DIMENSION,
          "dimension %d is not in 1..%d".formatted(dimension, Limits.MAX_DIMENSION),
          "give vectors of a dimension in that range");
    }
  }

  /** Cosine similarity at this dimension. */
  public static CollectionOptions of(int dimension) {
    return new CollectionOptions(dimension, Metric.COSINE);
  }

  /** With another metric. */
  public CollectionOptions withMetric(Metric metric) {
    return new CollectionOptions(dimension, metric);
  }
}

package io.memryx;

/**
 * What is fixed when a collection is created.
 *
 * @param dimension number of components of every vector, 1 to {@link Limits#MAX_DIMENSION}
 * @param metric how nearness is measured
 * @param compression what a vector takes in memory
 */
public record CollectionOptions(int dimension, Metric metric, Compression compression) {

  /** Refuses a dimension out of range. */
  public CollectionOptions {
    if (dimension < 1 || dimension > Limits.MAX_DIMENSION) {
      throw new ValidationException(
          Violation.Code.BAD_DIMENSION,
          "dimension %d is not in 1..%d".formatted(dimension, Limits.MAX_DIMENSION),
          "give vectors of a dimension in that range");
    }
  }

  /** Compact. */
  public CollectionOptions(int dimension, Metric metric) {
    this(dimension, metric, Compression.COMPACT);
  }

  /** Cosine similarity at this dimension, compact. */
  public static CollectionOptions of(int dimension) {
    return new CollectionOptions(dimension, Metric.COSINE);
  }

  /** With another metric. */
  public CollectionOptions withMetric(Metric metric) {
    return new CollectionOptions(dimension, metric, compression);
  }

  /** With another compression. */
  public CollectionOptions withCompression(Compression compression) {
    return new CollectionOptions(dimension, metric, compression);
  }
}

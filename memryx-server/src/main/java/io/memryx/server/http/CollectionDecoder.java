package io.memryx.server.http;

import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Limits;
import io.memryx.Metric;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import java.util.function.Consumer;

/** Reads the body of {@code PUT /v1/collections/{name}}. */
final class CollectionDecoder {
  private final JsonReader json;
  private int dimension;
  private Metric metric = Metric.COSINE;
  private Compression compression = Compression.COMPACT;

  private CollectionDecoder(JsonReader json) {
    this.json = json;
  }

  /**
   * The options that the body asks for; without a word about them, cosine and compact.
   *
   * @param keys told the key in the body as soon as it is read
   */
  static CollectionOptions read(JsonReader json, Consumer<String> keys) {
    CollectionDecoder decoder = new CollectionDecoder(json);
    json.object(JsonField.OfCollection.class, field -> decoder.field(field, keys));
    if (decoder.dimension == 0) {
      throw Problem.of(
              ProblemCode.MISSING_FIELD,
              "the collection has no 'dimension'",
              "give the number of components of its vectors, such as {\"dimension\":384}")
          .at("/dimension")
          .toException();
    }
    return new CollectionOptions(decoder.dimension, decoder.metric, decoder.compression);
  }

  private void field(JsonField.OfCollection field, Consumer<String> keys) {
    switch (field) {
      case API_KEY -> keys.accept(json.string());
      case DIMENSION -> dimension = dimension();
      case METRIC -> metric = oneOf(Metric.class);
      case COMPRESSION -> compression = oneOf(Compression.class);
    }
  }

  private int dimension() {
    int value = json.integer();
    if (value < 1 || value > Limits.MAX_DIMENSION) {
      throw json.problem(
          ProblemCode.BAD_DIMENSION,
          "dimension is %d, expected 1..%d".formatted(value, Limits.MAX_DIMENSION),
          "give the number of components that your model's vectors have");
    }
    return value;
  }

  private <E extends Enum<E>> E oneOf(Class<E> type) {
    return Choice.named(type, json.string())
        .orElseThrow(
            () ->
                json.problem(
                    ProblemCode.OUT_OF_RANGE,
                    "there is no such %s".formatted(json.name()),
                    "%s is one of %s".formatted(json.name(), Choice.names(type))));
  }
}

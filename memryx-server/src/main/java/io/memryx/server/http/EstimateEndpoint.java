package io.memryx.server.http;

import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Estimate;
import io.memryx.Limits;
import io.memryx.Memryx;
import io.memryx.Metric;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import tools.jackson.core.JsonGenerator;

/** {@code GET /v1/estimate}: what a collection would take, before it is loaded. */
final class EstimateEndpoint {
  private static final String DEFAULT_ID_BYTES = "16";

  private EstimateEndpoint() {}

  static Answer answer(Call call) {
    int count = number(call, "count", "", new Range(0, Limits.MAX_ENTRIES));
    int dimension = number(call, "dimension", "", new Range(1, Limits.MAX_DIMENSION));
    int idBytes = number(call, "id_bytes", DEFAULT_ID_BYTES, new Range(1, Limits.MAX_ID_BYTES));
    int metadataBytes =
        number(call, "metadata_bytes", "0", new Range(0, Limits.MAX_METADATA_BYTES));
    var options =
        new CollectionOptions(
            dimension,
            choice(call, "metric", Metric.COSINE),
            choice(call, "compression", Compression.COMPACT));
    Estimate estimate = Memryx.estimate(options, count, idBytes, metadataBytes);
    return Answer.ok(json -> write(json, options, estimate));
  }

  private static void write(JsonGenerator json, CollectionOptions options, Estimate estimate) {
    json.writeStartObject();
    json.writeNumberProperty("count", estimate.vectors());
    CollectionEndpoints.writeOptions(json, options);
    json.writeNumberProperty("memory_bytes", estimate.memoryBytes());
    json.writeNumberProperty("disk_bytes", estimate.diskBytes());
    json.writeNumberProperty("load_bytes", estimate.loadBytes());
    json.writeNumberProperty("peak_bytes", estimate.peakBytes());
    CollectionEndpoints.writeBytes(json, estimate.bytes());
    double bytesPerVector =
        estimate.vectors() == 0 ? 0 : (double) estimate.memoryBytes() / estimate.vectors();
    CollectionEndpoints.writeRatios(json, options, bytesPerVector);
    json.writeEndObject();
  }

  private static int number(Call call, String name, String otherwise, Range range) {
    String text = call.query(name).orElse(otherwise);
    if (text.isEmpty()) {
      throw bad("the query parameter '%s' is missing".formatted(name), range);
    }
    try {
      int value = Integer.parseInt(text);
      if (value >= range.min && value <= range.max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below: what is no number is not in the range either.
    }
    throw bad("the query parameter '%s' is not in its range".formatted(name), range);
  }

  private static ProblemException bad(String detail, Range range) {
    return Problem.of(
            ProblemCode.BAD_PARAMETER,
            detail,
            ("give a whole number from %d to %d;"
                    + " GET /v1/estimate?count=1000000&dimension=384&compression=compact")
                .formatted(range.min, range.max))
        .toException();
  }

  private static <E extends Enum<E>> E choice(Call call, String name, E otherwise) {
    Class<E> type = otherwise.getDeclaringClass();
    String given = call.query(name).orElse(Choice.name(otherwise));
    return Choice.named(type, given)
        .orElseThrow(
            () ->
                Problem.of(
                        ProblemCode.BAD_PARAMETER,
                        "the query parameter '%s' names something that there is not"
                            .formatted(name),
                        "it takes one of " + Choice.names(type))
                    .toException());
  }

  private record Range(int min, int max) {}
}

package io.memryx.server.http;

import io.memryx.Limits;
import io.memryx.Metadata;
import io.memryx.MetadataValue;
import io.memryx.MetadataValue.ArrayValue;
import io.memryx.MetadataValue.BooleanValue;
import io.memryx.MetadataValue.DoubleValue;
import io.memryx.MetadataValue.LongValue;
import io.memryx.MetadataValue.NullValue;
import io.memryx.MetadataValue.StringValue;
import io.memryx.server.problem.ProblemCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JsonToken;

/** Reads metadata with its types. */
final class MetadataDecoder {
  private MetadataDecoder() {}

  /** The metadata that the reader stands at; null is none. */
  static Metadata read(JsonReader json) {
    if (json.token() == JsonToken.VALUE_NULL) {
      return Metadata.empty();
    }
    if (json.token() != JsonToken.START_OBJECT) {
      throw json.wrongType("an object of metadata fields");
    }
    Metadata.Builder metadata = Metadata.builder();
    Set<String> seen = new HashSet<>();
    while (json.next() != JsonToken.END_OBJECT) {
      String name = json.name();
      if (!seen.add(name)) {
        throw json.duplicate();
      }
      if (seen.size() > Limits.MAX_METADATA_FIELDS) {
        // Told before all of an endless object is in memory.
        throw json.problem(
            ProblemCode.BAD_METADATA,
            "metadata has more than %d fields".formatted(Limits.MAX_METADATA_FIELDS),
            "keep the fields that you filter by or show");
      }
      json.next();
      metadata.put(name, value(json, ProblemCode.BAD_METADATA));
    }
    return metadata.build();
  }

  /**
   * The value that the reader stands at.
   *
   * @param fault what an object instead of a value is
   */
  static MetadataValue value(JsonReader json, ProblemCode fault) {
    return switch (json.token()) {
      case VALUE_STRING -> new StringValue(json.string());
      case VALUE_NUMBER_INT ->
          json.isLong() ? new LongValue(json.longInteger()) : new DoubleValue(json.number());
      case VALUE_NUMBER_FLOAT -> new DoubleValue(json.number());
      case VALUE_TRUE, VALUE_FALSE -> new BooleanValue(json.bool());
      case VALUE_NULL -> new NullValue();
      case START_ARRAY -> array(json, fault);
      case START_OBJECT ->
          throw json.problem(
              fault,
              "a metadata value is an object",
              "flatten it: values are texts, numbers, booleans, null or arrays of those");
      case END_OBJECT, END_ARRAY, PROPERTY_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
          throw json.wrongType("a metadata value");
    };
  }

  private static MetadataValue array(JsonReader json, ProblemCode fault) {
    List<MetadataValue> values = new ArrayList<>();
    json.array("an array", () -> values.add(value(json, fault)));
    return new ArrayValue(values);
  }
}

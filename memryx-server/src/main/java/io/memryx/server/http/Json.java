package io.memryx.server.http;

import io.memryx.Metadata;
import io.memryx.MetadataValue;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/** The JSON dialect of the server: its parser's bounds, and how values are written. */
final class Json {
  /** Deepest nesting of a request. */
  static final int MAX_DEPTH = 32;

  /** Longest number, in characters. */
  static final int MAX_NUMBER_LENGTH = 64;

  /** Longest text: a vector of the largest dimension in base64 takes a third of that. */
  private static final int MAX_STRING_LENGTH = 64 * 1024;

  private static final int MAX_NAME_LENGTH = 1_024;

  /** NaN and infinities are read so that they can be refused by name rather than as bad syntax. */
  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(MAX_NUMBER_LENGTH)
                  .maxStringLength(MAX_STRING_LENGTH)
                  .maxNameLength(MAX_NAME_LENGTH)
                  .build())
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
          .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
          .build();

  private Json() {}

  /** One JSON document, and the end of its line: a terminal's next prompt begins below it. */
  static byte[] write(Consumer<JsonGenerator> content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
      content.accept(json);
    }
    bytes.write('\n');
    return bytes.toByteArray();
  }

  /** Metadata as a JSON object. */
  static void writeMetadata(JsonGenerator json, Metadata metadata) {
    json.writeStartObject();
    for (Map.Entry<String, MetadataValue> field : metadata.fields().entrySet()) {
      json.writeName(field.getKey());
      writeValue(json, field.getValue());
    }
    json.writeEndObject();
  }

  /** A value of metadata. */
  static void writeValue(JsonGenerator json, MetadataValue value) {
    switch (value) {
      case MetadataValue.StringValue text -> json.writeString(text.value());
      case MetadataValue.LongValue number -> json.writeNumber(number.value());
      case MetadataValue.DoubleValue number -> json.writeNumber(number.value());
      case MetadataValue.BooleanValue truth -> json.writeBoolean(truth.value());
      case MetadataValue.NullValue _ -> json.writeNull();
      case MetadataValue.ArrayValue array -> {
        json.writeStartArray();
        for (MetadataValue element : array.values()) {
          writeValue(json, element);
        }
        json.writeEndArray();
      }
    }
  }

  /** A figure with at most three places behind the point. */
  static double rounded(double figure) {
    return Math.round(figure * 1e3) / 1e3;
  }
}

package io.memryx.bench.measure;

import java.io.StringWriter;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** One JSON object on one line, written field by field. */
public final class JsonLine {
  private static final JsonFactory FACTORY = new JsonFactory();

  private final StringWriter text = new StringWriter();
  private final JsonGenerator generator;

  private JsonLine(String type) {
    generator = FACTORY.createGenerator(ObjectWriteContext.empty(), text);
    generator.writeStartObject();
    put("type", type);
  }

  /** Begins a line whose first field says what it is. */
  public static JsonLine of(String type) {
    return new JsonLine(type);
  }

  /** A text. */
  public JsonLine put(String field, String value) {
    generator.writeStringProperty(field, value);
    return this;
  }

  /** A whole number. */
  public JsonLine put(String field, long value) {
    generator.writeNumberProperty(field, value);
    return this;
  }

  /** A number. */
  public JsonLine put(String field, double value) {
    generator.writeNumberProperty(field, value);
    return this;
  }

  /** The finished line, with its line break. */
  public String end() {
    generator.writeEndObject();
    generator.close();
    return text + "\n";
  }
}

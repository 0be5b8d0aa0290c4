package io.memryx.server;

import java.io.StringWriter;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** One JSON object as a line of text: what commands write with {@code --json}. */
final class JsonText {
  private JsonText() {}

  /** An object with these properties. */
  static String of(Consumer<JsonGenerator> properties) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out =
        JsonFactory.builder().build().createGenerator(ObjectWriteContext.empty(), text)) {
      out.writeStartObject();
      properties.accept(out);
      out.writeEndObject();
    }
    return text.toString();
  }
}

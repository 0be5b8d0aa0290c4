package io.memryx.server.exchange;

import io.memryx.server.exchange.ExchangeException.Kind;
import io.memryx.server.problem.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A server's answers as maps, lists, texts, numbers and booleans; what is null is left out. They
 * are small: a page of refusals is the largest.
 */
final class RemoteJson {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final int MAX_BYTES = 64 << 20;

  private RemoteJson() {}

  /** The text of a body. */
  static String text(InputStream body) throws IOException {
    return new String(body.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
  }

  /** The object that a text is. */
  static Map<String, Object> object(String text) throws ExchangeException {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        return object(parser);
      }
    } catch (JacksonException e) {
      // Told below, as anything else that is no object.
    }
    throw new ExchangeException(
        Kind.SERVER,
        "expected an object from the server, got '%s': is this address a Memryx server?"
            .formatted(Printable.of(text)));
  }

  private static Map<String, Object> object(JsonParser parser) {
    Map<String, Object> fields = new HashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      value(parser).ifPresent(value -> fields.put(name, value));
    }
    return fields;
  }

  private static Optional<Object> value(JsonParser parser) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> Optional.of(object(parser));
      case START_ARRAY -> {
        List<Object> values = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          value(parser).ifPresent(values::add);
        }
        yield Optional.of(values);
      }
      case VALUE_STRING -> Optional.of(parser.getString());
      case VALUE_NUMBER_INT -> Optional.of(parser.getLongValue());
      case VALUE_NUMBER_FLOAT -> Optional.of(parser.getDoubleValue());
      case VALUE_TRUE, VALUE_FALSE -> Optional.of(parser.getBooleanValue());
      case VALUE_NULL, END_OBJECT, END_ARRAY, PROPERTY_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
          Optional.empty();
    };
  }

  /** A number of an object, or 0 where there is none of this name. */
  static int number(Map<String, Object> object, String name) {
    return object.get(name) instanceof Number number ? number.intValue() : 0;
  }

  /** The objects of a list in an object; none where there is no list of this name. */
  static List<Map<?, ?>> objects(Map<String, Object> object, String name) {
    List<Map<?, ?>> found = new ArrayList<>();
    if (object.get(name) instanceof List<?> list) {
      for (Object each : list) {
        if (each instanceof Map<?, ?> map) {
          found.add(map);
        }
      }
    }
    return found;
  }
}

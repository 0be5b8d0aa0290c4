package io.memryx.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Answers as maps and lists, for tests. */
public final class Json {
  private static final JsonFactory FACTORY = JsonFactory.builder().build();

  private Json() {}

  /** An object. */
  @SuppressWarnings("unchecked") // The parser made it of strings and objects.
  public static Map<String, Object> object(String text) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      parser.nextToken();
      Object value = value(parser);
      if (!(value instanceof Map)) {
        throw new AssertionError("not an object: " + text);
      }
      return (Map<String, Object>) value;
    }
  }

  /** The value of a field, which must be there. */
  public static Object member(Map<String, Object> object, String field) {
    Object value = object.get(field);
    if (value == null) {
      throw new AssertionError("no " + field + " in " + object);
    }
    return value;
  }

  /** The list at a field. */
  @SuppressWarnings("unchecked") // The parser made it.
  public static List<Map<String, Object>> objects(Map<String, Object> object, String field) {
    Object value = object.get(field);
    if (!(value instanceof List)) {
      throw new AssertionError(field + " is not a list in " + object);
    }
    return (List<Map<String, Object>>) value;
  }

  private static @Nullable Object value(JsonParser parser) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          object.put(name, value(parser));
        }
        yield object;
      }
      case START_ARRAY -> {
        List<@Nullable Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(parser));
        }
        yield array;
      }
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case null, default -> throw new AssertionError("unexpected " + parser.currentToken());
    };
  }
}

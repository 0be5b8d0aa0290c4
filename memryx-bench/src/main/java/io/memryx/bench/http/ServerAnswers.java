package io.memryx.bench.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads the parts of the server's JSON that the run needs; unknown fields are passed over. */
final class ServerAnswers {
  private static final JsonFactory FACTORY = new JsonFactory();

  private ServerAnswers() {}

  /** The results of a search. */
  static List<Hit> hits(String json) {
    try (JsonParser parser = object(json)) {
      List<Hit> hits = new ArrayList<>();
      boolean found = false;
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String field = parser.currentName();
        parser.nextToken();
        if (field.equals("results") && parser.currentToken() == JsonToken.START_ARRAY) {
          found = true;
          while (parser.nextToken() == JsonToken.START_OBJECT) {
            hits.add(hit(parser));
          }
        } else {
          parser.skipChildren();
        }
      }
      if (!found) {
        throw unexpected(json, "an array 'results'");
      }
      return hits;
    } catch (JacksonException e) {
      throw new ServerRunException("the answer is not JSON: " + shortened(json), e);
    }
  }

  /** The top-level texts and numbers of an object, as text. */
  static Map<String, String> fields(String json) {
    try (JsonParser parser = object(json)) {
      Map<String, String> fields = new HashMap<>();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String field = parser.currentName();
        if (parser.nextToken().isScalarValue()) {
          fields.put(field, parser.getString());
        } else {
          parser.skipChildren();
        }
      }
      return fields;
    } catch (JacksonException e) {
      throw new ServerRunException("the answer is not JSON: " + shortened(json), e);
    }
  }

  /** A field that must be there. */
  static String field(String json, String name) {
    String value = fields(json).get(name);
    if (value == null) {
      throw unexpected(json, "a field '" + name + "'");
    }
    return value;
  }

  private static JsonParser object(String json) {
    JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json);
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw unexpected(json, "a JSON object");
    }
    return parser;
  }

  private static Hit hit(JsonParser parser) {
    String id = "";
    double score = Double.NaN;
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "id" -> id = parser.getString();
        case "score" -> score = parser.getDoubleValue();
        default -> parser.skipChildren();
      }
    }
    return new Hit(id, score);
  }

  private static ServerRunException unexpected(String json, String expected) {
    return new ServerRunException("expected %s in: %s".formatted(expected, shortened(json)));
  }

  private static String shortened(String json) {
    return json.length() <= 300 ? json : json.substring(0, 300) + "…";
  }
}

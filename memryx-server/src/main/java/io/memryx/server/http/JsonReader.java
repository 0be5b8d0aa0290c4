package io.memryx.server.http;

import io.memryx.server.problem.Printable;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import java.io.InputStream;
import java.io.Writer;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamConstraintsException;

/**
 * Reads one JSON document token by token, and tells exactly what is wrong with it. Not thread-safe.
 */
final class JsonReader {
  /**
   * What the parser's messages put before a place in its source, its own options, or a list of all
   * that JSON has.
   */
  private static final List<String> ASIDES =
      List.of(
          " (for ",
          " (start ",
          " at [Source",
          ": was expecting (",
          " to separate",
          ": maybe a (non-standard)",
          ": hexadecimal number",
          ": JSON spec",
          ": expected a valid value",
          ": only regular white space",
          ": has to be escaped",
          ": expected '\\'");

  /** A character that is told in quotes already, by its number. */
  private static final Pattern CODE_ASIDE = Pattern.compile(" \\(code [^)]*\\)");

  /** The fields of each type of object by name. */
  private static final ClassValue<Map<String, JsonField>> FIELDS =
      new ClassValue<>() {
        @Override
        protected Map<String, JsonField> computeValue(Class<?> type) {
          Map<String, JsonField> fields = new LinkedHashMap<>();
          for (Object constant : type.getEnumConstants()) {
            JsonField field = (JsonField) constant;
            fields.put(field.jsonName(), field);
          }
          return fields;
        }
      };

  private final JsonParser parser;

  private JsonReader(JsonParser parser) {
    this.parser = parser;
  }

  /**
   * Reads a document of one object.
   *
   * @param content reads the object; the reader stands at its beginning
   */
  static <T> T read(InputStream body, Function<JsonReader, T> content) {
    try (JsonParser parser = Json.FACTORY.createParser(ObjectReadContext.empty(), body)) {
      JsonReader reader = new JsonReader(parser);
      if (parser.nextToken() == null) {
        throw Problem.of(ProblemCode.BAD_JSON, "the body is empty", "send a complete JSON object")
            .toException();
      }
      T value = content.apply(reader);
      if (parser.nextToken() != null) {
        throw Problem.of(
                ProblemCode.BAD_JSON,
                "something follows the JSON document, at byte " + reader.offset(),
                "send one document")
            .toException();
      }
      return value;
    } catch (JacksonException e) {
      throw toProblem(e);
    }
  }

  /** Moves to the next token. */
  JsonToken next() {
    JsonToken token = parser.nextToken();
    if (token == null) {
      throw Problem.of(
              ProblemCode.BAD_JSON,
              "the body ends at byte %d, in the middle of the document".formatted(offset()),
              "send a complete JSON object")
          .toException();
    }
    return token;
  }

  /** How many objects and lists are around the place where the reader stands. */
  int depth() {
    return parser.streamReadContext().getNestingDepth();
  }

  /** Moves to the end of what is deeper than that, wherever in it the reader stands. */
  void skipTo(int depth) {
    while (depth() > depth) {
      next();
    }
  }

  /** The token that the reader stands at. */
  JsonToken token() {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw new IllegalStateException("nothing read yet");
    }
    return token;
  }

  /** The name of the field that the reader stands in. */
  String name() {
    String name = parser.currentName();
    return name == null ? "" : name;
  }

  /**
   * Reads an object whose fields are known.
   *
   * @param type the fields there are
   * @param field reads one field's value; the reader stands at it
   */
  <F extends Enum<F> & JsonField> void object(Class<F> type, Consumer<F> field) {
    require(JsonToken.START_OBJECT, "an object");
    EnumSet<F> seen = EnumSet.noneOf(type);
    while (next() != JsonToken.END_OBJECT) {
      F known = known(type, name());
      if (!seen.add(known)) {
        throw duplicate();
      }
      next();
      field.accept(known);
    }
  }

  private <F extends Enum<F> & JsonField> F known(Class<F> type, String name) {
    Map<String, JsonField> fields = FIELDS.get(type);
    JsonField known = fields.get(name);
    if (known != null) {
      return type.cast(known);
    }
    List<String> names = List.copyOf(fields.keySet());
    String hint =
        Nearest.to(name, names)
            .map(near -> "did you mean '%s'?".formatted(near))
            .orElse("known fields are " + String.join(", ", names));
    throw problem(
        ProblemCode.UNKNOWN_FIELD,
        "there is no field '%s' here".formatted(Printable.of(name)),
        hint);
  }

  /** The failure of a field that is there twice. */
  ProblemException duplicate() {
    return problem(
        ProblemCode.DUPLICATE_KEY,
        "field '%s' is there twice".formatted(Printable.of(name())),
        "leave one of them out");
  }

  /** Reads a list; the element's reader is called at the beginning of each. */
  void array(String expected, Runnable element) {
    require(JsonToken.START_ARRAY, expected);
    while (next() != JsonToken.END_ARRAY) {
      element.run();
    }
  }

  /** A text. */
  String string() {
    require(JsonToken.VALUE_STRING, "a text");
    return parser.getString();
  }

  /** Gives a text away piece by piece: without a string of it. */
  void string(Writer target) {
    require(JsonToken.VALUE_STRING, "a text");
    int _ = parser.getString(target);
  }

  /** True or false. */
  boolean bool() {
    return switch (token()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> throw wrongType("true or false");
    };
  }

  /** A whole number of 32 bits. */
  int integer() {
    require(JsonToken.VALUE_NUMBER_INT, "a whole number");
    try {
      return parser.getIntValue();
    } catch (InputCoercionException e) {
      throw problem(
          ProblemCode.OUT_OF_RANGE,
          "%s is far out of range".formatted(Printable.of(name())),
          "give a number of reasonable size");
    }
  }

  /** A finite number. */
  double number() {
    double value = anyDouble();
    if (!Double.isFinite(value)) {
      throw nonFinite(value);
    }
    return value;
  }

  private double anyDouble() {
    return switch (token()) {
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      default -> throw wrongType("a number");
    };
  }

  /** A number as a float; NaN and infinities included, so that they can be counted. */
  float component() {
    return switch (token()) {
      case VALUE_NUMBER_INT -> parser.getFloatValue();
      case VALUE_NUMBER_FLOAT -> {
        float read =
            ShortDecimal.parse(
                parser.getStringCharacters(), parser.getStringOffset(), parser.getStringLength());
        yield Float.isNaN(read) ? parser.getFloatValue() : read;
      }
      default -> throw wrongType("a number (every component is one)");
    };
  }

  /** Whether the number at hand is a whole one that fits 64 bits. */
  boolean isLong() {
    if (token() != JsonToken.VALUE_NUMBER_INT) {
      return false;
    }
    return switch (parser.getNumberType()) {
      case INT, LONG -> true;
      case BIG_INTEGER, FLOAT, DOUBLE, BIG_DECIMAL -> false;
    };
  }

  /** A whole number of 64 bits. */
  long longInteger() {
    return parser.getLongValue();
  }

  /** The failure of a number that is NaN or infinite. */
  ProblemException nonFinite(double value) {
    return problem(
        ProblemCode.NON_FINITE, "the number is " + value, "give a finite number that fits");
  }

  /** The failure of a value that is of another type. */
  ProblemException wrongType(String expected) {
    return problem(
        ProblemCode.BAD_TYPE,
        "expected %s, got %s".formatted(expected, describe(token())),
        "see /openapi.json for the shape of requests");
  }

  private void require(JsonToken wanted, String expected) {
    if (token() != wanted) {
      throw wrongType(expected);
    }
  }

  /** A failure at the place where the reader stands. */
  ProblemException problem(ProblemCode code, String detail, String hint) {
    String pointer = parser.streamReadContext().pathAsPointer().toString();
    return Problem.of(code, detail, hint).at(pointer).toException();
  }

  private long offset() {
    return Math.max(0, parser.currentTokenLocation().getByteOffset());
  }

  private static String describe(JsonToken token) {
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "a text";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE, VALUE_FALSE -> "a boolean";
      case VALUE_NULL -> "null";
      case END_OBJECT, END_ARRAY, PROPERTY_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
          "something else";
    };
  }

  private static ProblemException toProblem(JacksonException failure) {
    return switch (failure) {
      case StreamConstraintsException constraint -> overLimit(constraint);
      case JacksonIOException broken -> BodyStream.toProblem(broken.getCause());
      default ->
          Problem.of(
                  ProblemCode.BAD_JSON,
                  "not valid JSON at byte %d: %s"
                      .formatted(offset(failure), Printable.of(syntaxFault(failure))),
                  "check quotes, commas and brackets around that place")
              .toException();
    };
  }

  /** The parser's words up to where they speak of what nobody outside can see. */
  private static String syntaxFault(JacksonException failure) {
    String message = CODE_ASIDE.matcher(message(failure.getOriginalMessage())).replaceAll("");
    int end = message.length();
    for (String aside : ASIDES) {
      int at = message.indexOf(aside);
      end = at < 0 ? end : Math.min(end, at);
    }
    return message.substring(0, end);
  }

  private static ProblemException overLimit(StreamConstraintsException constraint) {
    String message = message(constraint.getOriginalMessage());
    if (message.contains("nesting depth")) {
      return Problem.of(
              ProblemCode.JSON_TOO_DEEP,
              "the document nests more than %d levels".formatted(Json.MAX_DEPTH),
              "no request needs that")
          .toException();
    }
    if (message.startsWith("Number")) {
      return Problem.of(
              ProblemCode.BAD_NUMBER,
              "a number has more than %d characters".formatted(Json.MAX_NUMBER_LENGTH),
              "a 32-bit float needs no more than 9 digits")
          .toException();
    }
    return Problem.of(
            ProblemCode.BAD_JSON,
            "a text or name in the document is too long",
            "the longest text that any field takes is a vector in base64")
        .toException();
  }

  private static long offset(JacksonException failure) {
    return failure.getLocation() == null ? 0 : Math.max(0, failure.getLocation().getByteOffset());
  }

  private static String message(@Nullable String text) {
    return text == null ? "" : text;
  }
}

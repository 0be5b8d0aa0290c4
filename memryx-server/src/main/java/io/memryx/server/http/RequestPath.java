package io.memryx.server.http;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A request's path as segments, decoded once, here and strictly: what other layers might read as
 * another path is refused. The path never names a file.
 *
 * @param segments decoded, none empty
 */
record RequestPath(List<String> segments) {
  RequestPath {
    segments = List.copyOf(segments);
  }

  /** Splits and decodes the path of a request target. */
  static RequestPath of(String raw) {
    if (!raw.startsWith("/") || raw.indexOf(';') >= 0 || raw.indexOf('\\') >= 0) {
      throw badPath("it must begin with '/' and have neither ';' nor '\\'");
    }
    if (raw.equals("/")) {
      return new RequestPath(List.of());
    }
    List<String> segments = new ArrayList<>();
    for (String part : raw.substring(1).split("/", -1)) {
      String segment = decode(part);
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        throw badPath("it has an empty segment, '.' or '..'");
      }
      segments.add(segment);
    }
    return new RequestPath(segments);
  }

  /** Refuses separators that were hidden by encoding, but for ids, which may have any character. */
  void refuseHiddenSeparators(Map<String, String> parameters) {
    for (String segment : segments) {
      boolean hidden =
          segment.indexOf('/') >= 0 || segment.indexOf('\\') >= 0 || segment.indexOf(';') >= 0;
      if (hidden && !segment.equals(parameters.get(Route.ID))) {
        throw badPath("it has an encoded separator");
      }
    }
  }

  /** Decodes percent-encoded UTF-8, without any leniency. */
  static String decode(String encoded) {
    if (isPlain(encoded)) {
      return encoded;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(encoded.length());
    for (int at = 0; at < encoded.length(); at++) {
      char letter = encoded.charAt(at);
      if (letter == '%') {
        bytes.write(hexByte(encoded, at + 1));
        at += 2;
      } else if (letter > ' ' && letter < 0x7f) {
        bytes.write(letter);
      } else {
        throw badPath("it has a character that must be percent-encoded");
      }
    }
    String text;
    try {
      text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes.toByteArray()))
              .toString();
    } catch (CharacterCodingException e) {
      throw badPath("it is not valid UTF-8");
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw badPath("it has a control character");
    }
    return text;
  }

  /** Whether all of it stands for itself, as in nearly every path. */
  private static boolean isPlain(String encoded) {
    for (int at = 0; at < encoded.length(); at++) {
      char letter = encoded.charAt(at);
      if (letter <= ' ' || letter >= 0x7f || letter == '%') {
        return false;
      }
    }
    return true;
  }

  private static int hexByte(String encoded, int at) {
    if (at + 2 > encoded.length()) {
      throw badPath("it ends in the middle of a percent-encoding");
    }
    int high = Character.digit(encoded.charAt(at), 16);
    int low = Character.digit(encoded.charAt(at + 1), 16);
    if (high < 0 || low < 0) {
      throw badPath("it has '%' without two hexadecimal digits");
    }
    return high << 4 | low;
  }

  /**
   * The parameters of a query string.
   *
   * @param raw as sent, without the question mark
   */
  static Map<String, String> parameters(String raw) {
    Map<String, String> parameters = new HashMap<>();
    for (String pair : raw.split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = decode((equals < 0 ? pair : pair.substring(0, equals)).replace("+", "%20"));
      String value = equals < 0 ? "" : decode(pair.substring(equals + 1).replace("+", "%20"));
      if (parameters.put(name, value) != null) {
        throw Problem.of(
                ProblemCode.BAD_PARAMETER, "a query parameter is there twice", "leave one out")
            .toException();
      }
    }
    return parameters;
  }

  private static ProblemException badPath(String reason) {
    return Problem.of(
            ProblemCode.BAD_PATH,
            "the URL is not acceptable: " + reason,
            "GET / lists the endpoints; percent-encode ids")
        .toException();
  }
}

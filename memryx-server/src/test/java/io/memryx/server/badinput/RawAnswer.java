package io.memryx.server.badinput;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * An answer as it came over the line.
 *
 * @param status of the first line; 0 if the connection ended without a word
 * @param headers by their names in lower case
 * @param body all that follows the head, until the connection's end
 */
record RawAnswer(int status, Map<String, String> headers, String body) {
  static final int NONE = 0;
  private static final String HEAD_END = "\r\n\r\n";

  RawAnswer {
    headers = Map.copyOf(headers);
  }

  /** The status of an answer, whatever else it has. */
  static int statusOf(byte[] bytes) {
    String line = new String(bytes, 0, Math.min(bytes.length, 64), StandardCharsets.ISO_8859_1);
    if (!line.startsWith("HTTP/1.1 ") && !line.startsWith("HTTP/1.0 ")) {
      throw new AssertionError("no answer: " + line);
    }
    return Integer.parseInt(line.split(" ", 3)[1]);
  }

  /** Reads what came until the connection's end. */
  static RawAnswer of(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    int end = text.indexOf(HEAD_END);
    if (text.isEmpty()) {
      return new RawAnswer(NONE, Map.of(), "");
    }
    if (end < 0) {
      throw new AssertionError("no whole head: " + text);
    }
    String[] lines = text.substring(0, end).split("\r\n", -1);
    Map<String, String> headers = new TreeMap<>();
    for (int line = 1; line < lines.length; line++) {
      int colon = lines[line].indexOf(':');
      String name = lines[line].substring(0, colon).toLowerCase(Locale.ROOT);
      headers.put(name, lines[line].substring(colon + 1).strip());
    }
    int status = Integer.parseInt(lines[0].split(" ", -1)[1]);
    return new RawAnswer(status, headers, text.substring(end + HEAD_END.length()));
  }

  /** The value of a header, or nothing. */
  String header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
  }
}

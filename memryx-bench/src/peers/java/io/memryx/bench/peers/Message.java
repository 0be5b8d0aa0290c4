package io.memryx.bench.peers;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;

/**
 * One line between the measuring process and a peer's: a verb and named values, separated by tabs.
 *
 * @param verb what is asked or answered
 * @param values by name; neither names nor values hold tabs or line breaks
 */
record Message(String verb, Map<String, String> values) {
  private static final String SEPARATOR = "\t";

  Message {
    values = Map.copyOf(values);
    requireOneLine(verb);
    values.forEach(
        (name, value) -> {
          requireOneLine(name);
          requireOneLine(value);
        });
  }

  private static void requireOneLine(String text) {
    if (text.contains(SEPARATOR) || text.contains("\n") || text.contains("\r")) {
      throw new IllegalArgumentException("a tab or line break in '" + text + "'");
    }
  }

  static Message of(String verb) {
    return new Message(verb, Map.of());
  }

  /** With one more value. */
  Message with(String name, Object value) {
    Map<String, String> more = new LinkedHashMap<>(values);
    more.put(name, String.valueOf(value));
    return new Message(verb, more);
  }

  String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalStateException("'%s' without '%s': %s".formatted(verb, name, values));
    }
    return value;
  }

  long whole(String name) {
    return Long.parseLong(text(name));
  }

  double number(String name) {
    return Double.parseDouble(text(name));
  }

  /** The line, without its end. */
  String line() {
    var line = new StringJoiner(SEPARATOR);
    line.add(verb);
    values.forEach((name, value) -> line.add(name + "=" + value));
    return line.toString();
  }

  /** Reads a line that {@link #line} wrote. */
  static Message parse(String line) {
    String[] parts = line.split(SEPARATOR, -1);
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException("no value in '" + parts[i] + "' of: " + line);
      }
      values.put(parts[i].substring(0, equals), parts[i].substring(equals + 1));
    }
    return new Message(parts[0], values);
  }
}

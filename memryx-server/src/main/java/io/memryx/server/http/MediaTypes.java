package io.memryx.server.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What headers say about types of content. */
final class MediaTypes {
  /** One JSON document. */
  static final String JSON = "application/json";

  /** A page for a browser. */
  static final String HTML = "text/html";

  /** One JSON document a line. */
  static final String LINES = "application/x-ndjson";

  /** Text. */
  static final String PLAIN = "text/plain";

  /** Files in one. */
  static final String ZIP = "application/zip";

  /** Whether a body of this type is read as it comes, and may have any length. */
  static boolean isStreamed(@Nullable String type) {
    return isOf(type, LINES) || isOf(type, ZIP);
  }

  /** Events as the server sends them. */
  static final String EVENTS = "text/event-stream";

  private MediaTypes() {}

  /** Whether a Content-Type is this type, in UTF-8 if it names a charset. */
  static boolean isOf(@Nullable String contentType, String type) {
    if (contentType == null) {
      return false;
    }
    String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", -1);
    if (!parts[0].strip().equals(type)) {
      return false;
    }
    for (int part = 1; part < parts.length; part++) {
      String parameter = parts[part].strip();
      if (parameter.startsWith("charset=") && !parameter.matches("charset=\"?utf-?8\"?")) {
        return false;
      }
    }
    return true;
  }

  /** Whether somebody who sends this Accept takes an answer of a type. */
  static boolean accepts(@Nullable String accept, String type) {
    if (accept == null || accept.isBlank()) {
      return true;
    }
    String family = type.substring(0, type.indexOf('/') + 1) + "*";
    for (String range : accept.toLowerCase(Locale.ROOT).split(",", -1)) {
      String[] parts = range.split(";", -1);
      String name = parts[0].strip();
      boolean refused = parts.length > 1 && parts[1].strip().matches("q=0(\\.0*)?");
      if (!refused && (name.equals("*/*") || name.equals(family) || name.equals(type))) {
        return true;
      }
    }
    return false;
  }

  /**
   * How gladly somebody who sends this Accept takes a type that it names, 0 to 1; 0 if it does not.
   */
  static double quality(@Nullable String accept, String type) {
    if (accept == null) {
      return 0;
    }
    for (String range : accept.toLowerCase(Locale.ROOT).split(",", -1)) {
      String[] parts = range.split(";", -1);
      if (parts[0].strip().equals(type)) {
        return quality(parts);
      }
    }
    return 0;
  }

  private static double quality(String[] parts) {
    for (int at = 1; at < parts.length; at++) {
      String parameter = parts[at].strip();
      if (parameter.matches("q=[01](\\.[0-9]{0,3})?")) {
        return Double.parseDouble(parameter.substring(2));
      }
    }
    return 1;
  }
}

package io.memryx.server.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What headers say about types of content. */
final class MediaTypes {
  private MediaTypes() {}

  /** Whether a Content-Type is JSON, in UTF-8 if it names a charset. */
  static boolean isJson(@Nullable String contentType) {
    if (contentType == null) {
      return false;
    }
    String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", -1);
    if (!parts[0].strip().equals("application/json")) {
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
}

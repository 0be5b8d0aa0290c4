package io.memryx.persistence.crash;

import java.util.Locale;

/** The closing lines of the tests, which carry their numbers. */
final class Report {
  private Report() {}

  /** Prints one line. */
  @SuppressWarnings({"SystemOut", "AnnotateFormatMethod"}) // read by whoever runs the tests
  static void line(String format, Object... arguments) {
    System.out.println("[crash] " + String.format(Locale.ROOT, format, arguments));
  }
}

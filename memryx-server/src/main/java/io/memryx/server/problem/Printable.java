package io.memryx.server.problem;

/** A caller's text made fit for messages and logs: short, and without control characters. */
public final class Printable {
  private static final int MAX_LENGTH = 80;

  private Printable() {}

  /** The text, at most 80 characters, every control character or half of a surrogate as '?'. */
  public static String of(String text) {
    String shown = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH - 3) + "...";
    return shown.replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Cs}]", "?");
  }
}

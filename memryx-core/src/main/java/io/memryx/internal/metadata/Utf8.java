package io.memryx.internal.metadata;

/** Which texts survive UTF-8 and back. */
public final class Utf8 {
  private Utf8() {}

  /** Whether every surrogate has its other half. */
  public static boolean isEncodable(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        boolean pair =
            i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
        if (!pair) {
          return false;
        }
        i++;
      }
    }
    return true;
  }
}

package io.memryx.server.http;

import java.io.Writer;
import java.util.Arrays;
import java.util.Base64;

/**
 * Texts in standard base64, taken piece by piece and decoded in arrays that serve for the next one
 * of the same length: a batch of vectors is read without an array for each. Not thread-safe.
 */
final class Base64Text extends Writer {
  /** No character of base64: whatever is beyond ASCII is refused as this would be. */
  private static final byte ILLEGAL = '?';

  private byte[] text = {};
  private int length;
  private byte[] decoded = {};

  /** Forgets the text before. */
  Base64Text begin() {
    length = 0;
    return this;
  }

  @Override
  public void write(char[] characters, int offset, int count) {
    int needed = Math.addExact(length, count);
    if (needed > text.length) {
      // The first piece is mostly all of it.
      text = Arrays.copyOf(text, length == 0 ? needed : Math.max(needed, 2 * text.length));
    }
    for (int at = 0; at < count; at++) {
      char character = characters[offset + at];
      text[length + at] = character < 128 ? (byte) character : ILLEGAL;
    }
    length = needed;
  }

  /**
   * Decodes the text.
   *
   * @return the number of bytes in {@link #bytes}
   * @throws IllegalArgumentException if it is not base64
   */
  int decode() {
    if (text.length != length) {
      text = Arrays.copyOf(text, length);
    }
    int room = Math.multiplyExact(Math.ceilDiv(length, 4), 3);
    if (decoded.length < room) {
      decoded = new byte[room];
    }
    return Base64.getDecoder().decode(text, decoded);
  }

  /** What was decoded last; this text's own array. */
  byte[] bytes() {
    return decoded;
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}

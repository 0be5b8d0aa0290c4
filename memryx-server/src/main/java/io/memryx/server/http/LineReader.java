package io.memryx.server.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * The lines of a stream, read one by one. Lines of nothing but white space are passed over, but
 * counted. Not thread-safe.
 */
public final class LineReader {
  /** An entry of the largest dimension and the largest metadata takes a sixth of that. */
  public static final int MAX_LINE_BYTES = 1 << 20;

  /** Of lines with nothing in them: a stream of nothing else must come to an end, too. */
  static final int MAX_BLANK_BYTES = 16 << 20;

  private final InputStream in;
  private final byte[] buffer = new byte[64 * 1024];
  private int position;
  private int end;
  private int number;
  private long bytesRead;
  private long blankBytes;

  /** Reads from a stream, which stays the caller's to close. */
  public LineReader(InputStream in) {
    this.in = in;
  }

  /**
   * A line without its end.
   *
   * @param number its place in the stream, from 1 on
   * @param bytes what is in it; whoever takes it owns it
   */
  // A record of an array on purpose: handed over, not shared.
  @SuppressWarnings("ArrayRecordComponent")
  public record Line(int number, byte[] bytes) {}

  /** A line that is longer than any entry, or too many empty ones; nothing can be read further. */
  public static final class LineTooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    private LineTooLongException(String message) {
      super(message);
    }
  }

  /** The next line, or empty at the end of the stream. */
  public Optional<Line> next() throws IOException {
    while (position < end || fill()) {
      number++;
      byte[] bytes = rest();
      if (!isBlank(bytes)) {
        return Optional.of(new Line(number, bytes));
      }
      blankBytes += bytes.length + 1;
      if (blankBytes > MAX_BLANK_BYTES) {
        throw new LineTooLongException(
            "up to line %d, empty lines have more than %d bytes: expected one entry a line"
                .formatted(number, MAX_BLANK_BYTES));
      }
    }
    return Optional.empty();
  }

  /** Bytes taken from the stream: up to a buffer more than the lines given. */
  public long bytesRead() {
    return bytesRead;
  }

  /** From the position up to the end of the line, which is passed. */
  private byte[] rest() throws IOException {
    for (int at = position; at < end; at++) {
      if (buffer[at] == '\n') {
        byte[] whole = Arrays.copyOfRange(buffer, position, at);
        position = at + 1;
        return whole;
      }
    }
    return restOverBuffers();
  }

  private byte[] restOverBuffers() throws IOException {
    var line = new ByteArrayOutputStream(4_096);
    do {
      int from = position;
      while (position < end && buffer[position] != '\n') {
        position++;
      }
      line.write(buffer, from, position - from);
      if (line.size() > MAX_LINE_BYTES) {
        throw new LineTooLongException(
            "line %d has more than %d bytes: expected one entry a line"
                .formatted(number, MAX_LINE_BYTES));
      }
      if (position < end) {
        position++;
        break;
      }
    } while (fill());
    return line.toByteArray();
  }

  private boolean fill() throws IOException {
    position = 0;
    end = Math.max(0, in.read(buffer));
    bytesRead += end;
    return end > 0;
  }

  private static boolean isBlank(byte[] line) {
    for (byte one : line) {
      if (one != ' ' && one != '\t' && one != '\r') {
        return false;
      }
    }
    return true;
  }
}

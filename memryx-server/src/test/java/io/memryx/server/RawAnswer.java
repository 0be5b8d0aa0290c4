package io.memryx.server;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** An answer as it came over the wire, on a connection that was closed after it. Immutable. */
final class RawAnswer {
  private final int status;
  private final Map<String, String> headers;
  private final byte[] body;

  private RawAnswer(int status, Map<String, String> headers, byte[] body) {
    this.status = status;
    this.headers = Map.copyOf(headers);
    this.body = body;
  }

  /** Reads to the end. */
  static RawAnswer read(InputStream from) throws IOException {
    InputStream in = new ByteArrayInputStream(from.readAllBytes());
    String first = line(in);
    if (!first.startsWith("HTTP/")) {
      throw new EOFException("no answer, but '%s'".formatted(first));
    }
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    boolean chunked = "chunked".equalsIgnoreCase(headers.get("transfer-encoding"));
    return new RawAnswer(
        Integer.parseInt(first.split(" ", -1)[1]),
        headers,
        chunked ? chunks(in) : in.readAllBytes());
  }

  private static byte[] chunks(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
      body.write(in.readNBytes(size));
      String end = line(in);
      if (!end.isEmpty()) {
        throw new EOFException("a chunk goes on with '%s'".formatted(end));
      }
    }
    return body.toByteArray();
  }

  private static int chunkSize(InputStream in) throws IOException {
    return Integer.parseInt(line(in), 16);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      line.write(next);
    }
    return line.toString(StandardCharsets.US_ASCII).stripTrailing();
  }

  /** The HTTP status. */
  int status() {
    return status;
  }

  /** A header. */
  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
  }

  /** The body. */
  byte[] body() {
    return body.clone();
  }

  /** The body as text. */
  String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "%d %s %s".formatted(status, headers, text());
  }
}

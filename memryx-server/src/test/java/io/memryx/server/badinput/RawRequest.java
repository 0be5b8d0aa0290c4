package io.memryx.server.badinput;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A request as bytes, so that nothing between the test and the server mends it. In bodies that are
 * given as JSON, {@code '} stands for {@code "}.
 */
final class RawRequest {
  private static final String HOST = "Host: localhost";
  private static final String LINE_END = "\r\n";

  private final StringBuilder head;
  private byte[] body = {};

  private RawRequest(String firstLine) {
    head = new StringBuilder(firstLine).append(LINE_END);
  }

  /** Exactly these characters, each one byte, and nothing else. */
  static byte[] exactly(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A first line of one's own, without anything else. */
  static RawRequest line(String firstLine) {
    return new RawRequest(firstLine);
  }

  /** A method and a path, of a decent client in all else. */
  static RawRequest of(String method, String target) {
    return line(method + " " + target + " HTTP/1.1").header(HOST).header("Connection: close");
  }

  static RawRequest get(String target) {
    return of("GET", target);
  }

  static RawRequest post(String target) {
    return of("POST", target);
  }

  static RawRequest put(String target) {
    return of("PUT", target);
  }

  static RawRequest delete(String target) {
    return of("DELETE", target);
  }

  /** With a whole line of the head. */
  RawRequest header(String line) {
    head.append(line).append(LINE_END);
    return this;
  }

  /** With a key. */
  RawRequest key(String key) {
    return header("Authorization: Bearer " + key);
  }

  /** With a document as body. */
  RawRequest json(String document) {
    return body("application/json", document.replace('\'', '"'));
  }

  /** With a document as body, whose apostrophes are such. */
  RawRequest jsonAsItIs(String document) {
    return body("application/json", document);
  }

  /** With lines as body. */
  RawRequest lines(String lines) {
    return body("application/x-ndjson", lines.replace('\'', '"'));
  }

  /** With a body. */
  RawRequest body(String type, String text) {
    return body(type, text.getBytes(StandardCharsets.UTF_8));
  }

  /** With a body of bytes. */
  RawRequest body(String type, byte[] bytes) {
    return header("Content-Type: " + type).header("Content-Length: " + bytes.length).then(bytes);
  }

  /** With a body in chunks of some size. */
  RawRequest chunked(String type, String text, int chunkBytes) {
    byte[] bytes = text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream chunks = new ByteArrayOutputStream();
    for (int at = 0; at < bytes.length; at += chunkBytes) {
      int length = Math.min(chunkBytes, bytes.length - at);
      chunks.writeBytes(exactly(Integer.toHexString(length).toUpperCase(Locale.ROOT) + LINE_END));
      chunks.write(bytes, at, length);
      chunks.writeBytes(exactly(LINE_END));
    }
    chunks.writeBytes(exactly("0" + LINE_END + LINE_END));
    return header("Content-Type: " + type)
        .header("Transfer-Encoding: chunked")
        .then(chunks.toByteArray());
  }

  /** With these bytes after the head, whatever the head says. */
  RawRequest then(byte[] bytes) {
    body = bytes.clone();
    return this;
  }

  /** With these characters after the head, whatever the head says. */
  RawRequest then(String text) {
    return then(exactly(text));
  }

  /** All of it. */
  byte[] bytes() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(exactly(head + LINE_END));
    all.writeBytes(body);
    return all.toByteArray();
  }
}

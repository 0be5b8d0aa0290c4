package io.memryx.server;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A request for one operation of the interface, as it goes over the wire: what clients' libraries
 * refuse to send can be sent with it. Immutable.
 */
final class Ask {
  private static final int TIMEOUT_MILLIS = 30_000;

  private final String operation;
  private final String target;
  private final String version;
  private final List<String> headers;
  private final byte[] body;

  private Ask(String operation, String target, String version, List<String> headers, byte[] body) {
    this.operation = operation;
    this.target = target;
    this.version = version;
    this.headers = List.copyOf(headers);
    this.body = body;
  }

  /**
   * A request without key and body.
   *
   * @param operation method and template of the path
   */
  static Ask of(String operation) {
    String template = operation.substring(operation.indexOf(' ') + 1);
    return new Ask(operation, template, "HTTP/1.1", List.of(), new byte[0]);
  }

  /** Method and template of the path. */
  String operation() {
    return operation;
  }

  /** With a value for a parameter of the path, percent-encoded; once more does nothing. */
  Ask path(String name, String value) {
    return new Ask(operation, target.replace("{" + name + "}", value), version, headers, body);
  }

  /** With one more parameter of the query, percent-encoded. */
  Ask query(String pair) {
    String longer = target + (target.contains("?") ? "&" : "?") + pair;
    return new Ask(operation, longer, version, headers, body);
  }

  /** With another method. */
  Ask method(String other) {
    String changed = other + operation.substring(operation.indexOf(' '));
    return new Ask(changed, target, version, headers, body);
  }

  /** In another version of HTTP. */
  Ask version(String other) {
    return new Ask(operation, target, other, headers, body);
  }

  /** With a header, in place of those of its name. */
  Ask header(String name, String value) {
    List<String> others = new ArrayList<>(without(name));
    others.add(name + ": " + value);
    return new Ask(operation, target, version, others, body);
  }

  private List<String> without(String name) {
    String beginning = name.toLowerCase(Locale.ROOT) + ":";
    return headers.stream()
        .filter(line -> !line.toLowerCase(Locale.ROOT).startsWith(beginning))
        .toList();
  }

  /** With another key. */
  Ask key(String key) {
    return header("Authorization", "Bearer " + key);
  }

  /** Without a key. */
  Ask anonymous() {
    return new Ask(operation, target, version, without("Authorization"), body);
  }

  /** With a body. */
  Ask body(String type, byte[] bytes) {
    Ask typed = header("Content-Type", type);
    return new Ask(operation, target, version, typed.headers, bytes.clone());
  }

  /** With a body of JSON. */
  Ask json(String text) {
    return body("application/json", text.getBytes(StandardCharsets.UTF_8));
  }

  /** Without a body. */
  Ask bodiless() {
    return new Ask(operation, target, version, without("Content-Type"), new byte[0]);
  }

  /** The path and the query. */
  String target() {
    return target;
  }

  /** The type of the body, if it has one. */
  Optional<String> type() {
    return headers.stream()
        .filter(line -> line.startsWith("Content-Type: "))
        .map(line -> line.substring("Content-Type: ".length()))
        .findFirst();
  }

  /** The body. */
  byte[] body() {
    return body.clone();
  }

  private byte[] head() {
    StringBuilder head = new StringBuilder();
    head.append(operation, 0, operation.indexOf(' '))
        .append(' ')
        .append(target)
        .append(' ')
        .append(version)
        .append("\r\nConnection: close\r\n");
    if (headers.stream().noneMatch(line -> line.startsWith("Host:"))) {
      head.append("Host: a\r\n");
    }
    headers.forEach(line -> head.append(line).append("\r\n"));
    boolean told = headers.stream().anyMatch(line -> line.startsWith("Content-Length:"));
    if (body.length > 0 && !told) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    return head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** Sends it and takes the answer. */
  RawAnswer send(int port) {
    try (Socket socket = connect(port)) {
      sendFirst(socket, body.length);
      return RawAnswer.read(socket.getInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(operation, e);
    }
  }

  /** A connection to a server. */
  static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  /** Sends its head and the first bytes of its body. */
  void sendFirst(Socket socket, int bytes) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(head());
    try {
      out.write(body, 0, bytes);
      out.flush();
    } catch (SocketException e) {
      // Whoever is refused by the head alone may be cut off: the answer tells.
    }
  }

  /** Sends the rest of its body. */
  void sendRest(Socket socket, int from) throws IOException {
    socket.getOutputStream().write(body, from, body.length - from);
    socket.getOutputStream().flush();
  }

  @Override
  public String toString() {
    return operation + " as " + target;
  }
}

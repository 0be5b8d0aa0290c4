package io.memryx.bench.http;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One connection that sends requests made before and reads no more of their answers than it must:
 * so that what is measured is the server, on a machine that it shares with its clients. Not
 * thread-safe.
 */
final class RawConnection implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 60_000;
  private static final String LENGTH = "content-length:";

  private final Socket socket;
  private final InputStream in;
  private final byte[] unwanted = new byte[16 * 1024];
  private boolean ends;

  RawConnection(URI address) throws IOException {
    socket = new Socket(address.getHost(), address.getPort());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    in = new BufferedInputStream(socket.getInputStream(), unwanted.length);
  }

  /** A request of JSON with a key, byte by byte. */
  static byte[] request(String path, String key, String body) {
    return request("POST " + path, key, "application/json", body);
  }

  /**
   * A request with a key, byte by byte.
   *
   * @param target method and path
   * @param type of the body, which is ASCII
   */
  static byte[] request(String target, String key, String type, String body) {
    String head =
        "%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n".formatted(target, key)
            + "Content-Type: %s\r\nContent-Length: %d\r\n\r\n".formatted(type, body.length());
    return (head + body).getBytes(StandardCharsets.US_ASCII);
  }

  /** Sends a request and reads its answer; gives the status. */
  int exchange(byte[] request) throws IOException {
    socket.getOutputStream().write(request);
    String line = line();
    int status = Integer.parseInt(line.split(" ", 3)[1]);
    long length = 0;
    for (String header = line(); !header.isEmpty(); header = line()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith(LENGTH)) {
        length = Long.parseLong(lower.substring(LENGTH.length()).strip());
      }
      ends |= lower.equals("connection: close");
    }
    skip(length);
    return status;
  }

  /** Whether the server said that it closes the connection. */
  boolean ends() {
    return ends;
  }

  private void skip(long length) throws IOException {
    for (long left = length; left > 0; ) {
      int read = in.read(unwanted, 0, (int) Math.min(left, unwanted.length));
      if (read < 0) {
        throw new EOFException("the answer ended early");
      }
      left -= read;
    }
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (int read = in.read(); read != '\n'; read = in.read()) {
      if (read < 0) {
        throw new EOFException("the connection ended");
      }
      if (read != '\r') {
        line.append((char) read);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

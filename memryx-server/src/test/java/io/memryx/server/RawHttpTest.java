package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Requests that follow one another on a connection, byte by byte. */
@SuppressWarnings(
    "StringConcatToTextBlock") // HTTP ends its lines with CR LF, a text block does not.
final class RawHttpTest {
  private static final int TIMEOUT_MILLIS = 20_000;
  private static final String CLOSE = "Host: localhost\r\nConnection: close\r\n\r\n";

  private static TestServer server = TestServer.inMemory();

  @BeforeAll
  static void start() {
    server.close();
    server = TestServer.inMemory();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void theServerServesOn() {
    assertEquals(200, server.send(server.request("/livez")).statusCode());
  }

  private static String send(String request) throws IOException {
    return send(server, request);
  }

  private static String send(TestServer target, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), target.port())) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      try {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
      } catch (java.net.SocketException e) {
        // Refused while sending: the answer may be there all the same.
      }
      try {
        socket.getInputStream().transferTo(answer);
      } catch (java.net.SocketException e) {
        // A reset after the answer is an end, too.
      }
      return answer.toString(StandardCharsets.UTF_8);
    }
  }

  private static void assertAnswer(int status, String code, String answer) {
    assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
    assertTrue(answer.contains("\"code\":\"" + code + "\""), answer);
  }

  @Test
  void body_isReadOn_afterItsRefusal_forTheNextRequest() throws IOException {
    String body = "{\"vector\":[1,0]}";
    String request =
        "POST /search HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nAuthorization: Bearer"
            + " k\r\nX-Unused: a\r\nAccept: image/png\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body
            + "GET /livez HTTP/1.1\r\n"
            + CLOSE;
    String answers = send(request);
    assertAnswer(406, "not_acceptable", answers);
    assertTrue(answers.contains("HTTP/1.1 200 OK"), answers);
  }
}

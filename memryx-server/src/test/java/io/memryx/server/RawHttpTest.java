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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that no decent client sends, byte by byte. */
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/../health",
        "/v1/%2e%2e/health",
        "/v1//collections",
        "/v1/collections/",
        "/v1/collections/a%2fb",
        "/v1/collections/a%5cb",
        "/health%00",
        "/health%0a",
        "/health;x=y",
        "/v1;x=y/collections",
        "/health%3b",
        "/%c0%af",
        "/%ff",
        "/v1/collections/default/vectors/..%2f..%2fetc/x"
      })
  void path_unsafe_isRefused(String path) throws IOException {
    assertAnswer(400, "bad_path", send("GET " + path + " HTTP/1.1\r\n" + CLOSE));
  }

  @ParameterizedTest
  @CsvSource({"TRACE, 501", "CONNECT, 501", "BREW, 501", "DELETE, 405", "PUT, 405"})
  void method_strange_isRefused(String method, int status) throws IOException {
    String answer = send(method + " /health HTTP/1.1\r\n" + CLOSE);
    assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"xchunked", "chunked, identity", "gzip, chunked", "identity"})
  void transferEncoding_otherThanChunked_isRefused(String coding) throws IOException {
    String request =
        "POST /search HTTP/1.1\r\nX-API-Key: k\r\nContent-Type: application/json\r\n"
            + "Transfer-Encoding: "
            + coding
            + "\r\n"
            + CLOSE
            + "2\r\n{}\r\n0\r\n\r\n";
    assertAnswer(400, "bad_transfer_encoding", send(request));
  }

  @Test
  void transferEncoding_onHttp10_isRefused() throws IOException {
    String request =
        "POST /search HTTP/1.0\r\nX-API-Key: k\r\nContent-Type: application/json\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
    String answer = send(request);
    assertTrue(answer.contains(" 400 "), answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /search HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        "POST /search HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "POST /search HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST /search HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello",
        "GET /livez HTTP/1.1\r\n\r\n",
        "GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /livez HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
      })
  void framing_ambiguous_is400(String request) throws IOException {
    String answer = send(request);
    assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
  }

  @Test
  void expect_unknown_is417() throws IOException {
    assertAnswer(
        417, "expectation_failed", send("GET /livez HTTP/1.1\r\nExpect: magic\r\n" + CLOSE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Encoding: gzip",
        "Content-Encoding: identity\r\nContent-Encoding: gzip",
        "Content-Encoding: identity, br"
      })
  void contentEncoding_any_is415(String header) throws IOException {
    String request =
        "POST /search HTTP/1.1\r\nX-API-Key: k\r\nContent-Type: application/json\r\n"
            + header
            + "\r\nContent-Length: 2\r\n"
            + CLOSE
            + "{}";
    assertAnswer(415, "unsupported_media_type", send(request));
  }

  @ParameterizedTest
  @CsvSource({"HTTP/0.9, 505", "HTTP/2.0, 400", "HTTX/1.1, 400"})
  void version_notSpoken_isRefused(String version, int status) throws IOException {
    String answer = send("GET /livez " + version + "\r\n" + CLOSE);
    assertTrue(answer.substring(answer.indexOf(' ')).startsWith(" " + status + " "), answer);
  }

  @Test
  void head_thatDoesNotEnd_endsTheConnection() throws IOException {
    String answer = send("GET /livez HTTP/1.1\r\nHost: a\r\nX-Slow: ");
    assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 4"), answer);
  }

  @Test
  void body_thatStandsStill_is408_andTheConnectionEnds() throws IOException {
    String request =
        "POST /search HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\nContent-Type: application/json\r\n"
            + "Content-Length: 100\r\n\r\n{\"vector\":";
    assertAnswer(408, "request_timeout", send(request));
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

  @Test
  void url_tooLong_is414() throws IOException {
    String request = "GET /livez?x=" + "a".repeat(9_000) + " HTTP/1.1\r\n" + CLOSE;
    assertAnswer(414, "uri_too_long", send(request));
  }

  @Test
  void headers_tooLarge_endTheConnection() throws IOException {
    String request = "GET /livez HTTP/1.1\r\nX-Large: " + "a".repeat(40_000) + "\r\n" + CLOSE;
    String answer = send(request);
    assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 4"), answer);
  }

  @Test
  void contentLength_huge_is413_beforeTheBodyIsSent() throws IOException {
    String request =
        "POST /add HTTP/1.1\r\nX-API-Key: k\r\nContent-Type: application/json\r\n"
            + "Content-Length: 99999999999\r\n"
            + CLOSE;
    assertAnswer(413, "body_too_large", send(request));
  }

  @Test
  void chunks_farBeyondTheLimit_are413() throws IOException {
    String chunk = "10000\r\n" + " ".repeat(0x10000) + "\r\n";
    String request =
        "POST /add HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\nContent-Type: application/json\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
            // Limit, slack, and some more.
            + chunk.repeat(48)
            + "0\r\n\r\n";
    try (TestServer small = TestServer.inMemory("MAX_REQUEST_BYTES", "1048576")) {
      assertAnswer(413, "body_too_large", send(small, request));
    }
  }

  @Test
  void body_endsEarly_isNoDefect() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      String head =
          "POST /add HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\nContent-Type: application/json\r\n"
              + "Content-Length: 100\r\n\r\n{\"vectors\":";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
    }
    assertEquals(404, server.get("/v1/collections/default", "k").statusCode());
  }

  @Test
  void utf8_broken_is400() throws IOException {
    String body = "{\"vectors\":[{\"id\":\"\u00c3(\",\"values\":[1]}]}";
    String request =
        "POST /add HTTP/1.1\r\nX-API-Key: k\r\nContent-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\n"
            + CLOSE
            + body;
    assertAnswer(400, "bad_json", send(request));
  }

  @Test
  void absoluteForm_isUnderstood() throws IOException {
    String answer =
        send("GET http://localhost/livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
  }
}

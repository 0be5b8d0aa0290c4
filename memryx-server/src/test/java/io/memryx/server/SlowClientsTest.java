package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Clients that send slowly, or too much, or open more than they need: others don't notice. */
@SuppressWarnings(
    "StringConcatToTextBlock") // HTTP ends its lines with CR LF, a text block does not.
final class SlowClientsTest {
  private static final int TIMEOUT_MILLIS = 30_000;

  private static Socket open(TestServer server) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static void closeAll(List<Socket> sockets) throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Test
  void bodies_thatDoNotCome_holdNoThread() throws IOException {
    List<Socket> sockets = new ArrayList<>();
    try (TestServer server = TestServer.inMemory()) {
      for (int client = 0; client < 300; client++) {
        Socket socket = open(server);
        sockets.add(socket);
        // Without a key: whose they are would be told by what does not come.
        send(
            socket,
            "POST /add HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                + "Content-Length: 1000\r\n\r\n{\"vectors\":");
      }
      assertEquals(200, server.post("/add", TestServer.addOf("v", 3, 4, 1)).statusCode());
      assertEquals(200, server.post("/search", "{\"vector\":[1,0,0,0]}").statusCode());
      assertEquals(200, server.get("/metrics").statusCode());
    } finally {
      closeAll(sockets);
    }
  }

  /** Else whoever guesses keys has the server take in a body for each. */
  @Test
  void bodies_thatMayHaveAKey_ofWhoSentTooManyWrongOnes_areNotReadIfLarge() throws IOException {
    try (TestServer server = TestServer.inMemory("AUTH_MODE", "keys", "API_KEYS", "acme=right");
        Socket socket = open(server)) {
      for (int attempt = 0; attempt < 21; attempt++) {
        server.post("/search", "wrong", "{\"vector\":[1]}");
      }
      send(
          socket,
          "POST /add HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
              + "Content-Length: 100000\r\n\r\n");
      String head = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
      assertEquals("HTTP/1.1 429", head);
      assertEquals(
          200,
          server
              .send(
                  server
                      .request("/add")
                      .header("Content-Type", "application/json")
                      .POST(
                          BodyPublishers.ofString(
                              "{\"api_key\":\"right\","
                                  + TestServer.addOf("v", 1, 4, 1).substring(1))))
              .statusCode());
    }
  }

  @Test
  void uploads_thatDoNotGoOn_holdNoSearch() throws IOException {
    List<Socket> sockets = new ArrayList<>();
    try (TestServer server = TestServer.inMemory()) {
      assertEquals(200, server.post("/add", TestServer.addOf("v", 3, 4, 1)).statusCode());
      for (int client = 0; client < 40; client++) {
        Socket socket = open(server);
        sockets.add(socket);
        send(
            socket,
            "POST /v1/collections/default/vectors HTTP/1.1\r\nHost: a\r\nX-API-Key: test-key\r\n"
                + "Content-Type: application/x-ndjson\r\nContent-Length: 100000\r\n\r\n{\"id\"");
      }
      assertEquals(200, server.post("/search", "{\"vector\":[1,0,0,0]}").statusCode());
      assertEquals(200, server.post("/add", TestServer.addOf("w", 3, 4, 1)).statusCode());
    } finally {
      closeAll(sockets);
    }
  }

  @Test
  void connections_asManyAsMayBe_theNextIsToldSo_untilOneIsClosed() throws IOException {
    try (TestServer server = TestServer.inMemory("MAX_CONNECTIONS", "2");
        Socket first = open(server)) {
      assertAnswered(first);
      try (Socket second = open(server)) {
        assertAnswered(second);
        assertToldThatFull(server);
      }
      while (!isServed(server)) {
        Thread.onSpinWait();
      }
    }
  }

  private static void assertAnswered(Socket socket) throws IOException {
    send(socket, "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n");
    assertTrue(socket.getInputStream().read() > 0);
  }

  private static void assertToldThatFull(TestServer server) throws IOException {
    try (Socket third = open(server)) {
      String told = new String(third.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertTrue(told.startsWith("HTTP/1.1 503 "), told);
      assertTrue(told.contains("\r\nRetry-After: 1\r\n"), told);
      String body = told.substring(told.indexOf("\r\n\r\n") + 4);
      assertEquals("overloaded", Json.object(body).get("code"));
    }
  }

  private static boolean isServed(TestServer server) throws IOException {
    try (Socket next = open(server)) {
      send(next, "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      String told = new String(next.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return told.startsWith("HTTP/1.1 200 ");
    } catch (SocketException e) {
      // Refused while it was sending.
      return false;
    }
  }

  @Test
  void lines_moreThanAllBodiesMayHaveTogether_passThrough() {
    byte[] vector = "{\"id\":\"same\",\"values\":[0,1,0,0]}".getBytes(StandardCharsets.US_ASCII);
    byte[] line = Arrays.copyOf(vector, 1 << 20);
    Arrays.fill(line, vector.length, line.length, (byte) ' ');
    line[line.length - 1] = '\n';
    // A quarter of the heap is what bodies may have.
    int lines = (int) (Runtime.getRuntime().maxMemory() / 4 / line.length) + 50;
    try (TestServer server = TestServer.inMemory()) {
      server.post("/add", TestServer.addOf("v", 1, 4, 1));
      List<byte[]> body = new ArrayList<>(Collections.nCopies(lines, line));
      body.add("{\"id\":\"good\",\"values\":[1,0,0,0]}\n".getBytes(StandardCharsets.US_ASCII));
      var answer =
          server.send(
              server
                  .request("/v1/collections/default/vectors?on_error=skip")
                  .header("X-API-Key", TestServer.KEY)
                  .header("Content-Type", "application/x-ndjson")
                  .POST(BodyPublishers.ofByteArrays(body)));
      assertEquals(200, answer.statusCode(), answer.body());
      assertEquals(2L, Json.object(answer.body()).get("upserted"));
      assertEquals(lines - 1L, Json.object(answer.body()).get("rejected_count"));
    }
  }
}

package io.memryx.server;

import static io.memryx.server.AdminTest.keyOf;
import static io.memryx.server.AdminTest.ok;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Uploads that take so long that the ground they began on is gone when they end. */
@SuppressWarnings(
    "StringConcatToTextBlock") // HTTP ends its lines with CR LF, a text block does not.
final class UploadsTest {
  private static final int TIMEOUT_MILLIS = 30_000;
  private static final String ROOT = "ROOT";
  private static final String DOCS = "/v1/collections/docs";
  private static final String LINE = "{\"id\":\"a\",\"values\":[1,0]}\n";
  private static final String DOCUMENT = "{\"vectors\":[{\"id\":\"a\",\"values\":[1,0]}]}";

  private static TestServer start(String... more) {
    String[] variables = new String[4 + more.length];
    variables[0] = "AUTH_MODE";
    variables[1] = "keys";
    variables[2] = "ADMIN_API_KEY";
    variables[3] = ROOT;
    System.arraycopy(more, 0, variables, 4, more.length);
    return TestServer.inMemory(variables);
  }

  private static void makeDocs(TestServer server, String key) {
    var made =
        server.send(
            server
                .request(DOCS)
                .header("X-API-Key", key)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString("{\"dimension\":2}")));
    assertEquals(201, made.statusCode(), made.body());
  }

  /** One that the server waits for. */
  private record Upload(Socket socket, String body) implements AutoCloseable {
    /** Returns once the server has looked at the key and asks for the body. */
    static Upload begin(TestServer server, String key, String type, String body)
        throws IOException {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
      socket.setSoTimeout(TIMEOUT_MILLIS);
      Upload upload = new Upload(socket, body);
      upload.send(
          "POST "
              + DOCS
              + "/vectors HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-API-Key: "
              + key
              + "\r\nContent-Type: "
              + type
              + "\r\nContent-Length: "
              + body.length()
              + "\r\nExpect: 100-continue\r\n\r\n");
      String asked = "HTTP/1.1 100 Continue\r\n\r\n";
      InputStream in = socket.getInputStream();
      assertEquals(asked, new String(in.readNBytes(asked.length()), StandardCharsets.US_ASCII));
      return upload;
    }

    private void send(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
    }

    String end() throws IOException {
      send(body);
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static void assertAnswer(int status, String answer) {
    assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
  }

  private static void assertNothingIn(TestServer server, String key) {
    assertEquals(0L, ok(200, server.get(DOCS, key)).get("vectors"));
  }

  private static void endsWithItsKey(String type, String body) throws IOException {
    try (TestServer server = start()) {
      Map<String, Object> key =
          ok(201, server.post("/v1/admin/keys", ROOT, "{\"tenant\":\"acme\"}"));
      String other = keyOf(server, "acme");
      makeDocs(server, other);
      try (Upload upload = Upload.begin(server, String.valueOf(key.get("key")), type, body)) {
        assertEquals(
            204,
            AdminTest.delete(server, "/v1/admin/keys/" + key.get("key_id"), ROOT).statusCode());
        assertAnswer(401, upload.end());
      }
      assertNothingIn(server, other);
    }
  }

  @Test
  void lines_ofAKeyThatIsRevokedMeanwhile_areNotAdded() throws IOException {
    endsWithItsKey("application/x-ndjson", LINE);
  }

  @Test
  void document_ofAKeyThatIsRevokedMeanwhile_isNotAdded() throws IOException {
    endsWithItsKey("application/json", DOCUMENT);
  }

  @Test
  void lines_forACollectionThatIsMadeAnewMeanwhile_areNotAdded() throws IOException {
    try (TestServer server = start("API_KEYS", "acme=KEY")) {
      makeDocs(server, "KEY");
      try (Upload upload = Upload.begin(server, "KEY", "application/x-ndjson", LINE)) {
        assertEquals(204, AdminTest.delete(server, DOCS, "KEY").statusCode());
        makeDocs(server, "KEY");
        assertAnswer(404, upload.end());
      }
      assertNothingIn(server, "KEY");
    }
  }

  @Test
  void lines_forATenantThatIsMadeAnewMeanwhile_areNotAdded() throws IOException {
    try (TestServer server = start("API_KEYS", "acme=KEY")) {
      makeDocs(server, "KEY");
      try (Upload upload = Upload.begin(server, "KEY", "application/x-ndjson", LINE)) {
        assertEquals(204, AdminTest.delete(server, "/v1/admin/tenants/acme", ROOT).statusCode());
        makeDocs(server, "KEY");
        assertAnswer(404, upload.end());
      }
      assertNothingIn(server, "KEY");
    }
  }

  /** Another tenant's build is at work, so that this one's waits. */
  @Test
  void events_ofATenantThatIsRemoved_end() {
    try (TestServer server = start("API_KEYS", "acme=" + TestServer.KEY + ",globex=OTHER");
        HeldBuilds _ = new HeldBuilds()) {
      server.post("/add", "OTHER", TestServer.addOf("v", 3, 4, 1));
      assertEquals(202, server.post("/finalize", "OTHER", "{}").statusCode());
      server.post("/add", TestServer.addOf("v", 3, 4, 1));
      String location =
          server
              .post("/v1/collections/default/finalize", "{}")
              .headers()
              .firstValue("Location")
              .orElseThrow();
      try (Stream<String> events = server.stream(location + "/events").body()) {
        assertEquals(204, AdminTest.delete(server, "/v1/admin/tenants/acme", ROOT).statusCode());
        String last =
            events.filter(line -> line.startsWith("data:")).reduce((_, next) -> next).orElseThrow();
        assertEquals("cancelled", Json.object(last.substring("data:".length())).get("status"));
      }
    }
  }
}

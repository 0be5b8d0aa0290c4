package io.memryx.server;

import static io.memryx.server.AdminTest.ok;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Two tenants: whatever Bob asks for, by whatever name or id of Alice's, he is answered byte for
 * byte as on a server where she never was; and nothing that he does changes what she has.
 */
final class IsolationTest {
  private static final Logger ROOT = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private static final String ALICE = "alices-key";
  private static final String BOB = "bobs-key";

  /** Part of every id, name and value that is Alice's. */
  private static final String CANARY = "canary";

  private static final String DOCS = CANARY + "-docs";
  private static final String IDEMPOTENCY_KEY = CANARY + "-request";
  private static final String JSON = "application/json";
  private static final String LINES = "application/x-ndjson";

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    ROOT.addAppender(log);
  }

  @AfterEach
  void stopListening() {
    ROOT.detachAppender(log);
  }

  private static TestServer start() {
    return TestServer.inMemory(
        "AUTH_MODE", "keys", "API_KEYS", "alice=" + ALICE + ",bob=" + BOB, "ADMIN_API_KEY", "ROOT");
  }

  /**
   * A request of Bob's.
   *
   * @param route which it tries out
   * @param path with names and ids
   * @param headers beside the key
   * @param body empty for none
   */
  private record Request(String route, String path, Map<String, String> headers, String body) {
    String method() {
      return route.substring(0, route.indexOf(' '));
    }

    HttpResponse<String> send(TestServer server, int number) {
      HttpRequest.Builder request =
          server
              .request(path)
              .header("Authorization", "Bearer " + BOB)
              .header("X-Request-Id", "bob-" + number)
              .method(
                  method(),
                  body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
      headers.forEach(request::header);
      return server.send(request);
    }
  }

  /** What Alice has, as far as Bob could guess it. */
  private record Belongings(String operation, String cursor) {}

  private static Belongings fillForAlice(TestServer server) {
    String vectors =
        """
        {"vectors":[
          {"id":"canary-1","values":[1,0,0],"metadata":{"canary-field":"canary-value"}},
          {"id":"canary-2","values":[0,1,0],"metadata":{"canary-field":"canary-other"}}]}""";
    ok(200, server.post("/add", ALICE, vectors));
    String path = "/v1/collections/" + DOCS;
    assertEquals(
        201,
        server
            .send(
                server
                    .request(path)
                    .header("X-API-Key", ALICE)
                    .header("Content-Type", JSON)
                    .PUT(BodyPublishers.ofString("{\"dimension\":3,\"metric\":\"dot\"}")))
            .statusCode());
    assertEquals(
        200,
        server
            .send(
                server
                    .request(path + "/vectors")
                    .header("X-API-Key", ALICE)
                    .header("Content-Type", JSON)
                    .header("Idempotency-Key", IDEMPOTENCY_KEY)
                    .POST(BodyPublishers.ofString(vectors)))
            .statusCode());
    String build = Json.member(server.finalizeAndWait(ALICE), "build_id").toString();
    String cursor =
        Json.member(ok(200, server.get(path + "/vectors?limit=1", ALICE)), "next_cursor")
            .toString();
    return new Belongings(build, cursor);
  }

  private static Request plain(String route, String path) {
    return new Request(route, path, Map.of(), "");
  }

  private static Request json(String route, String path, String body) {
    return new Request(route, path, Map.of("Content-Type", JSON), body);
  }

  /** Everything that a tenant can ask for, of what is Alice's. */
  private static List<Request> requests(Belongings alices) {
    List<Request> all = new ArrayList<>();
    for (String name : List.of("default", DOCS)) {
      addReads(all, name, alices);
    }
    all.add(plain("GET /v1/collections", "/v1/collections"));
    String operation = alices.operation();
    all.add(plain("GET /v1/operations/{id}", "/v1/operations/" + operation));
    all.add(plain("GET /v1/operations/{id}/events", "/v1/operations/" + operation + "/events"));
    all.add(plain("DELETE /v1/operations/{id}", "/v1/operations/" + operation));
    all.add(plain("GET /finalize/status", "/finalize/status?build_id=" + operation));
    all.add(json("POST /search", "/search", "{\"vector\":[1,0,0]}"));
    all.add(json("POST /search", "/search", "{\"id\":\"canary-1\"}"));
    all.add(json("POST /finalize", "/finalize", "{}"));
    all.add(plain("GET /v1/estimate", "/v1/estimate?count=10&dimension=3"));
    addWrites(all);
    for (String name : List.of("default", DOCS)) {
      addReads(all, name, alices);
    }
    all.add(plain("GET /v1/collections", "/v1/collections"));
    all.add(plain("DELETE /v1/collections/{name}", "/v1/collections/" + DOCS));
    all.add(plain("DELETE /v1/collections/{name}", "/v1/collections/" + DOCS));
    all.add(plain("DELETE /v1/collections/{name}", "/v1/collections/default"));
    return all;
  }

  private static void addReads(List<Request> all, String name, Belongings alices) {
    String route = "/v1/collections/{name}";
    String path = "/v1/collections/" + name;
    String vectors = "/vectors";
    all.add(plain("GET " + route, path));
    all.add(plain("GET " + route + "/stats", path + "/stats"));
    all.add(plain("GET " + route + vectors, path + vectors));
    all.add(plain("GET " + route + vectors, path + "/vectors?cursor=" + alices.cursor()));
    all.add(new Request("GET " + route + vectors, path + vectors, Map.of("Accept", LINES), ""));
    all.add(plain("GET " + route + vectors + "/{id}", path + "/vectors/canary-1"));
    all.add(plain("DELETE " + route + vectors + "/{id}", path + "/vectors/canary-1"));
    all.add(json("POST " + route + "/search", path + "/search", "{\"vector\":[1,0,0]}"));
    all.add(json("POST " + route + "/search", path + "/search", "{\"id\":\"canary-2\"}"));
    all.add(json("POST " + route + "/delete", path + "/delete", "{\"ids\":[\"canary-1\"]}"));
    all.add(
        json(
            "POST " + route + "/delete",
            path + "/delete",
            "{\"filter\":{\"canary-field\":{\"exists\":true}},\"dry_run\":true}"));
    all.add(json("POST " + route + "/recall", path + "/recall", "{\"sample\":2,\"k\":1}"));
  }

  /** Bob's own things under Alice's names, of other kinds than hers. */
  private static void addWrites(List<Request> all) {
    String one = "{\"vectors\":[{\"id\":\"canary-2\",\"values\":[3,4]}]}";
    all.add(json("POST /add", "/add", one));
    all.add(json("POST /ingest", "/ingest", one));
    String route = "/v1/collections/{name}";
    String path = "/v1/collections/" + DOCS;
    all.add(json("PUT " + route, path, "{\"dimension\":2}"));
    for (int times = 0; times < 2; times++) {
      all.add(
          new Request(
              "POST " + route + "/vectors",
              path + "/vectors",
              Map.of("Content-Type", JSON, "Idempotency-Key", IDEMPOTENCY_KEY),
              one));
    }
    all.add(json("POST " + route + "/finalize", path + "/finalize", "{}"));
  }

  /** What of an answer must not depend on anybody else. */
  private static String essence(HttpResponse<String> answer) {
    Map<String, List<String>> headers = new TreeMap<>(answer.headers().map());
    headers.keySet().removeIf(name -> name.toLowerCase(Locale.ROOT).equals("date"));
    if (answer.statusCode() == 202) {
      return "202"; // A new operation: its id and its times are its own.
    }
    // Times are the machine's.
    String body = answer.body().replaceAll("\"(took_ms|p50_ms|p95_ms)\":[0-9.Ee-]+", "\"$1\":0");
    headers.remove("content-length");
    return answer.statusCode() + " " + headers + " " + body;
  }

  @Test
  void bob_isAnswered_asIfAliceHadNeverBeenThere() {
    try (TestServer withAlice = start();
        TestServer without = start()) {
      Belongings alices = fillForAlice(withAlice);
      String before = everythingOf(withAlice, ALICE);
      int number = 0;
      for (Request request : requests(alices)) {
        number++;
        HttpResponse<String> with = request.send(withAlice, number);
        HttpResponse<String> expected = request.send(without, number);
        awaitBuild(withAlice, with);
        awaitBuild(without, expected);
        assertEquals(essence(expected), essence(with), request.toString());
        assertTrue(with.statusCode() < 500, request + " " + with.body());
      }
      assertEquals(before, everythingOf(withAlice, ALICE));
      assertEquals(200, withAlice.get("/v1/operations/" + alices.operation(), ALICE).statusCode());
    }
  }

  private static void awaitBuild(TestServer server, HttpResponse<String> answer) {
    if (answer.statusCode() != 202) {
      return;
    }
    Map<String, Object> body = Json.object(answer.body());
    Object id = body.containsKey("build_id") ? body.get("build_id") : body.get("id");
    assertEquals("swapped", server.waitForBuild(BOB, String.valueOf(id)).get("status"));
  }

  private static String everythingOf(TestServer server, String key) {
    StringBuilder everything = new StringBuilder(server.get("/v1/collections", key).body());
    for (String name : List.of("default", DOCS)) {
      everything.append(server.get("/v1/collections/" + name + "/stats", key).body());
      everything.append(
          server
              .send(
                  server
                      .request("/v1/collections/" + name + "/vectors")
                      .header("X-API-Key", key)
                      .header("Accept", LINES))
              .body());
    }
    return everything.toString();
  }

  @Test
  void requests_tryOutEveryRouteOfATenant() {
    try (TestServer server = start()) {
      TreeSet<String> tried = new TreeSet<>();
      requests(new Belongings("x", "x")).forEach(request -> tried.add(request.route()));
      TreeSet<String> offered = new TreeSet<>();
      for (Map<String, Object> route :
          Json.objects(Json.object(server.get("/").body()), "endpoints")) {
        String path = Json.member(route, "path").toString();
        // Whoever has no key at all may ask the others, or they are the administrator's.
        boolean needsATenant =
            !path.startsWith("/v1/admin")
                && server
                        .send(
                            server
                                .request(path.replace("{", "").replace("}", ""))
                                .method(
                                    Json.member(route, "method").toString(),
                                    BodyPublishers.noBody()))
                        .statusCode()
                    == 401;
        if (needsATenant) {
          offered.add(route.get("method") + " " + path);
        }
      }
      assertEquals(offered, tried);
      assertTrue(offered.size() > 20, offered.toString());
    }
  }

  /** Bob's errors tell of what he sent, and the metrics and the log of nobody's data. */
  @Test
  void metricsAndLog_tellNothingOfAnybodysData() {
    try (TestServer server = start()) {
      Belongings alices = fillForAlice(server);
      int number = 0;
      for (Request request : requests(alices)) {
        awaitBuild(server, request.send(server, ++number));
      }
      for (String accept : List.of("text/plain", JSON)) {
        String metrics = server.send(server.request("/metrics").header("Accept", accept)).body();
        assertFalse(metrics.contains(CANARY), metrics);
        assertFalse(metrics.contains("alice"), metrics);
        assertFalse(metrics.contains("bob"), metrics);
      }
      assertFalse(server.get("/health").body().contains(CANARY));
    }
    List<String> forbidden =
        List.of("canary-1", "canary-2", "canary-field", "canary-value", ALICE, BOB, "ROOT=");
    for (ILoggingEvent event : List.copyOf(log.list)) {
      for (String secret : forbidden) {
        assertFalse(event.getFormattedMessage().contains(secret), event.getFormattedMessage());
      }
    }
  }

  /** Cursors carry an id that the caller had already, and nothing of whose it is. */
  @Test
  void cursors_tellOnlyWhatTheirPageDid() {
    try (TestServer server = start()) {
      Belongings alices = fillForAlice(server);
      String encoded = alices.cursor().substring(alices.cursor().indexOf('.') + 1);
      assertEquals(
          "canary-1", new String(Base64.getUrlDecoder().decode(encoded), StandardCharsets.UTF_8));
    }
  }

  /** One tenant's limits are nobody else's. */
  @Test
  void limits_reachedByOne_leaveTheOthers() {
    try (TestServer server = start()) {
      ok(
          200,
          AdminTest.put(
              server,
              "/v1/admin/tenants/alice",
              "{\"limits\":{\"searches_per_day\":1,\"adds_per_minute\":2}}"));
      fillAndSearch(server, ALICE, 200);
      fillAndSearch(server, ALICE, 429);
      fillAndSearch(server, BOB, 200);
      fillAndSearch(server, BOB, 200);
    }
  }

  private static void fillAndSearch(TestServer server, String key, int expected) {
    assertEquals(expected, server.post("/add", key, TestServer.addOf("v", 2, 3, 1)).statusCode());
    assertEquals(expected, server.post("/search", key, "{\"vector\":[1,0,0]}").statusCode());
  }
}

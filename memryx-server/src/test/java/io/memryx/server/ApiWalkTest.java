package io.memryx.server;

import static io.memryx.server.ApiWalk.KEY;
import static io.memryx.server.ApiWalk.ROOT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.persistence.SnapshotStore;
import io.memryx.server.http.AllowedHosts;
import io.memryx.server.http.ConnectionLimits;
import io.memryx.server.http.HttpOptions;
import io.memryx.server.http.HttpServer;
import io.memryx.server.http.Pace;
import io.memryx.server.metrics.ServerMeters;
import io.memryx.server.service.Readiness;
import io.memryx.server.service.Services;
import io.memryx.server.tenant.AuthMode;
import io.memryx.server.tenant.Authenticator;
import io.memryx.server.tenant.KeyRing;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether the interface is what {@code openapi.json} says, and all of it. */
final class ApiWalkTest {
  private static final String WATCHER = "WATCHER";
  private static final String[] VARIABLES = {
    "AUTH_MODE",
    "keys",
    "ADMIN_API_KEY",
    ROOT,
    "METRICS_KEY",
    WATCHER,
    "API_KEYS",
    "acme=" + KEY + ",copy=KEY2,late=KEY3"
  };
  private static final String DOCS = "/v1/collections/{name}";
  private static final String OPERATION = "/v1/operations/{id}";
  private static final String TENANTS = "/v1/admin/tenants";
  private static final String SNAPSHOTS = "/v1/admin/snapshots";
  private static final String KEYS = "/v1/admin/keys";
  private static final String MISSING = "not-there";
  private static final String LINES = "application/x-ndjson";
  private static final String ZIP = "application/zip";

  @TempDir Path directory;

  private final ApiWalk walk = new ApiWalk(document());

  private static ApiDocument document() {
    try (TestServer server = TestServer.inMemory()) {
      return ApiDocument.of(server.get("/openapi.json").body());
    }
  }

  @Test
  void everyStatus_ofEveryOperation_isAnsweredAsDescribed() throws Exception {
    requestsThatNobodyTakes();
    strangeNames();
    wrongKeys();
    slowBodies();
    serversThatFail();
    loading();
    fullOfConnections();
    var made = new CompletableFuture<TestMedium>();
    UnaryOperator<SnapshotStore> kept =
        files -> {
          TestMedium medium = new TestMedium(files);
          made.complete(medium);
          return medium;
        };
    try (TestServer server = TestServer.onMedium(directory.resolve("store"), kept, VARIABLES)) {
      operator(server.port());
      defaultCollection(server.port());
      collections(server.port());
      vectors(server.port());
      operations(server.port());
      tenants(server.port());
      keys(server.port());
      snapshots(server.port(), made.join());
      fullDisk(server.port(), made.join());
      removals(server.port());
    }
    walk.end();
  }

  @Test
  void paths_haveTheMethodsThatAreDescribed_andAnswerHeadAsGet() {
    try (TestServer server = TestServer.inMemory(VARIABLES)) {
      int port = server.port();
      for (String operation : walk.operations()) {
        Ask ask = walk.ask(operation).bodiless();
        String allowed = String.join(", ", walk.methodsBeside(operation));
        RawAnswer options = ask.method("OPTIONS").send(port);
        assertEquals(204, options.status(), operation);
        assertEquals(allowed, options.header("Allow").orElse(""), operation);
        RawAnswer patch = ask.method("PATCH").send(port);
        assertEquals("method_not_allowed", Json.object(patch.text()).get("code"), operation);
        assertEquals(allowed, patch.header("Allow").orElse(""), operation);
        RawAnswer unknown = ask.method("BREW").send(port);
        assertEquals("not_implemented", Json.object(unknown.text()).get("code"), operation);
        if (operation.startsWith("GET ")) {
          RawAnswer head = ask.method("HEAD").send(port);
          assertEquals(ask.send(port).status(), head.status(), operation);
          assertEquals("", head.text(), operation);
        }
      }
    }
  }

  // ---- what any request may meet

  private void requestsThatNobodyTakes() {
    try (TestServer server = TestServer.inMemory(VARIABLES)) {
      int port = server.port();
      for (String operation : walk.operations()) {
        Ask ask = walk.ask(operation);
        walk.expect(400, ask.query("api_key=x"), port);
        walk.expect(413, withoutEnd(ask), port);
        walk.expect(414, ask.query("x=" + "a".repeat(9_000)), port);
        walk.expect(415, ask.header("Content-Encoding", "gzip"), port);
        walk.expect(417, ask.header("Expect", "magic"), port);
        walk.expect(505, ask.version("HTTP/0.9"), port);
      }
      for (String operation : walk.operations(406)) {
        walk.expect(406, walk.ask(operation).header("Accept", "application/x-nothing"), port);
      }
      for (String operation : walk.operations(403)) {
        walk.expect(403, walk.askWithOthersKey(operation), port);
      }
    }
  }

  private void strangeNames() {
    try (TestServer server = TestServer.inMemory("ALLOWED_HOSTS", "vectors.example")) {
      for (String operation : walk.operations(421)) {
        walk.expect(421, walk.ask(operation).header("Host", "rebound.example"), server.port());
      }
    }
  }

  private static Ask withoutEnd(Ask ask) {
    return ask.bodiless()
        .header("Content-Type", "application/json")
        .header("Content-Length", "999999999999");
  }

  private void wrongKeys() {
    try (TestServer server = TestServer.inMemory(VARIABLES)) {
      for (String operation : walk.operations(401)) {
        walk.expect(401, walk.ask(operation).anonymous(), server.port());
      }
      for (String operation : walk.operations(401)) {
        Ask wrong = walk.ask(operation).key("wrong");
        RawAnswer answer = wrong.send(server.port());
        while (answer.status() == 401) {
          answer = wrong.send(server.port());
        }
        walk.expect(429, wrong, answer);
      }
    }
  }

  // ---- servers that are not as they should be

  private static HttpServer server(Services services, Pace pace, LongSupplier nanoClock) {
    return new HttpServer(
        new HttpOptions(
            "127.0.0.1",
            0,
            1 << 20,
            1 << 24,
            () -> Long.MAX_VALUE,
            2,
            new ConnectionLimits(100, 100),
            AllowedHosts.ANY,
            pace,
            null),
        new Authenticator(
            AuthMode.OPEN,
            new KeyRing(List.of(), ROOT, new SecureRandom()),
            _ -> Optional.empty(),
            InstantSource.system(),
            System::nanoTime),
        services,
        nanoClock);
  }

  private void slowBodies() throws IOException {
    Pace impatient = new Pace(TimeUnit.MILLISECONDS.toNanos(200), 0);
    try (TestServer behind = TestServer.onDisk(directory.resolve("slow"))) {
      HttpServer server = server(behind.services(), impatient, System::nanoTime);
      try {
        slowBodies(server.start());
      } finally {
        end(server);
      }
    }
  }

  /** What is streamed is looked at when more of it comes: when the others were given up. */
  private void slowBodies(int port) throws IOException {
    Ask streamed =
        walk.ask("POST " + SNAPSHOTS + "/{tenant}/restore")
            .body(ZIP, zipBeginning())
            .header("Expect", "100-continue");
    Map<Ask, Socket> underWay = new LinkedHashMap<>();
    try (Socket upload = Ask.connect(port)) {
      streamed.sendFirst(upload, 0);
      awaitContinue(upload);
      for (String operation : walk.operations(408)) {
        Ask ask = walk.ask(operation);
        if (!operation.equals(streamed.operation())) {
          Socket socket = Ask.connect(port);
          Ask withBody = ask.body().length > 0 ? ask : ask.json("{}");
          underWay.put(withBody, socket);
          withBody.sendFirst(socket, 1);
        }
      }
      for (Map.Entry<Ask, Socket> one : underWay.entrySet()) {
        walk.expect(408, one.getKey(), RawAnswer.read(one.getValue().getInputStream()));
        one.getValue().close();
      }
      streamed.sendRest(upload, 0);
      walk.expect(408, streamed, RawAnswer.read(upload.getInputStream()));
    }
  }

  /** The server says so when it begins to read a body. */
  private static void awaitContinue(Socket upload) throws IOException {
    String expected = "HTTP/1.1 100 Continue\r\n\r\n";
    byte[] told = upload.getInputStream().readNBytes(expected.length());
    assertEquals(expected, new String(told, StandardCharsets.US_ASCII));
  }

  private static byte[] zipBeginning() {
    return new byte[] {'P', 'K', 3, 4, 20, 0, 0, 0, 0, 0};
  }

  private static void end(HttpServer server) {
    try {
      assertTrue(server.stop(TimeUnit.SECONDS.toNanos(30)));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void serversThatFail() {
    HttpServer defective = server(nothing(), Pace.USUAL, System::nanoTime);
    try {
      int port = defective.start();
      for (String operation : walk.operations(500)) {
        walk.expect(500, complete(operation), port);
      }
    } finally {
      end(defective);
    }
    try (TestServer behind = TestServer.inMemory()) {
      HttpServer late = server(behind.services(), Pace.USUAL, ApiWalkTest::lateOnWorkers);
      try {
        int port = late.start();
        for (String operation : walk.operations(504)) {
          walk.expect(504, complete(operation), port);
        }
      } finally {
        end(late);
      }
    }
  }

  /** A request that only the services behind the interface could refuse. */
  private Ask complete(String operation) {
    Ask ask = walk.ask(operation);
    return switch (operation) {
      case "GET /finalize/status" -> ask.query("build_id=" + MISSING);
      case "POST " + SNAPSHOTS + "/{tenant}/restore" -> ask.body(ZIP, zipBeginning());
      default -> ask;
    };
  }

  /** Services that fail whatever they are asked for. */
  @SuppressWarnings("NullAway") // That they are not there is the failure.
  private static Services nothing() {
    Readiness readiness = new Readiness();
    readiness.ready();
    return new Services(
        null, null, null, null, null, null, null, null, null, null, readiness, new ServerMeters());
  }

  /** As if a request had waited for its worker for more than a minute. */
  private static long lateOnWorkers() {
    boolean worker = Thread.currentThread().getName().startsWith("memryx-");
    return System.nanoTime() + (worker ? TimeUnit.SECONDS.toNanos(61) : 0);
  }

  private void loading() {
    try (HeldLines held = HeldLines.ofLoading();
        TestServer server = TestServer.loading(directory.resolve("loading"), VARIABLES)) {
      held.awaitHeld();
      for (String operation : walk.withKey(503)) {
        walk.expect(503, walk.ask(operation), server.port());
      }
      walk.expect(503, walk.ask("GET /health"), server.port());
      walk.expect(503, walk.ask("GET /readyz"), server.port());
      held.release();
      server.server().loaded().join();
    }
  }

  private void fullOfConnections() throws IOException {
    try (TestServer server = TestServer.inMemory("MAX_CONNECTIONS", "1");
        Socket only = Ask.connect(server.port())) {
      Ask.of("GET /livez").header("Connection", "keep-alive").sendFirst(only, 0);
      assertEquals('H', only.getInputStream().read());
      for (String operation : walk.operations(503)) {
        // Told before anything is sent: what would have been asked makes no difference.
        try (Socket refused = Ask.connect(server.port())) {
          walk.expect(503, walk.ask(operation), RawAnswer.read(refused.getInputStream()));
        }
      }
    }
  }

  // ---- a server that is as it should be

  private void operator(int port) {
    for (String path :
        List.of(
            "/", "/health", "/readyz", "/livez", "/version", "/openapi.json", "/errors/{code}")) {
      walk.good(200, walk.ask("GET " + path), port);
    }
    walk.expect(404, Ask.of("GET /errors/{code}").path("code", MISSING), port);
    Ask metrics = walk.ask("GET /metrics").key(WATCHER);
    walk.good(200, metrics, port);
    walk.good(200, metrics.header("Accept", "application/json"), port);
  }

  private void defaultCollection(int port) {
    Ask search = walk.ask("POST /search");
    walk.good(200, search, port);
    walk.expect(404, search.json("{\"id\":\"a\"}"), port);
    walk.good(200, walk.ask("POST /add"), port);
    walk.good(200, walk.ask("POST /ingest"), port);
    walk.good(200, search.json(everything("\"vector\":[1,0,0]")), port);
    walk.good(200, search.json(everything("\"vectors\":[[1,0,0],[0,1,0]]")), port);
    String id;
    try (HeldBuilds _ = new HeldBuilds()) {
      Ask begin = walk.ask("POST /finalize");
      String poll = location(walk.good(202, begin, port));
      walk.expect(409, begin, port);
      Ask status = walk.ask("GET /finalize/status");
      walk.good(200, status.query(poll.substring(poll.indexOf('?') + 1)), port);
      walk.expect(404, status.query("build_id=" + MISSING), port);
      id = poll.substring(poll.indexOf('=') + 1);
    }
    // Whoever watches it is told when it has ended.
    walk.good(200, of("GET " + OPERATION + "/events", id), port);
  }

  private static String everything(String subject) {
    return "{%s,\"include\":[\"metadata\",\"values\"],\"explain\":true}".formatted(subject);
  }

  private static String location(RawAnswer answer) {
    return answer.header("Location").orElseThrow();
  }

  private void collections(int port) {
    Ask put = walk.ask("PUT " + DOCS);
    walk.good(201, put, port);
    walk.good(200, put, port);
    walk.expect(409, put.json("{\"dimension\":4}"), port);
    walk.good(200, walk.ask("GET /v1/collections"), port);
    Ask estimate = walk.ask("GET /v1/estimate");
    walk.good(200, estimate.query("count=1000000").query("dimension=384"), port);
    for (String operation : List.of("GET " + DOCS, "GET " + DOCS + "/stats")) {
      walk.good(200, walk.ask(operation), port);
      walk.expect(404, ofNone(operation), port);
    }
  }

  /** A request to a collection that is not there. */
  private Ask ofNone(String operation) {
    String path = operation.substring(operation.indexOf(' ') + 1);
    Ask example = walk.ask(operation);
    Ask bare = Ask.of(operation).path("name", MISSING).path("id", "a").key(KEY);
    assertTrue(path.startsWith(DOCS), path);
    return example.type().map(type -> bare.body(type, example.body())).orElse(bare);
  }

  private void vectors(int port) {
    upserts(port);
    Ask list = walk.ask("GET " + DOCS + "/vectors");
    walk.good(200, list.query("limit=1"), port);
    walk.good(200, list.query("filter=%7B%22lang%22:%22en%22%7D"), port);
    walk.good(200, list.header("Accept", LINES), port);
    walk.good(
        200, walk.ask("GET " + DOCS + "/vectors/{id}").query("include=metadata,values"), port);
    Ask search = walk.ask("POST " + DOCS + "/search");
    walk.good(200, search, port);
    walk.good(200, search.json(everything("\"vector\":[1,0,0]")), port);
    walk.good(200, search.json(everything("\"vectors\":[[1,0,0],[0,1,0]]")), port);
    walk.good(200, walk.ask("POST " + DOCS + "/recall"), port);
    Ask delete = walk.ask("POST " + DOCS + "/delete");
    walk.good(200, delete, port);
    walk.good(200, delete.json("{\"ids\":[\"b\"]}"), port);
    for (String operation :
        List.of(
            "POST " + DOCS + "/vectors",
            "GET " + DOCS + "/vectors",
            "GET " + DOCS + "/vectors/{id}",
            "DELETE " + DOCS + "/vectors/{id}",
            "POST " + DOCS + "/delete",
            "POST " + DOCS + "/search",
            "POST " + DOCS + "/recall",
            "POST " + DOCS + "/finalize")) {
      walk.expect(404, ofNone(operation), port);
    }
    walk.good(200, walk.ask("DELETE " + DOCS + "/vectors/{id}"), port);
    walk.expect(404, walk.ask("DELETE " + DOCS + "/vectors/{id}"), port);
  }

  private void upserts(int port) {
    Ask upsert = walk.ask("POST " + DOCS + "/vectors");
    walk.good(200, upsert, port);
    Ask once = upsert.header("Idempotency-Key", "once");
    walk.good(200, once, port);
    assertEquals("true", walk.good(200, once, port).header("Idempotent-Replayed").orElse(""));
    walk.expect(409, once.json("{\"vectors\":[]}"), port);
    String lines = "{\"id\":\"c\",\"values\":[0,1,0]}\nnothing\n{\"id\":\"d\",\"values\":[0,1]}\n";
    byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
    walk.expect(200, upsert.body(LINES, bytes).query("on_error=skip"), port);
  }

  private void operations(int port) {
    Ask begin = walk.ask("POST " + DOCS + "/finalize");
    walk.good(200, walk.ask("POST " + DOCS + "/vectors"), port);
    String id;
    try (HeldBuilds held = new HeldBuilds()) {
      String location = location(walk.good(202, begin, port));
      id = location.substring(location.lastIndexOf('/') + 1);
      held.awaitHeld();
      walk.expect(409, begin, port);
      walk.good(200, of("GET " + OPERATION, id), port);
      walk.good(202, of("DELETE " + OPERATION, id), port);
    }
    walk.good(200, of("GET " + OPERATION + "/events", id), port);
    walk.good(200, of("DELETE " + OPERATION, id), port);
    for (String operation :
        List.of("GET " + OPERATION, "DELETE " + OPERATION, "GET " + OPERATION + "/events")) {
      walk.expect(404, of(operation, MISSING), port);
    }
    String ended = location(walk.good(202, begin, port));
    id = ended.substring(ended.lastIndexOf('/') + 1);
    walk.good(200, of("GET " + OPERATION + "/events", id), port);
    walk.expect(409, of("DELETE " + OPERATION, id), port);
  }

  private static Ask of(String operation, String id) {
    return Ask.of(operation).path("id", id).key(KEY);
  }

  private void tenants(int port) {
    Ask create = walk.ask("POST " + TENANTS);
    walk.good(201, create, port);
    walk.expect(409, create, port);
    walk.good(200, walk.ask("PUT " + TENANTS + "/{tenant}"), port);
    walk.good(200, walk.ask("GET " + TENANTS + "/{tenant}"), port);
    walk.good(200, walk.ask("GET " + TENANTS).query("limit=1"), port);
    walk.good(200, walk.ask("GET /v1/admin/stats"), port);
    walk.expect(404, ofTenant("GET " + TENANTS + "/{tenant}", MISSING), port);
    walk.expect(404, ofTenant("DELETE " + TENANTS + "/{tenant}", MISSING), port);
  }

  private static Ask ofTenant(String operation, String tenant) {
    return Ask.of(operation).path("tenant", tenant).key(ROOT);
  }

  private void keys(int port) {
    Ask make = walk.ask("POST " + KEYS);
    Map<String, Object> made = Json.object(walk.good(201, make, port).text());
    walk.good(201, make, port);
    walk.expect(409, make, port);
    walk.good(200, walk.ask("GET " + KEYS), port);
    walk.good(200, walk.ask("GET " + KEYS).query("tenant=acme"), port);
    walk.good(204, ofKey(Json.member(made, "key_id").toString()), port);
    walk.expect(404, ofKey(MISSING), port);
    walk.expect(409, ofKey("environment-1"), port);
  }

  private static Ask ofKey(String id) {
    return Ask.of("DELETE " + KEYS + "/{key_id}").path("key_id", id).key(ROOT);
  }

  private void snapshots(int port, TestMedium medium) {
    String restore = "POST " + SNAPSHOTS + "/{tenant}/restore";
    walk.good(200, walk.ask("GET " + SNAPSHOTS), port);
    byte[] backup = walk.good(200, walk.ask("GET " + SNAPSHOTS + "/{tenant}"), port).body();
    walk.good(200, walk.ask("POST " + SNAPSHOTS + "/{tenant}/verify"), port);
    walk.expect(404, ofTenant("GET " + SNAPSHOTS + "/{tenant}", MISSING), port);
    walk.expect(404, ofTenant("POST " + SNAPSHOTS + "/{tenant}/verify", MISSING), port);
    walk.expect(409, walk.ask(restore).body(ZIP, backup), port);
    walk.good(200, ofTenant(restore, "copy").body(ZIP, backup), port);
    whileBusy(port, medium, ofTenant(restore, "late").body(ZIP, backup));
    try (TestServer inMemory = TestServer.inMemory(VARIABLES)) {
      for (String operation :
          List.of(
              "GET " + SNAPSHOTS,
              "GET " + SNAPSHOTS + "/{tenant}",
              "POST " + SNAPSHOTS + "/{tenant}/verify",
              restore)) {
        walk.expect(409, complete(operation), inMemory.port());
      }
    }
  }

  /** A restore that is under way keeps everybody else from the tenant. */
  private void whileBusy(int port, TestMedium medium, Ask restore) {
    medium.hold("late/");
    CompletableFuture<RawAnswer> restored = CompletableFuture.supplyAsync(() -> restore.send(port));
    try {
      medium.awaitHeld();
      walk.expect(409, walk.ask("POST /add").key("KEY3"), port);
      walk.expect(409, walk.ask("POST /ingest").key("KEY3"), port);
      walk.expect(409, ofTenant("PUT " + TENANTS + "/{tenant}", "late").json("{}"), port);
      walk.expect(409, ofTenant("DELETE " + TENANTS + "/{tenant}", "late"), port);
    } finally {
      medium.release();
    }
    walk.expect(200, restore, restored.join());
  }

  private void fullDisk(int port, TestMedium medium) {
    byte[] backup = walk.good(200, walk.ask("GET " + SNAPSHOTS + "/{tenant}"), port).body();
    walk.good(200, walk.ask("POST " + DOCS + "/vectors"), port);
    String key = Json.member(Json.object(made(port).text()), "key_id").toString();
    medium.fill();
    try {
      for (String operation : walk.operations(507)) {
        walk.expect(507, writing(operation, backup, key), port);
      }
    } finally {
      medium.free();
    }
  }

  private RawAnswer made(int port) {
    return walk.good(201, walk.ask("POST " + KEYS).json("{\"tenant\":\"spare\"}"), port);
  }

  /** A request that would write something. */
  private Ask writing(String operation, byte[] backup, String key) {
    Ask ask = walk.ask(operation);
    return switch (operation) {
      case "PUT " + DOCS ->
          Ask.of(operation).path("name", "more").key(KEY).json("{\"dimension\":3}");
      case "POST " + DOCS + "/delete" -> ask.json("{\"ids\":[\"a\"]}");
      case "POST " + TENANTS -> ask.json("{\"tenant\":\"one-more\"}");
      case "POST " + KEYS -> ask.json("{\"tenant\":\"one-more\"}");
      case "DELETE " + KEYS + "/{key_id}" -> ofKey(key);
      case "POST " + SNAPSHOTS + "/{tenant}/restore" ->
          ofTenant(operation, "another").body(ZIP, backup);
      default -> ask;
    };
  }

  private void removals(int port) {
    walk.good(204, walk.ask("DELETE " + DOCS), port);
    walk.expect(404, walk.ask("DELETE " + DOCS), port);
    walk.good(204, walk.ask("DELETE " + TENANTS + "/{tenant}"), port);
  }
}

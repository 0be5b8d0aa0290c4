package io.memryx.server.badinput;

import static io.memryx.server.badinput.Expected.refused;
import static io.memryx.server.badinput.RawRequest.get;
import static io.memryx.server.badinput.RawRequest.line;
import static io.memryx.server.badinput.RawRequest.post;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.memryx.server.HeldBuilds;
import io.memryx.server.Json;
import io.memryx.server.TestServer;
import io.memryx.server.problem.ProblemCode;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What is not wrong in itself, but too much, too slow, or at the wrong time. */
@SuppressWarnings(
    "StringConcatToTextBlock") // HTTP ends its lines with CR LF, a text block does not.
final class BadMoments {
  private static final String SEARCH = "{'vector':[1,0]}";
  private static final String ADD = "{'vectors':[{'id':'x','values':[1,0]}]}";
  private static final int WRONG_KEYS = 20;
  private static final int MANY = 1_000;
  private static final String RETRY = "Retry-After: *";

  private BadMoments() {}

  static List<BadInput> rows() {
    List<BadInput> rows = new ArrayList<>();
    rows.addAll(tooMuch());
    rows.addAll(tooSlow());
    rows.addAll(atTheWrongTime());
    return rows;
  }

  private static List<BadInput> tooMuch() {
    return List.of(
        new BadInput(
            "03 the 21st wrong key in a minute",
            BadMoments::guessKeys,
            refused(
                    429,
                    ProblemCode.TOO_MANY_AUTH_FAILURES,
                    "more than 20 wrong API keys came from this address within a minute")
                .with(RETRY)),
        new BadInput(
            "07 a batch after one that was more than a second may have",
            BadMoments::searchAtOnce,
            refused(429, ProblemCode.RATE_LIMITED, "plan 'free' allows 5 searches per second")
                .with(RETRY)),
        new BadInput(
            "07 one search after the other",
            BadMoments::searchOn,
            refused(429, ProblemCode.RATE_LIMITED, "plan 'free' allows 5 searches per second")
                .with(RETRY)),
        new BadInput(
            "07 more adds than a minute may have",
            BadMoments::addOn,
            refused(
                    429,
                    ProblemCode.RATE_LIMITED,
                    "plan 'free' allows 100 added vectors per minute")
                .with(RETRY)),
        new BadInput(
            "08 more vectors than the tenant may have",
            BadMoments::addBeyondTheQuota,
            refused(
                507,
                ProblemCode.QUOTA_EXCEEDED,
                "0 vectors are held and 3 would come; the operator allows 2")),
        new BadInput(
            "08 more tenants than there may be",
            _ -> addAsThird(),
            refused(
                403,
                ProblemCode.TENANT_CAP_REACHED,
                "the server holds 2 tenants, MAX_TENANTS is 2")),
        new BadInput(
            "09 uploads that fill the queue",
            BadMoments::fillTheQueue,
            refused(
                    503,
                    ProblemCode.OVERLOADED,
                    "as many of your requests wait already as may, or the server's queue is full")
                .with(RETRY)));
  }

  private static RawAnswer guessKeys(Sites sites) throws IOException {
    for (int guess = 0; guess < WRONG_KEYS; guess++) {
      RawAnswer refused = sites.send(Site.GUESSED, get("/v1/collections").key("guess" + guess));
      assertEquals(401, refused.status(), refused.body());
    }
    return sites.send(Site.GUESSED, get("/v1/collections").key("another"));
  }

  private static RawAnswer searchAtOnce(Sites sites) throws IOException {
    assertEquals(200, sites.send(Site.FREE, post("/add").key("batch").json(ADD)).status());
    String six = "{'vectors':[" + "[1,0],".repeat(5) + "[1,0]]}";
    assertEquals(200, sites.send(Site.FREE, post("/search").key("batch").json(six)).status());
    return sites.send(Site.FREE, post("/search").key("batch").json(six));
  }

  private static RawAnswer searchOn(Sites sites) throws IOException {
    RawRequest search = post("/search").key("hasty").json(SEARCH);
    assertEquals(200, sites.send(Site.FREE, post("/add").key("hasty").json(ADD)).status());
    for (int more = 0; more < MANY; more++) {
      RawAnswer answer = sites.send(Site.FREE, search);
      if (answer.status() != 200) {
        return answer;
      }
    }
    throw new AssertionError("no limit in " + MANY + " searches");
  }

  private static RawAnswer addOn(Sites sites) throws IOException {
    String hundred = TestServer.addOf("v", 100, 2, 1);
    RawAnswer first = sites.send(Site.FREE, post("/add").key("eager").jsonAsItIs(hundred));
    assertEquals(200, first.status(), first.body());
    return sites.send(Site.FREE, post("/add").key("eager").jsonAsItIs(hundred));
  }

  private static RawAnswer addBeyondTheQuota(Sites sites) throws IOException {
    TestServer server = sites.server(Site.KEYS);
    var limited =
        server
            .request("/v1/admin/tenants/globex")
            .header("X-API-Key", Sites.ROOT)
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString("{\"limits\":{\"vectors\":2}}"));
    assertEquals(200, server.send(limited).statusCode());
    RawAnswer refused =
        sites.send(
            Site.KEYS, post("/add").key("GLOBEX").jsonAsItIs(TestServer.addOf("v", 3, 2, 1)));
    assertEquals(404, server.get("/v1/collections/default/vectors/v0", "GLOBEX").statusCode());
    return refused;
  }

  private static RawAnswer addAsThird() throws IOException {
    try (TestServer server = TestServer.inMemory("MAX_TENANTS", "2")) {
      for (String tenant : List.of("first", "second")) {
        assertEquals(200, Sites.send(server, post("/add").key(tenant).json(ADD).bytes()).status());
      }
      RawAnswer refused = Sites.send(server, post("/add").key("third").json(ADD).bytes());
      Sites.probe(server);
      return refused;
    }
  }

  /** Uploads that do not go on: one more than may work and wait. Whose the refusal is, is open. */
  private static RawAnswer fillTheQueue(Sites sites) throws IOException {
    byte[] upload =
        post("/v1/collections/default/vectors")
            .key("k")
            .header("Content-Type: application/x-ndjson")
            .header("Content-Length: 100000")
            .then("{\"id\"")
            .bytes();
    int working = 2 * Math.max(2, Runtime.getRuntime().availableProcessors());
    int waiting = 32;
    TestServer server = sites.server(Site.OPEN);
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int client = 0; client <= working + waiting; client++) {
        Socket socket = Sites.open(server);
        sockets.add(socket);
        Sites.write(socket, upload);
      }
      RawAnswer refused = RawAnswer.of(Sites.rest(firstAnswered(sockets)));
      assertEquals(200, server.post("/search", "k", "{\"vector\":[1,0]}").statusCode());
      Sites.probe(server);
      return refused;
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private static Socket firstAnswered(List<Socket> sockets) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (System.nanoTime() - end < 0) {
      for (Socket socket : sockets) {
        if (socket.getInputStream().available() > 0) {
          return socket;
        }
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("none of %d was refused".formatted(sockets.size()));
  }

  private static List<BadInput> tooSlow() {
    return List.of(
        new BadInput(
            "13 a head that does not end",
            sites ->
                sites.send(
                    Site.OPEN, RawRequest.exactly("GET /livez HTTP/1.1\r\nHost: a\r\nX-Slow: ")),
            Expected.silence()),
        new BadInput(
            "13 a body that stands still",
            sites ->
                sites.send(
                    Site.OPEN,
                    line("POST /search HTTP/1.1")
                        .header("Host: localhost")
                        .key("k")
                        .header("Content-Type: application/json")
                        .header("Content-Length: 100")
                        .then("{\"vector\":")),
            refused(408, ProblemCode.REQUEST_TIMEOUT, "the body did not arrive in time")
                .with("Connection: close")),
        new BadInput(
            "13 lines that stand still",
            sites ->
                sites.send(
                    Site.OPEN,
                    line("POST /v1/collections/default/vectors HTTP/1.1")
                        .header("Host: localhost")
                        .key("k")
                        .header("Content-Type: application/x-ndjson")
                        .header("Content-Length: 100")
                        .then("{\"id\":")),
            Expected.silence()),
        new BadInput(
            "37 a search that waited for longer than anybody does",
            _ -> searchTooLate(),
            refused(
                    504,
                    ProblemCode.TIMED_OUT,
                    "the request waited too long for its turn; nothing was done")
                .with(RETRY)),
        new BadInput(
            "a body that ends early",
            BadMoments::endEarly,
            refused(400, ProblemCode.BAD_JSON, "the body ended before its end")));
  }

  /** A minute goes by between the door and the worker. */
  private static RawAnswer searchTooLate() throws IOException {
    long minutes = TimeUnit.MINUTES.toNanos(2);
    try (TestServer server =
        TestServer.withClock(
            () ->
                System.nanoTime()
                    + (Thread.currentThread().getName().startsWith("memryx-read") ? minutes : 0))) {
      RawAnswer refused = Sites.send(server, post("/search").key("k").json(SEARCH).bytes());
      Sites.probe(server);
      return refused;
    }
  }

  private static RawAnswer endEarly(Sites sites) throws IOException {
    TestServer server = sites.server(Site.OPEN);
    try (Socket socket = Sites.open(server)) {
      Sites.write(
          socket,
          post("/add")
              .key("early")
              .header("Content-Type: application/json")
              .header("Content-Length: 100")
              .then("{\"vectors\":")
              .bytes());
      socket.shutdownOutput();
      return RawAnswer.of(Sites.rest(socket));
    }
  }

  private static List<BadInput> atTheWrongTime() {
    return List.of(
        new BadInput(
            "45 an add when the disk is gone",
            _ -> addWithoutADisk(),
            refused(503, ProblemCode.STORAGE_FAILED, "another process writes to the storage")),
        new BadInput(
            "46 an idempotency key for another body",
            BadMoments::reuseAKey,
            refused(
                409,
                ProblemCode.IDEMPOTENCY_KEY_REUSED,
                "the Idempotency-Key was used for another request within the last 24 hours")),
        new BadInput(
            "46 a finalize while one runs",
            BadMoments::finalizeTwice,
            refused(
                    409,
                    ProblemCode.FINALIZE_IN_PROGRESS,
                    "build * of collection 'default' is under way")
                .having("build_id")),
        new BadInput("12 one connection too many", BadMoments::connectOnceMore, Expected.full()));
  }

  /** Where a directory is wanted there is a file now. What is in memory is found all the same. */
  private static RawAnswer addWithoutADisk() throws IOException {
    Path directory = Files.createTempDirectory("memryx-bad-input");
    try (TestServer server = TestServer.onDisk(directory)) {
      assertEquals(200, Sites.send(server, post("/add").key("k").json(ADD).bytes()).status());
      deleteAll(directory);
      Files.writeString(directory, "in the way");
      Map<String, Object> build = server.finalizeAndWait("k");
      assertEquals("error", build.get("status"), build.toString());
      RawAnswer refused = Sites.send(server, post("/add").key("k").json(ADD).bytes());
      assertEquals(200, Sites.send(server, post("/search").key("k").json(SEARCH).bytes()).status());
      Sites.probe(server);
      return refused;
    } finally {
      deleteAll(directory);
    }
  }

  private static void deleteAll(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static RawAnswer reuseAKey(Sites sites) throws IOException {
    RawRequest first = post("/v1/collections/default/vectors").key("once").json(ADD);
    assertEquals(200, sites.send(Site.OPEN, post("/add").key("once").json(ADD)).status());
    assertEquals(200, sites.send(Site.OPEN, first.header("Idempotency-Key: 1")).status());
    return sites.send(
        Site.OPEN,
        post("/v1/collections/default/vectors")
            .key("once")
            .header("Idempotency-Key: 1")
            .json(ADD.replace("'x'", "'y'")));
  }

  private static RawAnswer finalizeTwice(Sites sites) throws IOException {
    TestServer server = sites.server(Site.OPEN);
    assertEquals(
        200, server.post("/add", "twice", "%s".formatted(ADD.replace('\'', '"'))).statusCode());
    String build;
    RawAnswer refused;
    try (HeldBuilds held = new HeldBuilds()) {
      var begun = server.post("/finalize", "twice", "{}");
      build = String.valueOf(Json.object(begun.body()).get("build_id"));
      refused = Sites.send(server, post("/finalize").key("twice").bytes());
      held.release();
    }
    server.waitForBuild("twice", build);
    return refused;
  }

  private static RawAnswer connectOnceMore(Sites sites) throws IOException {
    TestServer server = sites.server(Site.NARROW);
    List<Socket> open = new ArrayList<>();
    try {
      for (int connection = 0; connection < 2; connection++) {
        Socket socket = Sites.open(server);
        open.add(socket);
        Sites.write(socket, RawRequest.exactly("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"));
        assertEquals('H', socket.getInputStream().read());
      }
      return Sites.send(server, RawRequest.exactly(""));
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }
}

package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Finalizes as operations: begun, watched, cancelled. */
final class FinalizeTest {
  private static final String DOCS = "/v1/collections/docs";
  private static final int SOCKET_MILLIS = 30_000;

  private TestServer server = TestServer.inMemory();

  @BeforeEach
  void fill() {
    fill("docs", 100);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void fill(String collection, int count) {
    String path = "/v1/collections/" + collection;
    server.put(path, "{\"dimension\":8}");
    for (int from = 0; from < count; from += 10_000) {
      String added = TestServer.addOf("v" + from + "-", Math.min(10_000, count - from), 8, 1);
      var answer = server.post(path + "/vectors", added);
      assertEquals(200, answer.statusCode(), answer.body());
    }
  }

  private String begin(String collection) {
    var begun = server.post("/v1/collections/" + collection + "/finalize", "{}");
    assertEquals(202, begun.statusCode(), begun.body());
    String location = begun.headers().firstValue("Location").orElseThrow();
    assertEquals("/v1/operations/" + Json.object(begun.body()).get("id"), location);
    return location;
  }

  private HttpResponse<String> delete(String path) {
    return server.send(
        server.request(path).header("Authorization", "Bearer " + TestServer.KEY).DELETE());
  }

  private static void assertCode(int status, String code, HttpResponse<String> answer) {
    assertEquals(status, answer.statusCode(), answer.body());
    assertEquals(code, Json.object(answer.body()).get("code"));
  }

  @Test
  void finalize_isAnOperationOfTheContractsShape() {
    Map<String, Object> ended = server.waitForOperation(begin("docs"));
    assertEquals(
        Set.of(
            "id",
            "kind",
            "collection",
            "status",
            "phase",
            "done",
            "total",
            "percent",
            "rate",
            "eta_seconds",
            "stalled",
            "started_at",
            "finished_at",
            "error"),
        ended.keySet());
    assertEquals("finalize", ended.get("kind"));
    assertEquals("docs", ended.get("collection"));
    assertEquals("succeeded", ended.get("status"));
    assertEquals(100.0, ended.get("percent"));
    assertEquals(ended.get("total"), ended.get("done"));
    assertEquals(false, ended.get("stalled"));
    assertNull(ended.get("error"));
    Instant started = Instant.parse(String.valueOf(ended.get("started_at")));
    assertFalse(Instant.parse(String.valueOf(ended.get("finished_at"))).isBefore(started));
  }

  @Test
  void finalize_ofNothing_isRefused() {
    assertCode(404, "collection_not_found", server.post("/v1/collections/nope/finalize", "{}"));
    server.put("/v1/collections/empty", "{\"dimension\":8}");
    assertCode(400, "nothing_to_finalize", server.post("/v1/collections/empty/finalize", "{}"));
  }

  @Test
  void finalize_whileOneRuns_is409_ofAnotherCollectionIsNot() {
    fill("more", 10);
    try (HeldBuilds _ = new HeldBuilds()) {
      begin("docs");
      assertCode(409, "finalize_in_progress", server.post(DOCS + "/finalize", "{}"));
      begin("more");
    }
  }

  @Test
  void operation_isItsTenantsAlone() {
    String location = begin("docs");
    assertCode(404, "operation_not_found", server.get(location, "other"));
    assertCode(404, "operation_not_found", server.get(location + "/events", "other"));
    assertCode(404, "operation_not_found", server.get("/v1/operations/nope"));
    assertCode(404, "operation_not_found", delete("/v1/operations/nope"));
    String id = location.substring(location.lastIndexOf('/') + 1);
    assertEquals(200, server.get("/finalize/status?build_id=" + id).statusCode());
  }

  @Test
  void cancel_underWay_endsItAndLosesNothing() {
    String location;
    try (HeldBuilds _ = new HeldBuilds()) {
      location = begin("docs");
      String id = location.substring(location.lastIndexOf('/') + 1);
      while (!"building".equals(status(id))) {
        Thread.onSpinWait();
      }
      var cancelled = delete(location);
      assertTrue(cancelled.statusCode() == 202 || cancelled.statusCode() == 200, cancelled.body());
    }
    Map<String, Object> ended = server.waitForOperation(location);
    assertEquals("cancelled", ended.get("status"));
    assertNotNull(ended.get("error"));
    assertEquals(100L, Json.object(server.get(DOCS + "/stats").body()).get("hot_buffer"));
    assertEquals(200, delete(location).statusCode());
    assertEquals("succeeded", server.finalizeNamed("docs").get("status"));
  }

  private Object status(String id) {
    return Json.member(Json.object(server.get("/finalize/status?build_id=" + id).body()), "status");
  }

  @Test
  void cancel_inTheQueue_endsAtOnce() {
    fill("more", 10);
    try (HeldBuilds _ = new HeldBuilds()) {
      begin("docs");
      String waiting = begin("more");
      var cancelled = delete(waiting);
      assertEquals(200, cancelled.statusCode(), cancelled.body());
      assertEquals("cancelled", Json.object(cancelled.body()).get("status"));
      begin("more");
    }
  }

  @Test
  void cancel_ended_is409() {
    String location = begin("docs");
    server.waitForOperation(location);
    assertCode(409, "operation_ended", delete(location));
  }

  @Test
  void drop_underWay_cancelsTheOperation() {
    fill("more", 10);
    String first;
    String second;
    try (HeldBuilds _ = new HeldBuilds()) {
      first = begin("docs");
      second = begin("more");
      assertEquals(204, delete("/v1/collections/more").statusCode());
      assertEquals("cancelled", Json.object(server.get(second).body()).get("status"));
    }
    assertEquals("succeeded", server.waitForOperation(first).get("status"));
    assertCode(404, "collection_not_found", server.get("/v1/collections/more"));
  }

  @Test
  void events_tellHowItGoesOn_untilItsEnd() {
    HttpResponse<java.util.stream.Stream<String>> events;
    List<String> first = new ArrayList<>();
    try (HeldBuilds held = new HeldBuilds()) {
      String location = begin("docs");
      events = server.stream(location + "/events");
      assertEquals(200, events.statusCode());
      assertTrue(
          events.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream"));
      try (var lines = events.body()) {
        lines.forEach(
            line -> {
              first.add(line);
              held.release();
            });
      }
    }
    List<Map<String, Object>> told =
        first.stream()
            .filter(line -> line.startsWith("data:"))
            .map(line -> Json.object(line.substring("data:".length())))
            .toList();
    assertEquals("running", told.getFirst().get("status"));
    assertEquals("succeeded", told.getLast().get("status"));
    assertEquals(100.0, told.getLast().get("percent"));
    for (int at = 1; at < told.size(); at++) {
      double before = (double) Json.member(told.get(at - 1), "percent");
      assertTrue((double) Json.member(told.get(at), "percent") >= before, told.toString());
    }
  }

  @Test
  void events_ofWhatHasEnded_areItsEnd() {
    String location = begin("docs");
    server.waitForOperation(location);
    try (var lines = server.stream(location + "/events").body()) {
      List<String> data = lines.filter(line -> line.startsWith("data:")).toList();
      assertEquals(1, data.size());
      assertEquals("succeeded", Json.object(data.getFirst().substring(5)).get("status"));
    }
  }

  @Test
  void events_watchersAreLimited_andThoseThatLeaveMakeRoom() throws IOException {
    try (HeldBuilds _ = new HeldBuilds()) {
      String location = begin("docs");
      List<Socket> watchers = new ArrayList<>();
      for (int watcher = 0; watcher < 16; watcher++) {
        watchers.add(watch(location, 200));
      }
      watch(location, 429).close();
      // Requests are answered all the same: watchers take no worker.
      assertEquals(200, server.get(location).statusCode());
      for (Socket watcher : watchers) {
        watcher.close();
      }
      int status = 429;
      while (status == 429) {
        try (Socket again = watch(location, -1)) {
          status = statusOf(again);
        }
      }
      assertEquals(200, status);
    }
  }

  private Socket watch(String location, int expected) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(SOCKET_MILLIS);
    String request =
        "GET %s/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n\r\n"
            .formatted(location, TestServer.KEY);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    if (expected > 0) {
      assertEquals(expected, statusOf(socket));
    }
    return socket;
  }

  private static int statusOf(Socket socket) throws IOException {
    byte[] begin = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
    return Integer.parseInt(new String(begin, StandardCharsets.US_ASCII).split(" ", -1)[1]);
  }

  @Test
  void events_endWhenTheServerStops() throws IOException {
    try (HeldBuilds _ = new HeldBuilds();
        Socket watcher = watch(begin("docs"), 200)) {
      Thread stop = new Thread(server::close);
      stop.start();
      assertTrue(watcher.getInputStream().readAllBytes().length > 0);
    }
  }

  @Test
  void head_ofEvents_hasNoBody() {
    String location = begin("docs");
    var answer =
        server.send(
            server
                .request(location + "/events")
                .header("Authorization", "Bearer " + TestServer.KEY)
                .method("HEAD", HttpRequest.BodyPublishers.noBody()));
    assertEquals(200, answer.statusCode());
  }

  @Test
  void hotBuffer_thatHasGrown_isFinalizedByItself_andAskingWaitsBehindIt() {
    try (TestServer small = TestServer.inMemory("AUTO_FINALIZE_VECTORS", "200")) {
      assertEquals(200, small.post("/add", TestServer.addOf("v", 199, 8, 1)).statusCode());
      assertEquals(0.0, building(small), "below the size");
      try (HeldBuilds held = new HeldBuilds()) {
        assertEquals(200, small.post("/add", TestServer.addOf("w", 201, 8, 1)).statusCode());
        var asked = small.post("/v1/collections/default/finalize", "{}");
        assertEquals(202, asked.statusCode(), asked.body());
        assertEquals(409, small.post("/finalize", "{}").statusCode());
        held.release();
        String location = asked.headers().firstValue("Location").orElseThrow();
        assertEquals("succeeded", small.waitForOperation(location).get("status"));
      }
      Map<String, Object> metrics = Json.object(metrics(small));
      long swapped =
          Json.objects(metrics, "metrics").stream()
              .filter(one -> "memryx_builds".equals(one.get("name")))
              .filter(one -> String.valueOf(one.get("tags")).contains("swapped"))
              .mapToLong(one -> Math.round((double) Json.member(one, "count")))
              .sum();
      assertEquals(2, swapped);
    }
  }

  private static String metrics(TestServer server) {
    return server.send(server.request("/metrics").header("Accept", "application/json")).body();
  }

  private static double building(TestServer server) {
    return Json.objects(Json.object(metrics(server)), "metrics").stream()
        .filter(one -> "memryx_builds_waiting".equals(one.get("name")))
        .mapToDouble(one -> (double) Json.member(one, "value"))
        .sum();
  }
}

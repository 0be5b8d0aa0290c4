package io.memryx.server;

import static io.memryx.server.BadInputTest.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Keys, tenants, plans, probes, metrics: what those who run a server rely on. */
final class OperationsTest {
  private static final String ONE = "{\"vectors\":[{\"id\":\"secret-id\",\"values\":[1,0]}]}";

  @Test
  void tenants_seeNothingOfEachOther() {
    try (TestServer server = TestServer.inMemory()) {
      server.post("/add", "alice", ONE);
      String build = String.valueOf(server.finalizeAndWait("alice").get("build_id"));
      problem(404, "collection_not_found", server.get("/v1/collections/default", "bob"));
      problem(
          404,
          "collection_not_found",
          server.get("/v1/collections/default/vectors/secret-id", "bob"));
      problem(404, "build_not_found", server.get("/finalize/status?build_id=" + build, "bob"));
      assertEquals("{\"collections\":[]}\n", server.get("/v1/collections", "bob").body());
      assertEquals(
          0L, Json.object(server.post("/search", "bob", "{\"vector\":[1,0]}").body()).get("count"));
      assertEquals(
          200,
          server
              .post("/add", "bob", "{\"vectors\":[{\"id\":\"x\",\"values\":[1,0,0]}]}")
              .statusCode());
      assertFalse(server.get("/metrics").body().contains("secret-id"));
    }
  }

  @Test
  void keysMode_takesRegisteredKeysOnly() {
    try (TestServer server =
        TestServer.inMemory(
            "AUTH_MODE",
            "keys",
            "API_KEYS",
            "acme=KEY1,globex=KEY2,acme=KEY3",
            "ADMIN_API_KEY",
            "ROOT")) {
      problem(401, "unauthenticated", server.post("/add", "nobody", ONE));
      assertEquals(200, server.post("/add", "KEY1", ONE).statusCode());
      assertEquals(200, server.get("/v1/collections/default", "KEY3").statusCode());
      assertEquals(404, server.get("/v1/collections/default", "KEY2").statusCode());
      problem(403, "forbidden", server.get("/v1/admin/stats", "KEY1"));
      problem(401, "unauthenticated", server.send(server.request("/v1/admin/stats")));
      problem(403, "forbidden", server.post("/search", "ROOT", "{\"vector\":[1,0]}"));
      var stats = Json.object(server.get("/v1/admin/stats", "ROOT").body());
      assertEquals("acme", Json.objects(stats, "tenants").getFirst().get("tenant"));
      var byHeader =
          server.send(server.request("/v1/collections/default").header("X-API-Key", "KEY1"));
      assertEquals(200, byHeader.statusCode());
    }
  }

  @Test
  void authorization_ofAnotherScheme_leavesTheOtherHeader() {
    try (TestServer server = TestServer.inMemory()) {
      var answer =
          server.send(
              server
                  .request("/v1/collections")
                  .header("Authorization", "Basic YTpi")
                  .header("X-API-Key", "k"));
      assertEquals(200, answer.statusCode());
    }
  }

  @Test
  void tenantCap_isEnforced() {
    try (TestServer server = TestServer.inMemory("MAX_TENANTS", "1")) {
      assertEquals(200, server.post("/add", "first", ONE).statusCode());
      problem(403, "tenant_cap_reached", server.post("/add", "second", ONE));
      assertEquals(200, server.post("/add", "first", ONE).statusCode());
    }
  }

  @Test
  void plan_limitsAddsAndSearches() {
    try (TestServer server = TestServer.inMemory("DEFAULT_PLAN", "free")) {
      assertEquals(200, server.post("/add", TestServer.addOf("v", 100, 2, 1)).statusCode());
      var limited = server.post("/add", ONE);
      problem(429, "rate_limited", limited);
      assertTrue(limited.headers().firstValue("Retry-After").isPresent());
      String batch = "{\"vectors\":[%s]}".formatted("[1,0],".repeat(500) + "[1,0]");
      assertEquals(200, server.post("/search", batch).statusCode());
      var refused = server.post("/search", batch);
      problem(429, "rate_limited", refused);
      int seconds = Integer.parseInt(refused.headers().firstValue("Retry-After").orElseThrow());
      assertTrue(seconds > 10, "501 queries at 5 a second, but told to come back in " + seconds);
    }
  }

  @Test
  void plan_addBeyondItsRate_isRefusedAndLeavesNothing() {
    try (TestServer server = TestServer.inMemory("DEFAULT_PLAN", "free")) {
      assertEquals(201, server.put("/v1/collections/docs", "{\"dimension\":2}").statusCode());
      var larger = server.post("/v1/collections/docs/vectors", TestServer.addOf("v", 150, 2, 1));
      assertEquals(200, larger.statusCode(), larger.body());
      problem(429, "rate_limited", server.post("/add", ONE));
      assertEquals(404, server.get("/v1/collections/default/stats").statusCode());
    }
  }

  @Test
  void memoryGuard_refusesWhatDoesNotFit() {
    int dimension = 4_096;
    byte[] ones = new byte[dimension * Float.BYTES];
    Arrays.fill(ones, (byte) 1);
    String vector = Base64.getEncoder().encodeToString(ones);
    // One percent of the heap is allowed below: a little more than that is sent.
    long entries = Runtime.getRuntime().maxMemory() / 100 / ones.length + 1;
    try (TestServer server = TestServer.inMemory("RAM_SAFETY_PERCENT", "1")) {
      StringBuilder body = new StringBuilder("{\"vectors\":[");
      for (int entry = 0; entry < entries; entry++) {
        body.append(entry == 0 ? "" : ",")
            .append("{\"id\":\"%d\",\"values\":\"%s\"}".formatted(entry, vector));
      }
      var refused = server.post("/add", body.append("]}").toString());
      Map<String, Object> problem = problem(503, "memory_guard", refused);
      assertTrue(refused.headers().firstValue("Retry-After").isPresent(), problem.toString());
      assertEquals(200, server.post("/add", ONE).statusCode());
    }
  }

  @Test
  void probes_needNoKey() {
    try (TestServer server = TestServer.inMemory()) {
      for (String path :
          List.of("/livez", "/readyz", "/health", "/version", "/openapi.json", "/", "/metrics")) {
        var answer = server.send(server.request(path));
        assertEquals(200, answer.statusCode(), path);
        var head = server.send(server.request(path).method("HEAD", BodyPublishers.noBody()));
        assertEquals(200, head.statusCode(), path);
        assertEquals("", head.body());
      }
    }
  }

  @Test
  void health_hasTheSeedsMembers() {
    try (TestServer server = TestServer.inMemory()) {
      server.post("/add", ONE);
      Map<String, Object> health = Json.object(server.get("/health").body());
      assertEquals(
          Set.of("status", "ram_usage", "hot_buffer_size", "cold_index_size", "total_vectors"),
          health.keySet());
      assertTrue(Json.member(health, "ram_usage").toString().matches("\\d+\\.\\d%"));
      assertEquals(1L, health.get("hot_buffer_size"));
    }
  }

  @Test
  void metrics_countWhatHappened_asTextAndAsJson() {
    try (TestServer server = TestServer.inMemory()) {
      server.post("/add", ONE);
      server.post("/search", "{\"vector\":[1,0]}");
      server.post("/search", "{\"vector\":[1,0,0]}");
      server.finalizeAndWait(TestServer.KEY);
      String text = server.get("/metrics").body();
      assertTrue(text.contains("memryx_adds_total 1.0"), text);
      assertTrue(text.contains("memryx_searches_total 1.0"), text);
      assertTrue(text.contains("memryx_errors_total{code=\"dimension_mismatch\"} 1.0"), text);
      assertTrue(text.contains("memryx_vectors 1.0"), text);
      assertTrue(text.contains("memryx_builds_total{state=\"swapped\"} 1.0"), text);
      assertTrue(text.contains("memryx_http_requests_seconds_bucket"), text);
      var json = server.send(server.request("/metrics").header("Accept", "application/json"));
      var meters = Json.objects(Json.object(json.body()), "metrics");
      assertTrue(meters.stream().anyMatch(one -> "memryx_vectors".equals(one.get("name"))));
    }
  }

  @Test
  void metricsKey_isAskedForWhereItIsSet() {
    try (TestServer server = TestServer.inMemory("METRICS_KEY", "watcher")) {
      problem(401, "unauthenticated", server.send(server.request("/metrics")));
      problem(401, "unauthenticated", server.get("/metrics", "other"));
      assertEquals(200, server.get("/metrics", "watcher").statusCode());
    }
  }

  @Test
  void answers_inJson_endTheirLine() {
    try (TestServer server = TestServer.inMemory()) {
      for (String path : List.of("/livez", "/", "/openapi.json", "/v1/collections", "/nope")) {
        var answer = server.get(path);
        assertTrue(answer.body().endsWith("}\n"), answer.body());
        assertEquals(
            answer.body().getBytes(StandardCharsets.UTF_8).length,
            answer.headers().firstValueAsLong("Content-Length").orElse(-1),
            path);
      }
    }
  }

  @Test
  void requestId_isEchoedIfUsable() {
    try (TestServer server = TestServer.inMemory()) {
      var echoed = server.send(server.request("/livez").header("X-Request-Id", "abc-1.2:3_4"));
      assertEquals("abc-1.2:3_4", echoed.headers().firstValue("X-Request-Id").orElse(""));
      var made = server.send(server.request("/livez").header("X-Request-Id", "<script>"));
      String id = made.headers().firstValue("X-Request-Id").orElse("");
      assertNotEquals("<script>", id);
      assertFalse(id.isEmpty());
    }
  }

  @Test
  void finalize_whileOneRuns_is409WithItsId() {
    HeldBuilds held = new HeldBuilds();
    try (TestServer server = TestServer.inMemory()) {
      try (held) {
        server.post("/add", TestServer.addOf("v", 50, 64, 1));
        String id =
            String.valueOf(Json.object(server.post("/finalize", "{}").body()).get("build_id"));
        Map<String, Object> problem =
            problem(409, "finalize_in_progress", server.post("/finalize", "{}"));
        assertEquals(id, problem.get("build_id"));
        server.post("/add", "{\"vectors\":[%s]}".formatted(late()));
        held.close();
        assertEquals("swapped", server.waitForBuild(TestServer.KEY, id).get("status"));
        assertEquals(200, server.get("/v1/collections/default/vectors/late").statusCode());
        assertEquals(202, server.post("/finalize", "{}").statusCode());
      }
    }
  }

  private static String late() {
    String vector = TestServer.vector(64, new java.util.SplittableRandom(7));
    return "{\"id\":\"late\",\"values\":" + vector + "}";
  }
}

package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guide's flow: add, finalize, search, restart, still there. */
final class SeedFlowTest {
  private static final int DIMENSION = 32;

  /** Enough for an index; fewer are kept as they are. */
  private static final int VECTORS = 5_000;

  private static final long SEED = 20_261_122;

  @TempDir Path directory;

  @Test
  void flow_addFinalizeRestart_sameAnswers() {
    List<String> before;
    try (TestServer server = TestServer.onDisk(directory)) {
      var added = server.post("/add", TestServer.addOf("v", VECTORS, DIMENSION, SEED));
      assertEquals(200, added.statusCode(), added.body());
      Map<String, Object> body = Json.object(added.body());
      assertEquals("success", body.get("status"));
      assertEquals((long) VECTORS, body.get("added"));
      assertEquals((long) VECTORS, body.get("total_vectors"));
      assertTrue((double) Json.member(body, "ram_usage_percent") >= 0);

      Map<String, Object> status = server.finalizeAndWait(TestServer.KEY);
      assertEquals("swapped", status.get("status"), status.toString());
      assertEquals((long) VECTORS, status.get("vectors"));
      assertTrue((long) Json.member(status, "clusters") >= 1);
      assertEquals(100.0, status.get("percent"));
      before = answers(server);
    }
    try (TestServer server = TestServer.onDisk(directory)) {
      assertEquals(before, answers(server));
      Map<String, Object> health = Json.object(server.get("/health").body());
      assertEquals("ok", health.get("status"));
      assertEquals((long) VECTORS, health.get("total_vectors"));
      assertEquals((long) VECTORS, health.get("cold_index_size"));
      assertEquals(0L, health.get("hot_buffer_size"));
    }
  }

  private static List<String> answers(TestServer server) {
    SplittableRandom random = new SplittableRandom(SEED + 1);
    List<String> answers = new ArrayList<>();
    for (int query = 0; query < 20; query++) {
      String body = "{\"vector\":%s,\"k\":7}".formatted(TestServer.vector(DIMENSION, random));
      answers.add(
          Json.objects(Json.object(server.post("/search", body).body()), "results").toString());
    }
    return answers;
  }

  @Test
  void add_keyInBody_asTheGuideDoes() {
    try (TestServer server = TestServer.inMemory()) {
      String add =
          "{\"api_key\":\"k\",\"vectors\":[{\"id\":\"a\",\"values\":[1,0],\"metadata\":{\"t\":\"x\"}}]}";
      assertEquals(200, withoutHeader(server, "/add", add).statusCode());
      var found = withoutHeader(server, "/search", "{\"vector\":[1,0],\"k\":5,\"api_key\":\"k\"}");
      Map<String, Object> body = Json.object(found.body());
      assertEquals("success", body.get("status"));
      assertEquals(1L, body.get("count"));
      assertEquals("a", Json.objects(body, "results").getFirst().get("id"));
      assertEquals(Map.of("t", "x"), Json.objects(body, "results").getFirst().get("metadata"));
      assertEquals(202, withoutHeader(server, "/finalize", "{\"api_key\":\"k\"}").statusCode());
    }
  }

  private static HttpResponse<String> withoutHeader(TestServer server, String path, String json) {
    return server.send(
        server
            .request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  @Test
  void header_beatsBody() {
    try (TestServer server = TestServer.inMemory()) {
      String add = "{\"api_key\":\"other\",\"vectors\":[{\"id\":\"a\",\"values\":[1,0]}]}";
      server.post("/ingest", "mine", add);
      assertEquals(200, server.get("/v1/collections/default", "mine").statusCode());
      assertEquals(404, server.get("/v1/collections/default", "other").statusCode());
    }
  }

  @Test
  void add_isUpsert_andFoundAtOnce() {
    try (TestServer server = TestServer.inMemory()) {
      server.post("/add", "{\"vectors\":[{\"id\":\"a\",\"values\":[1,0]}]}");
      Map<String, Object> again =
          Json.object(
              server
                  .post(
                      "/add",
                      "{\"vectors\":[{\"id\":\"a\",\"values\":[0,1]},{\"id\":\"b\",\"values\":[1,0]}]}")
                  .body());
      assertEquals(2L, again.get("added"));
      assertEquals(1L, again.get("replaced"));
      assertEquals(2L, again.get("total_vectors"));
      var results =
          Json.objects(
              Json.object(server.post("/search", "{\"vector\":[0,1],\"k\":1}").body()), "results");
      assertEquals("a", results.getFirst().get("id"));
    }
  }

  @Test
  void base64_isLittleEndianFloat32() {
    ByteBuffer bytes = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putFloat(0.25f).putFloat(-0.5f).putFloat(1e-3f);
    String text = Base64.getEncoder().encodeToString(bytes.array());
    try (TestServer server = TestServer.inMemory()) {
      var added = server.post("/add", "{\"vectors\":[{\"id\":\"a\",\"values\":\"" + text + "\"}]}");
      assertEquals(200, added.statusCode(), added.body());
      var got = server.get("/v1/collections/default/vectors/a?include=values,metadata");
      assertEquals(List.of(0.25, -0.5, 0.001), Json.object(got.body()).get("values"));
      assertEquals(200, server.post("/search", "{\"vector\":\"" + text + "\"}").statusCode());
    }
  }

  @Test
  void metadata_comesBackTyped() {
    String metadata =
        "{\"s\":\"é\",\"i\":7,\"big\":9223372036854775807,\"bigger\":9223372036854775808,"
            + "\"d\":1.5,\"t\":true,\"n\":null,\"a\":[1,\"x\",[false]],\"__proto__\":\"<script>\"}";
    try (TestServer server = TestServer.inMemory()) {
      server.post(
          "/add", "{\"vectors\":[{\"id\":\"a\",\"values\":[1],\"metadata\":" + metadata + "}]}");
      Map<String, Object> back =
          Json.object(server.get("/v1/collections/default/vectors/a").body());
      Map<?, ?> fields = (Map<?, ?>) Json.member(back, "metadata");
      assertEquals("é", fields.get("s"));
      assertEquals(7L, fields.get("i"));
      assertEquals(Long.MAX_VALUE, fields.get("big"));
      assertEquals(0x1p63, fields.get("bigger"));
      assertEquals(1.5, fields.get("d"));
      assertEquals(true, fields.get("t"));
      assertTrue(fields.containsKey("n"));
      assertNull(fields.get("n"));
      assertEquals(List.of(1L, "x", List.of(false)), fields.get("a"));
      assertEquals("<script>", fields.get("__proto__"));
    }
  }

  @Test
  void search_beforeAnyAdd_findsNothing() {
    try (TestServer server = TestServer.inMemory()) {
      Map<String, Object> body = Json.object(server.post("/search", "{\"vector\":[1,0]}").body());
      assertEquals(0L, body.get("count"));
    }
  }

  @Test
  void finalize_timeout_cancelsAndKeepsEverything() {
    try (TestServer server = TestServer.inMemory()) {
      server.post("/add", TestServer.addOf("v", 200, 8, SEED));
      var begun = server.post("/finalize", "{\"timeout_s\":1e-9}");
      String id = String.valueOf(Json.object(begun.body()).get("build_id"));
      Map<String, Object> status = server.waitForBuild(TestServer.KEY, id);
      assertEquals("error", status.get("status"));
      assertTrue(Json.member(status, "error").toString().contains("timeout_s"), status.toString());
      assertEquals(
          200L, Json.object(server.get("/v1/collections/default/stats").body()).get("vectors"));
      assertEquals("swapped", server.finalizeAndWait(TestServer.KEY).get("status"));
    }
  }
}

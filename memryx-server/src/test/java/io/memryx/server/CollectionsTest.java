package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The routes below {@code /v1/collections}, and the options of searches. */
final class CollectionsTest {
  private static final String SEARCH = "/v1/collections/default/search";

  private TestServer server = TestServer.inMemory();

  @BeforeEach
  void fill() {
    var added =
        server.post(
            "/add",
            """
            {"vectors":[
              {"id":"east","values":[1,0],"metadata":{"n":1}},
              {"id":"north","values":[0,1],"metadata":{"n":2}},
              {"id":"a/b ü","values":[0.8,0.6]}]}
            """);
    assertEquals(200, added.statusCode(), added.body());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private List<Map<String, Object>> results(String search) {
    var answer = server.post(SEARCH, search);
    assertEquals(200, answer.statusCode(), answer.body());
    return Json.objects(Json.object(answer.body()), "results");
  }

  @Test
  void list_tellsTheTenantsCollections() {
    var all = Json.objects(Json.object(server.get("/v1/collections").body()), "collections");
    assertEquals(1, all.size());
    assertEquals("default", all.getFirst().get("name"));
    assertEquals(2L, all.getFirst().get("dimension"));
    assertEquals("cosine", all.getFirst().get("metric"));
    assertEquals("compact", all.getFirst().get("compression"));
    assertEquals(3L, all.getFirst().get("vectors"));
  }

  @Test
  void stats_haveTheContractsMembers() {
    Map<String, Object> stats = Json.object(server.get("/v1/collections/default/stats").body());
    assertTrue(
        stats
            .keySet()
            .containsAll(
                List.of(
                    "vectors",
                    "tombstones",
                    "hot_buffer",
                    "clusters",
                    "dimension",
                    "metric",
                    "compression",
                    "default_probes",
                    "bytes",
                    "bytes_per_vector",
                    "ratio_to_float32")),
        stats.toString());
    assertEquals(3L, stats.get("hot_buffer"));
    assertEquals("compact", stats.get("compression"));
    Map<?, ?> bytes = (Map<?, ?>) Json.member(stats, "bytes");
    assertTrue(
        bytes
            .keySet()
            .containsAll(
                List.of(
                    "codes",
                    "routing",
                    "ids",
                    "metadata",
                    "originals",
                    "bitmaps",
                    "hot_buffer",
                    "total")),
        bytes.toString());
    long sum = bytes.values().stream().mapToLong(each -> (long) each).sum();
    assertEquals(2 * number(bytes, "total"), sum, "the components add up to the total");
  }

  @Test
  void put_makesACollectionWithItsOptions() {
    var made =
        server.put(
            "/v1/collections/docs",
            "{\"dimension\":8,\"metric\":\"l2\",\"compression\":\"lossless\"}");
    assertEquals(201, made.statusCode(), made.body());
    Map<String, Object> expected =
        Map.of(
            "name",
            "docs",
            "dimension",
            8L,
            "metric",
            "l2",
            "compression",
            "lossless",
            "vectors",
            0L);
    assertEquals(expected, Json.object(made.body()));
    assertEquals(expected, Json.object(server.get("/v1/collections/docs").body()));
    assertEquals(
        "lossless",
        Json.object(server.get("/v1/collections/docs/stats").body()).get("compression"));
  }

  @Test
  void put_again_isNoOpWithTheSameOptionsAnd409WithOthers() {
    var same = server.put("/v1/collections/default", "{\"dimension\":2}");
    assertEquals(200, same.statusCode(), same.body());
    assertEquals(3L, Json.object(same.body()).get("vectors"));
    for (String other :
        List.of(
            "{\"dimension\":3}",
            "{\"dimension\":2,\"metric\":\"dot\"}",
            "{\"dimension\":2,\"compression\":\"lossless\"}")) {
      var refused = server.put("/v1/collections/default", other);
      assertCode(409, "collection_exists", refused);
      assertEquals(false, Json.object(refused.body()).get("retryable"));
      assertTrue(refused.body().contains("compression compact"), refused.body());
    }
  }

  @Test
  void put_beforeTheFirstAdd_choosesHowTheDefaultCollectionIsKept() {
    try (TestServer fresh = TestServer.inMemory()) {
      assertEquals(
          201,
          fresh
              .put("/v1/collections/default", "{\"dimension\":2,\"compression\":\"balanced\"}")
              .statusCode());
      assertEquals(200, fresh.post("/add", TestServer.addOf("v", 5, 2, 1)).statusCode());
      assertCode(400, "dimension_mismatch", fresh.post("/add", TestServer.addOf("w", 5, 3, 1)));
      Map<String, Object> one = Json.object(fresh.get("/v1/collections/default").body());
      assertEquals("balanced", one.get("compression"));
      assertEquals(5L, one.get("vectors"));
    }
  }

  @Test
  void put_badInput_isRefusedAndMakesNothing() {
    String docs = "/v1/collections/docs";
    assertCode(400, "missing_field", server.put(docs, "{}"));
    assertCode(400, "bad_dimension", server.put(docs, "{\"dimension\":0}"));
    assertCode(400, "bad_dimension", server.put(docs, "{\"dimension\":4097}"));
    assertCode(400, "bad_type", server.put(docs, "{\"dimension\":\"8\"}"));
    assertCode(400, "out_of_range", server.put(docs, "{\"dimension\":8,\"compression\":\"tiny\"}"));
    assertCode(400, "out_of_range", server.put(docs, "{\"dimension\":8,\"metric\":\"L2\"}"));
    assertCode(400, "unknown_field", server.put(docs, "{\"dimension\":8,\"compresion\":\"x\"}"));
    assertCode(400, "bad_name", server.put("/v1/collections/Docs", "{\"dimension\":8}"));
    assertCode(404, "collection_not_found", server.get(docs));
  }

  @Test
  void estimate_tellsMemoryAndDiskBeforeLoading() {
    String query = "/v1/estimate?count=117791&dimension=384&compression=";
    Map<String, Object> compact = Json.object(server.get(query + "compact").body());
    Map<String, Object> lossless = Json.object(server.get(query + "lossless").body());
    assertEquals(117_791L, compact.get("count"));
    assertEquals("compact", compact.get("compression"));
    double ratio = (double) Json.member(compact, "ratio_to_float32");
    assertTrue(ratio > 0.07 && ratio < 0.15, compact.toString());
    // Lossless rows lie in a second list by their signs.
    long spilled = number(lossless, "memory_bytes") - number(compact, "memory_bytes");
    assertEquals(50.0, spilled / 117_791.0, 10);
    long more = number(lossless, "disk_bytes") - number(compact, "disk_bytes");
    assertEquals(384 * 4 + 50.0, more / 117_791.0, 10);
    assertTrue(number(compact, "peak_bytes") > number(compact, "load_bytes"));
    long withMetadata =
        number(Json.object(server.get(query + "compact&metadata_bytes=100").body()), "disk_bytes");
    assertEquals(number(compact, "disk_bytes") + 100L * 117_791, withMetadata);
  }

  @Test
  void estimate_badParameters_areRefused() {
    for (String query :
        List.of(
            "",
            "?count=5",
            "?dimension=5",
            "?count=-1&dimension=5",
            "?count=x&dimension=5",
            "?count=5&dimension=0",
            "?count=5&dimension=5&compression=tiny",
            "?count=99999999999&dimension=5",
            "?count=5&dimension=5&id_bytes=0")) {
      assertCode(400, "bad_parameter", server.get("/v1/estimate" + query));
    }
  }

  @Test
  void search_byVector_ordersByScore() {
    var found = results("{\"vector\":[2,0.1],\"k\":3}");
    assertEquals(
        List.of("east", "a/b ü", "north"), found.stream().map(one -> one.get("id")).toList());
  }

  @Test
  void search_byId_leavesTheEntryItselfOut() {
    var found = results("{\"id\":\"east\",\"k\":2}");
    assertEquals(List.of("a/b ü", "north"), found.stream().map(one -> one.get("id")).toList());
  }

  @Test
  void search_batch_isAnsweredInOrder() {
    var found = results("{\"vectors\":[[1,0],[0,1]],\"k\":1}");
    assertEquals(2, found.size());
    assertEquals("east", Json.objects(found.get(0), "results").getFirst().get("id"));
    assertEquals("north", Json.objects(found.get(1), "results").getFirst().get("id"));
    assertEquals(1L, found.get(1).get("count"));
  }

  @Test
  void search_minScore_leavesTheRestOut() {
    assertEquals(2, results("{\"vector\":[1,0],\"min_score\":0.5}").size());
  }

  @Test
  void search_exactProbesRerank_areTaken() {
    assertEquals(3, results("{\"vector\":[1,0],\"exact\":true,\"probes\":4,\"rerank\":20}").size());
  }

  @Test
  void search_include_saysWhatIsThere() {
    assertEquals(
        java.util.Set.of("id", "score"),
        results("{\"vector\":[1,0],\"include\":[]}").getFirst().keySet());
    Map<String, Object> first =
        results("{\"vector\":[1,0],\"include\":[\"values\",\"metadata\"]}").getFirst();
    assertEquals(List.of(1.0, 0.0), first.get("values"));
    assertEquals(Map.of("n", 1L), first.get("metadata"));
  }

  @Test
  void search_explain_tellsTheWork() {
    Map<String, Object> body =
        Json.object(server.post(SEARCH, "{\"vector\":[1,0],\"explain\":true}").body());
    Map<?, ?> explain = (Map<?, ?>) Json.member(body, "explain");
    assertEquals(3L, explain.get("vectors_scored"));
    assertTrue(
        explain
            .keySet()
            .containsAll(List.of("lists_probed", "codes_scanned", "reranked", "matched")),
        explain.toString());
    if (!(explain.get("micros_by_phase") instanceof Map<?, ?> phases)) {
      throw new AssertionError("no phases in " + explain);
    }
    long sum = phases.values().stream().mapToLong(each -> (long) each).sum();
    assertEquals(explain.get("micros"), sum);
    assertTrue((double) Json.member(body, "took_ms") >= 0);
  }

  @Test
  void search_filter_findsAllThatPass() {
    assertEquals(
        List.of("north"),
        results("{\"vector\":[1,0],\"filter\":{\"n\":2}}").stream()
            .map(one -> one.get("id"))
            .toList());
    var batch = results("{\"vectors\":[[1,0],[0,1]],\"k\":5,\"filter\":{\"n\":{\"exists\":true}}}");
    assertEquals(List.of(2L, 2L), batch.stream().map(one -> one.get("count")).toList());
    assertEquals(List.of(), results("{\"id\":\"east\",\"filter\":{\"n\":9}}"));
    Map<String, Object> seeds =
        Json.object(
            server
                .post(
                    "/search", "{\"vector\":[1,0],\"filter\":{\"n\":{\"lte\":1}},\"explain\":true}")
                .body());
    assertEquals(1L, seeds.get("count"));
  }

  @Test
  void search_batchWhoseAnswerWouldBeHuge_isRefused() {
    String queries = "[1,0],".repeat(100) + "[1,0]";
    String body = "{\"vectors\":[%s],\"k\":%d}";
    results(body.formatted(queries, 990));
    assertCode(400, "bad_batch", server.post(SEARCH, body.formatted(queries, 991)));
    String wide = "[" + "1,".repeat(4_095) + "1]";
    String withValues =
        "{\"vectors\":[%s,%s],\"k\":501,\"include\":[\"values\"]}".formatted(wide, wide);
    assertCode(400, "bad_batch", server.post(SEARCH, withValues));
  }

  @Test
  void search_batch_faultyQueriesAreAllTold() {
    var refused = server.post(SEARCH, "{\"vectors\":[[1,0],[1],[0,0]]}");
    assertCode(400, "dimension_mismatch", refused);
    assertEquals(
        List.of("/vectors/1", "/vectors/2"),
        Json.objects(Json.object(refused.body()), "errors").stream()
            .map(one -> one.get("pointer"))
            .toList());
  }

  @Test
  void recall_isMeasured() {
    String path = "/v1/collections/default/recall";
    Map<String, Object> report = Json.object(server.post(path, "{\"sample\":2,\"k\":1}").body());
    assertEquals(java.util.Set.of("k", "sample", "recall", "p50_ms", "p95_ms"), report.keySet());
    assertEquals(1L, report.get("k"));
    assertEquals(2L, report.get("sample"));
    assertEquals(1.0, report.get("recall"));
    assertCode(400, "out_of_range", server.post(path, "{\"sample\":0}"));
    assertCode(400, "out_of_range", server.post(path, "{\"k\":1001}"));
    assertCode(404, "collection_not_found", server.post("/v1/collections/nope/recall", "{}"));
  }

  @Test
  void vector_idWithEncodedCharacters_isFound() {
    var got = server.get("/v1/collections/default/vectors/a%2Fb%20%C3%BC");
    assertEquals(200, got.statusCode(), got.body());
    assertEquals("a/b ü", Json.object(got.body()).get("id"));
    assertFalse(Json.object(got.body()).containsKey("values"));
  }

  @Test
  void missing_collectionAndVector_are404() {
    assertCode(404, "collection_not_found", server.get("/v1/collections/nope"));
    assertCode(404, "collection_not_found", server.get("/v1/collections/nope/stats"));
    assertCode(
        404,
        "collection_not_found",
        server.post("/v1/collections/nope/search", "{\"vector\":[1,0]}"));
    assertCode(404, "vector_not_found", server.get("/v1/collections/default/vectors/nope"));
    assertCode(404, "vector_not_found", server.post(SEARCH, "{\"id\":\"nope\"}"));
  }

  private static long number(Map<?, ?> object, String name) {
    if (object.get(name) instanceof Long number) {
      return number;
    }
    throw new AssertionError("no number '%s' in %s".formatted(name, object));
  }

  private static void assertCode(
      int status, String code, java.net.http.HttpResponse<String> answer) {
    assertEquals(status, answer.statusCode(), answer.body());
    assertEquals(code, Json.object(answer.body()).get("code"));
  }
}

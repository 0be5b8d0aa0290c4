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
                    "bytes",
                    "bytes_per_vector",
                    "ratio_to_float32")),
        stats.toString());
    assertEquals(3L, stats.get("hot_buffer"));
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
    assertEquals(3L, ((Map<?, ?>) Json.member(body, "explain")).get("vectors_scored"));
    assertTrue((double) Json.member(body, "took_ms") >= 0);
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

  private static void assertCode(
      int status, String code, java.net.http.HttpResponse<String> answer) {
    assertEquals(status, answer.statusCode(), answer.body());
    assertEquals(code, Json.object(answer.body()).get("code"));
  }
}

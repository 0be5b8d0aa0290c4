package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adding, deleting and reading the entries of a collection. */
final class EntriesTest {
  private static final String DOCS = "/v1/collections/docs";
  private static final String VECTORS = DOCS + "/vectors";

  private TestServer server = TestServer.inMemory();

  @BeforeEach
  void makeCollection() {
    assertEquals(201, server.put(DOCS, "{\"dimension\":2,\"metric\":\"dot\"}").statusCode());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpRequest.Builder lines(String path, String body) {
    return server
        .request(path)
        .header("Authorization", "Bearer " + TestServer.KEY)
        .header("Content-Type", "application/x-ndjson")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private static Map<String, Object> ok(HttpResponse<String> answer) {
    assertEquals(200, answer.statusCode(), answer.body());
    return Json.object(answer.body());
  }

  private static Map<String, Object> problem(int status, String code, HttpResponse<String> answer) {
    assertEquals(status, answer.statusCode(), answer.body());
    Map<String, Object> problem = Json.object(answer.body());
    assertEquals(code, problem.get("code"), answer.body());
    return problem;
  }

  private static String line(String id, double x, double y) {
    return "{\"id\":\"%s\",\"values\":[%s,%s]}%n".formatted(id, x, y).replace("\r", "");
  }

  private long count() {
    return (long) Json.member(ok(server.get(DOCS)), "vectors");
  }

  private void fill(int count) {
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < count; i++) {
      body.append(
          "{\"id\":\"v%03d\",\"values\":[%d,1],\"metadata\":{\"n\":%d,\"even\":%b}}\n"
              .formatted(i, i, i, i % 2 == 0));
    }
    assertEquals((long) count, ok(server.send(lines(VECTORS, body.toString()))).get("upserted"));
  }

  @Test
  void upsert_document_tellsWhatItDid() {
    String body =
        "{\"vectors\":[{\"id\":\"a\",\"values\":[1,2],\"approximate\":true},"
            + "{\"id\":\"b\",\"values\":[3,4]}]}";
    Map<String, Object> first = ok(server.post(VECTORS, body));
    assertEquals(
        Map.of(
            "upserted",
            2L,
            "replaced",
            0L,
            "rejected",
            List.of(),
            "rejected_count",
            0L,
            "durability",
            "none"),
        first);
    assertEquals(2L, ok(server.post(VECTORS, body)).get("replaced"));
    assertEquals(2, count());
  }

  @Test
  void upsert_lines_takesBlankLinesCrLfBase64AndNoLastLineEnd() {
    byte[] bytes =
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(5f).putFloat(-6f).array();
    String base64 = Base64.getEncoder().encodeToString(bytes);
    String body =
        line("a", 1, 2)
            + "\n\r\n"
            + "{\"id\":\"b\",\"values\":[3,4]}\r\n"
            + "{\"id\":\"c\",\"values\":\""
            + base64
            + "\"}";
    assertEquals(3L, ok(server.send(lines(VECTORS, body))).get("upserted"));
    Map<String, Object> read = ok(server.get(VECTORS + "/c?include=values"));
    assertEquals(List.of(5.0, -6.0), read.get("values"));
    assertFalse(read.containsKey("approximate"));
  }

  @Test
  void upsert_lines_wrongDimensionInLine5000_appliesNothing() {
    StringBuilder body = new StringBuilder();
    for (int i = 1; i <= 6_000; i++) {
      body.append(i == 5_000 ? "{\"id\":\"short\",\"values\":[1]}\n" : line("v" + i, i, 1));
    }
    Map<String, Object> problem =
        problem(400, "dimension_mismatch", server.send(lines(VECTORS, body.toString())));
    assertTrue(String.valueOf(problem.get("detail")).startsWith("line 5000: "), problem.toString());
    assertEquals("/4999/values", Json.objects(problem, "errors").getFirst().get("pointer"));
    assertEquals(0, count());
  }

  @Test
  void upsert_lines_morePastTheLimitOfADocument_areOneBatch() {
    int count = 25_000;
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < count; i++) {
      body.append(line("v" + i, i, 1));
    }
    assertEquals((long) count, ok(server.send(lines(VECTORS, body.toString()))).get("upserted"));
    assertEquals(count, count());
  }

  @Test
  void upsert_lines_ofMoreThanARequestMayHave_areTaken() {
    try (TestServer small = TestServer.inMemory("MAX_REQUEST_BYTES", "1024")) {
      assertEquals(201, small.put(DOCS, "{\"dimension\":2}").statusCode());
      StringBuilder body = new StringBuilder();
      while (body.length() < 3 << 20) {
        body.append(line("v" + body.length(), 1, 1));
      }
      for (HttpRequest.BodyPublisher publisher :
          List.of(
              HttpRequest.BodyPublishers.ofString(body.toString()),
              HttpRequest.BodyPublishers.ofInputStream(
                  () ->
                      new java.io.ByteArrayInputStream(
                          body.toString().getBytes(StandardCharsets.UTF_8))))) {
        var answer =
            small.send(
                small
                    .request(VECTORS)
                    .header("Authorization", "Bearer " + TestServer.KEY)
                    .header("Content-Type", "application/x-ndjson; charset=utf-8")
                    .POST(publisher));
        assertEquals(200, answer.statusCode(), answer.body());
      }
      var document = small.post(VECTORS, TestServer.addOf("v", 100, 2, 1));
      problem(413, "body_too_large", document);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":\"b\",\"values\":[1,",
        "{\"id\":\"b\",\"values\":[1,2]} x",
        "{\"id\":\"b\",\"values\":[1,2]}{\"id\":\"c\",\"values\":[1,2]}",
        "not json"
      })
  void upsert_lines_brokenLine_isNamedAndNothingApplied(String broken) {
    Map<String, Object> problem =
        problem(400, "bad_json", server.send(lines(VECTORS, line("a", 1, 2) + "\n" + broken)));
    assertTrue(String.valueOf(problem.get("detail")).startsWith("line 3: "), problem.toString());
    assertEquals(0, count());
  }

  @Test
  void upsert_lines_faultsOfSeveralLines_areAllTold() {
    String body =
        line("a", 1, 2)
            + "{\"id\":\"b\",\"values\":[1]}\n{\"id\":\"\",\"values\":[1,2]}\n"
            + "{\"id\":\"c\",\"values\":[NaN,2]}\n";
    Map<String, Object> problem =
        problem(400, "dimension_mismatch", server.send(lines(VECTORS, body)));
    assertEquals(
        List.of("/1/values", "/2/id", "/3/values"),
        Json.objects(problem, "errors").stream().map(one -> one.get("pointer")).toList());
    assertEquals(0, count());
  }

  @Test
  void upsert_unknownFieldInLine_namesTheNearestAndTheLine() {
    Map<String, Object> problem =
        problem(
            400,
            "unknown_field",
            server.send(lines(VECTORS, line("a", 1, 2) + "{\"id\":\"b\",\"valeus\":[1,2]}")));
    assertEquals("did you mean 'values'?", problem.get("hint"));
    assertEquals("/1/valeus", Json.objects(problem, "errors").getFirst().get("pointer"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "   \r\n"})
  void upsert_lines_none_isRefused(String body) {
    var answer = server.send(lines(VECTORS, body));
    assertEquals(400, answer.statusCode(), answer.body());
  }

  @Test
  void upsert_endlessLine_isRefused() {
    String body = line("a", 1, 2) + "x".repeat((1 << 20) + 1);
    Map<String, Object> problem = problem(400, "bad_json", server.send(lines(VECTORS, body)));
    assertTrue(String.valueOf(problem.get("detail")).contains("line 2"), problem.toString());
  }

  @Test
  void upsert_idTwice_isRefusedOrTheSecondSkipped() {
    String body = line("a", 1, 2) + line("b", 1, 2) + line("a", 3, 4);
    Map<String, Object> problem = problem(400, "duplicate_id", server.send(lines(VECTORS, body)));
    assertEquals("/2/id", Json.objects(problem, "errors").getFirst().get("pointer"));
    assertEquals(0, count());
    Map<String, Object> skipped = ok(server.send(lines(VECTORS + "?on_error=skip", body)));
    assertEquals(2L, skipped.get("upserted"));
    assertEquals("duplicate_id", Json.objects(skipped, "rejected").getFirst().get("code"));
    assertEquals(List.of(1.0, 2.0), ok(server.get(VECTORS + "/a?include=values")).get("values"));
  }

  @Test
  void upsert_skip_takesTheGoodLinesAndListsTheOthers() {
    String body =
        line("a", 1, 2)
            + "{\"id\":\"b\",\"values\":[1]}\n"
            + "broken\n"
            + line("c", 1, 2)
            + "{\"id\":\"d\",\"values\":\"###\"}\n"
            + "{\"values\":[1,2]}\n"
            + line("e", 1, 2);
    Map<String, Object> answer = ok(server.send(lines(VECTORS + "?on_error=skip", body)));
    assertEquals(3L, answer.get("upserted"));
    assertEquals(4L, answer.get("rejected_count"));
    List<Map<String, Object>> rejected = Json.objects(answer, "rejected");
    assertEquals(
        List.of(
            "1 2 b dimension_mismatch", "2 3  bad_json", "4 5 d bad_base64", "5 6  missing_field"),
        rejected.stream()
            .map(
                one ->
                    "%s %s %s %s"
                        .formatted(
                            one.get("index"), one.get("line"), one.get("id"), one.get("code")))
            .toList());
    assertEquals(3, count());
  }

  @Test
  void upsert_skip_worksOnADocumentToo() {
    String body =
        "{\"vectors\":[{\"id\":\"a\",\"values\":[1,2]},7,[[1],{}],{\"id\":\"b\",\"values\":[1,{\"x\":[1]}]},"
            + "{\"id\":\"c\",\"metadata\":{\"deep\":{\"er\":1}},\"values\":[1,2]},"
            + "{\"id\":\"d\",\"values\":[1,2]}],\"api_key\":\"ignored\"}";
    Map<String, Object> answer = ok(server.post(VECTORS + "?on_error=skip", body));
    assertEquals(2L, answer.get("upserted"));
    assertEquals(
        List.of("1  bad_type", "2  bad_type", "3 b bad_type", "4 c bad_metadata"),
        Json.objects(answer, "rejected").stream()
            .map(one -> "%s %s %s".formatted(one.get("index"), one.get("id"), one.get("code")))
            .toList());
    problem(400, "bad_json", server.post(VECTORS + "?on_error=skip", body.substring(0, 60)));
  }

  @Test
  void upsert_skip_listsNoMoreThanAThousand() {
    StringBuilder body = new StringBuilder(line("good", 1, 2));
    for (int i = 0; i < 1_500; i++) {
      body.append("{\"id\":\"v").append(i).append("\",\"values\":[1]}\n");
    }
    Map<String, Object> answer =
        ok(server.send(lines(VECTORS + "?on_error=skip", body.toString())));
    assertEquals(1L, answer.get("upserted"));
    assertEquals(1_500L, answer.get("rejected_count"));
    assertEquals(1_000, Json.objects(answer, "rejected").size());
  }

  @Test
  void upsert_badCalls_areRefused() {
    String body = line("a", 1, 2);
    problem(400, "bad_parameter", server.send(lines(VECTORS + "?on_error=ignore", body)));
    problem(404, "collection_not_found", server.send(lines("/v1/collections/nope/vectors", body)));
    var form =
        server.send(
            server
                .request(VECTORS)
                .header("Authorization", "Bearer " + TestServer.KEY)
                .header("Content-Type", "text/csv")
                .POST(HttpRequest.BodyPublishers.ofString("a,1,2")));
    Map<String, Object> problem = problem(415, "unsupported_media_type", form);
    assertTrue(String.valueOf(problem.get("hint")).contains("application/x-ndjson"));
    problem(415, "unsupported_media_type", server.send(lines("/add", body)));
    assertEquals(0, count());
  }

  @Test
  void upsert_memoryGuard_refusesWhatIsStagedAndGivesItBack() {
    long heap = Runtime.getRuntime().maxMemory();
    int dimension = 4_096;
    String zeros = Base64.getEncoder().encodeToString(new byte[4 * dimension]);
    long perEntry = 2L * (4 * dimension + 170);
    int tooMany = (int) (heap / 100 / perEntry) + 100;
    try (TestServer guarded = TestServer.inMemory("RAM_SAFETY_PERCENT", "1")) {
      String made = "{\"dimension\":4096,\"metric\":\"dot\"}";
      assertEquals(201, guarded.put(DOCS, made).statusCode());
      StringBuilder body = new StringBuilder();
      for (int i = 0; i < tooMany; i++) {
        body.append("{\"id\":\"v%d\",\"values\":\"%s\"}\n".formatted(i, zeros));
      }
      for (int attempt = 0; attempt < 2; attempt++) {
        var answer =
            guarded.send(
                guarded
                    .request(VECTORS)
                    .header("Authorization", "Bearer " + TestServer.KEY)
                    .header("Content-Type", "application/x-ndjson")
                    .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
        problem(503, "memory_guard", answer);
      }
      String few = body.substring(0, body.indexOf("\n", body.length() / 3));
      var answer =
          guarded.send(
              guarded
                  .request(VECTORS)
                  .header("Authorization", "Bearer " + TestServer.KEY)
                  .header("Content-Type", "application/x-ndjson")
                  .POST(HttpRequest.BodyPublishers.ofString(few)));
      assertEquals(200, answer.statusCode(), answer.body());
    }
  }

  @Test
  void upsert_plan_countsWhatComesInLines() {
    try (TestServer limited = TestServer.inMemory("DEFAULT_PLAN", "free")) {
      assertEquals(201, limited.put(DOCS, "{\"dimension\":2}").statusCode());
      StringBuilder body = new StringBuilder();
      for (int i = 0; i < 101; i++) {
        body.append(line("v" + i, i, 1));
      }
      var lines =
          limited
              .request(VECTORS)
              .header("Authorization", "Bearer " + TestServer.KEY)
              .header("Content-Type", "application/x-ndjson")
              .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
      assertEquals(200, limited.send(lines).statusCode());
      problem(429, "rate_limited", limited.send(lines));
    }
  }

  @Test
  void idempotencyKey_sameRequest_isAppliedOnce() {
    var first = server.send(lines(VECTORS, line("a", 1, 2)).header("Idempotency-Key", "k1"));
    assertEquals(1L, ok(first).get("upserted"));
    assertTrue(first.headers().firstValue("Idempotent-Replayed").isEmpty());
    assertEquals(200, server.post(DOCS + "/delete", "{\"ids\":[\"a\"]}").statusCode());
    var again = server.send(lines(VECTORS, line("a", 1, 2)).header("Idempotency-Key", "k1"));
    assertEquals(first.body(), again.body());
    assertEquals("true", again.headers().firstValue("Idempotent-Replayed").orElse(""));
    assertEquals(0, count());
    Map<String, Object> reused =
        problem(
            409,
            "idempotency_key_reused",
            server.send(lines(VECTORS, line("a", 1, 3)).header("Idempotency-Key", "k1")));
    assertEquals(false, reused.get("retryable"));
    problem(
        409,
        "idempotency_key_reused",
        server.send(
            lines(VECTORS + "?on_error=skip", line("a", 1, 2)).header("Idempotency-Key", "k1")));
  }

  @Test
  void idempotencyKey_ofADroppedCollection_isFreeInTheNextOfItsName() {
    var request = lines(VECTORS, line("a", 1, 2)).header("Idempotency-Key", "k1");
    assertEquals(1L, ok(server.send(request)).get("upserted"));
    assertEquals(204, server.send(delete(DOCS)).statusCode());
    assertEquals(201, server.put(DOCS, "{\"dimension\":2}").statusCode());
    var again = server.send(request);
    assertTrue(again.headers().firstValue("Idempotent-Replayed").isEmpty());
    assertEquals(1, count());
  }

  @Test
  void idempotencyKey_ofARefusedRequest_isFree() {
    String bad = "{\"id\":\"a\",\"values\":[1]}";
    problem(
        400,
        "dimension_mismatch",
        server.send(lines(VECTORS, bad).header("Idempotency-Key", "k2")));
    assertEquals(
        1L,
        ok(server.send(lines(VECTORS, line("a", 1, 2)).header("Idempotency-Key", "k2")))
            .get("upserted"));
  }

  @Test
  void idempotencyKey_isTheTenantsOwnAndChecked() {
    ok(server.send(lines(VECTORS, line("a", 1, 2)).header("Idempotency-Key", "k3")));
    var other =
        server.send(
            server
                .request(DOCS)
                .header("Authorization", "Bearer other")
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString("{\"dimension\":2}")));
    assertEquals(201, other.statusCode());
    var theirs =
        server.send(
            server
                .request(VECTORS)
                .header("Authorization", "Bearer other")
                .header("Idempotency-Key", "k3")
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofString(line("b", 1, 2))));
    assertEquals(1L, ok(theirs).get("upserted"));
    problem(
        400,
        "bad_parameter",
        server.send(lines(VECTORS, line("a", 1, 2)).header("Idempotency-Key", "x".repeat(256))));
  }

  @Test
  void delete_one_isGoneFromTheNextSearch() {
    fill(3);
    var deleted = server.send(delete(VECTORS + "/v002"));
    assertEquals(Map.of("deleted", 1L), ok(deleted));
    problem(404, "vector_not_found", server.send(delete(VECTORS + "/v002")));
    problem(404, "vector_not_found", server.get(VECTORS + "/v002"));
    Map<String, Object> found = ok(server.post(DOCS + "/search", "{\"vector\":[1,0]}"));
    assertEquals(
        List.of("v001", "v000"),
        Json.objects(found, "results").stream().map(one -> one.get("id")).toList());
  }

  private HttpRequest.Builder delete(String path) {
    return server.request(path).header("Authorization", "Bearer " + TestServer.KEY).DELETE();
  }

  @Test
  void delete_byIdsAndByFilter_countsWhatWasThere() {
    fill(10);
    String byIds = "{\"ids\":[\"v001\",\"v001\",\"nope\",\"v003\"]%s}";
    assertEquals(
        Map.of("would_delete", 2L),
        ok(server.post(DOCS + "/delete", byIds.formatted(",\"dry_run\":true"))));
    assertEquals(10, count());
    assertEquals(Map.of("deleted", 2L), ok(server.post(DOCS + "/delete", byIds.formatted(""))));
    String byFilter = "{\"filter\":{\"even\":true,\"n\":{\"lt\":6}}%s}";
    assertEquals(
        Map.of("would_delete", 3L),
        ok(server.post(DOCS + "/delete", byFilter.formatted(",\"dry_run\":true"))));
    assertEquals(Map.of("deleted", 3L), ok(server.post(DOCS + "/delete", byFilter.formatted(""))));
    assertEquals(5, count());
  }

  @Test
  void delete_badCalls_areRefused() {
    String path = DOCS + "/delete";
    problem(400, "missing_field", server.post(path, "{}"));
    problem(400, "out_of_range", server.post(path, "{\"ids\":[\"a\"],\"filter\":{\"a\":1}}"));
    problem(400, "bad_filter", server.post(path, "{\"filter\":{}}"));
    problem(400, "bad_type", server.post(path, "{\"ids\":\"a\"}"));
    problem(400, "unknown_field", server.post(path, "{\"id\":[\"a\"]}"));
    problem(
        404,
        "collection_not_found",
        server.post("/v1/collections/nope/delete", "{\"ids\":[\"a\"]}"));
    String deep = "{\"not\":".repeat(15) + "{\"a\":1}" + "}".repeat(15);
    problem(400, "filter_too_complex", server.post(path, "{\"filter\":" + deep + "}"));
  }

  @Test
  void unknownQueryParameter_isRefusedAndNothingDone() {
    fill(3);
    var refused = server.post(DOCS + "/delete?dry_run=true", "{\"ids\":[\"v001\"]}");
    problem(400, "bad_parameter", refused);
    assertEquals(3, count());
    Map<String, Object> misspelt = problem(400, "bad_parameter", server.get(VECTORS + "?limt=1"));
    assertEquals("did you mean 'limit'?", misspelt.get("hint"));
  }

  @Test
  void drop_removesACollectionAndItsName() {
    fill(3);
    var dropped = server.send(delete(DOCS));
    assertEquals(204, dropped.statusCode(), dropped.body());
    problem(404, "collection_not_found", server.get(DOCS));
    problem(404, "collection_not_found", server.send(delete(DOCS)));
    assertEquals(0L, ok(server.get("/health")).get("total_vectors"));
    assertEquals(201, server.put(DOCS, "{\"dimension\":3}").statusCode());
  }

  @Test
  void pages_giveEveryEntryOnceInOrderOfId() {
    fill(25);
    List<Object> ids = new ArrayList<>();
    String cursor = "";
    int pages = 0;
    while (true) {
      Map<String, Object> page = ok(server.get(VECTORS + "?limit=10" + cursor));
      pages++;
      Json.objects(page, "vectors").forEach(one -> ids.add(one.get("id")));
      if (page.get("next_cursor") == null) {
        break;
      }
      cursor = "&cursor=" + page.get("next_cursor");
    }
    assertEquals(3, pages);
    assertEquals(25, ids.size());
    assertEquals(ids.stream().sorted().toList(), ids);
  }

  @Test
  void page_hasWhatIsIncludedAndPassesTheFilter() {
    fill(10);
    String filter = URLEncoder.encode("{\"n\":{\"gte\":8}}", StandardCharsets.UTF_8);
    Map<String, Object> page = ok(server.get(VECTORS + "?filter=" + filter));
    assertEquals(2, Json.objects(page, "vectors").size());
    assertNull(page.get("next_cursor"));
    assertEquals(
        java.util.Set.of("id", "metadata"), Json.objects(page, "vectors").getFirst().keySet());
    Map<String, Object> values = ok(server.get(VECTORS + "?limit=1&include=values"));
    assertEquals(List.of(0.0, 1.0), Json.objects(values, "vectors").getFirst().get("values"));
    assertFalse(Json.objects(values, "vectors").getFirst().containsKey("metadata"));
  }

  @Test
  void page_badParameters_areRefused() {
    for (String query :
        List.of(
            "limit=0",
            "limit=1001",
            "limit=x",
            "cursor=v001",
            "cursor=1.%25",
            "cursor=1.gICA",
            "cursor=" + "A".repeat(5_000),
            "include=vector")) {
      problem(400, "bad_parameter", server.get(VECTORS + "?" + query));
    }
    problem(400, "bad_json", server.get(VECTORS + "?filter=%7B"));
    problem(400, "bad_filter", server.get(VECTORS + "?filter=%7B%7D"));
    problem(414, "uri_too_long", server.get(VECTORS + "?cursor=" + "A".repeat(9_000)));
  }

  private HttpResponse<String> export(String path) {
    return server.send(
        server
            .request(path)
            .header("Authorization", "Bearer " + TestServer.KEY)
            .header("Accept", "application/x-ndjson"));
  }

  @Test
  void export_ofLossless_isTakenBackExactly() {
    long seed = 11;
    String put = "{\"dimension\":16,\"compression\":\"lossless\"}";
    assertEquals(201, server.put("/v1/collections/from", put).statusCode());
    assertEquals(201, server.put("/v1/collections/to", put).statusCode());
    int count = 5_000;
    String added = TestServer.addOf("v", count, 16, seed);
    assertEquals(200, server.post("/v1/collections/from/vectors", added).statusCode());
    server.finalizeNamed("from");
    var exported = export("/v1/collections/from/vectors");
    assertEquals(200, exported.statusCode());
    assertEquals("application/x-ndjson", exported.headers().firstValue("Content-Type").orElse(""));
    assertEquals(count, exported.body().lines().count());
    assertFalse(exported.body().contains("approximate"));
    assertEquals(
        (long) count,
        ok(server.send(lines("/v1/collections/to/vectors", exported.body()))).get("upserted"));
    assertEquals(exported.body(), export("/v1/collections/to/vectors").body(), "seed " + seed);
  }

  @Test
  void export_ofCompact_marksWhatIsDecoded_andIsTakenBack() {
    assertEquals(201, server.put("/v1/collections/from", "{\"dimension\":16}").statusCode());
    assertEquals(201, server.put("/v1/collections/to", "{\"dimension\":16}").statusCode());
    String added = TestServer.addOf("v", 5_000, 16, 12);
    assertEquals(200, server.post("/v1/collections/from/vectors", added).statusCode());
    server.finalizeNamed("from");
    String vector = TestServer.vector(16, new SplittableRandom(3));
    server.send(
        lines("/v1/collections/from/vectors", "{\"id\":\"zlate\",\"values\":" + vector + "}"));
    List<String> exported = export("/v1/collections/from/vectors").body().lines().toList();
    assertEquals(5_001, exported.size());
    assertTrue(exported.getFirst().contains("\"approximate\":true"), exported.getFirst());
    assertFalse(exported.getLast().contains("approximate"), exported.getLast());
    var back = server.send(lines("/v1/collections/to/vectors", String.join("\n", exported)));
    assertEquals(5_001L, ok(back).get("upserted"));
  }

  @Test
  void export_ofMatches_hasThemAlone_andRefusesPages() {
    fill(10);
    String filter = URLEncoder.encode("{\"even\":true}", StandardCharsets.UTF_8);
    assertEquals(5, export(VECTORS + "?filter=" + filter).body().lines().count());
    assertEquals(
        "{\"id\":\"v000\"}", export(VECTORS + "?include=").body().lines().findFirst().orElse(""));
    problem(400, "bad_parameter", export(VECTORS + "?limit=5"));
    problem(404, "collection_not_found", export("/v1/collections/nope/vectors"));
  }

  @Test
  void export_leftInTheMiddle_givesItsPlaceBack() throws Exception {
    assertEquals(201, server.put("/v1/collections/big", "{\"dimension\":512}").statusCode());
    for (int batch = 0; batch < 4; batch++) {
      String added = TestServer.addOf("b" + batch + "-", 1_000, 512, batch);
      assertEquals(200, server.post("/v1/collections/big/vectors", added).statusCode());
    }
    // More than may be open at one time, each left after its first bytes.
    for (int attempt = 0; attempt < 20; attempt++) {
      int status = 429;
      while (status == 429) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
          socket.setReceiveBufferSize(8 * 1024);
          String request =
              "GET /v1/collections/big/vectors HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n"
                      .formatted(TestServer.KEY)
                  + "Accept: application/x-ndjson\r\n\r\n";
          socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
          byte[] begin = socket.getInputStream().readNBytes(12);
          status = Integer.parseInt(new String(begin, 9, 3, StandardCharsets.US_ASCII));
        }
      }
      assertEquals(200, status);
    }
  }

  @Test
  void accept_nothingThatThereIs_is406WithWhatThereIs() {
    var answer =
        server.send(
            server
                .request(VECTORS)
                .header("Authorization", "Bearer " + TestServer.KEY)
                .header("Accept", "text/csv"));
    Map<String, Object> problem = problem(406, "not_acceptable", answer);
    assertTrue(String.valueOf(problem.get("detail")).contains("application/x-ndjson"));
  }

  @Test
  void head_ofAnExport_hasNoBody() {
    fill(3);
    var answer =
        server.send(
            server
                .request(VECTORS)
                .header("Authorization", "Bearer " + TestServer.KEY)
                .header("Accept", "application/x-ndjson")
                .method("HEAD", HttpRequest.BodyPublishers.noBody()));
    assertEquals(200, answer.statusCode());
    assertEquals("", answer.body());
  }
}

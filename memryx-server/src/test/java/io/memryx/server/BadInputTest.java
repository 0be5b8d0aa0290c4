package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every bad input has its status and its code, and leaves nothing behind. */
final class BadInputTest {
  private static final String DEEP = "[".repeat(40) + "]".repeat(40);
  private static final int SMALL_BODY = 100_000;

  private static TestServer server = TestServer.inMemory();

  @BeforeAll
  static void start() {
    server.close();
    server = TestServer.inMemory("MAX_REQUEST_BYTES", Integer.toString(SMALL_BODY));
    server.post(
        "/add", "{\"vectors\":[{\"id\":\"a\",\"values\":[1,0]},{\"id\":\"b\",\"values\":[0,1]}]}");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String entry(String fields) {
    return "{\"vectors\":[" + fields + "]}";
  }

  private static String metadata(String value) {
    return entry("{\"id\":\"x\",\"values\":[1,0],\"metadata\":" + value + "}");
  }

  static Stream<Arguments> adds() {
    return Stream.of(
        Arguments.of("{\"vectors\":[]}", "bad_batch", "/vectors"),
        Arguments.of("{}", "missing_field", "/vectors"),
        Arguments.of("", "bad_json", ""),
        Arguments.of("{\"vectors\":[", "bad_json", ""),
        Arguments.of("{\"vectors\":[}", "bad_json", ""),
        Arguments.of("{\"vectors\" 1}", "bad_json", ""),
        Arguments.of(entry("{\"id\":\"x\",\"values\":[1,0]}") + " x", "bad_json", ""),
        Arguments.of(entry("{\"id\":\"x\",\"values\":[1,0]}") + "{}", "bad_json", ""),
        Arguments.of("[]", "bad_type", ""),
        Arguments.of("{\"vectors\":{}}", "bad_type", "/vectors"),
        Arguments.of(entry("1"), "bad_type", "/vectors/0"),
        Arguments.of("{\"vektors\":[]}", "unknown_field", "/vektors"),
        Arguments.of(entry("{\"id\":\"x\",\"value\":[1,0]}"), "unknown_field", "/vectors/0/value"),
        Arguments.of("{\"vectors\":[],\"vectors\":[]}", "duplicate_key", "/vectors"),
        Arguments.of(metadata("{\"k\":1,\"k\":2}"), "duplicate_key", "/vectors/0/metadata/k"),
        Arguments.of(entry("{\"values\":[1,0]}"), "missing_field", "/vectors/0"),
        Arguments.of(entry("{\"id\":\"x\"}"), "missing_field", "/vectors/0"),
        Arguments.of(entry("{\"id\":1,\"values\":[1,0]}"), "bad_type", "/vectors/0/id"),
        Arguments.of(
            entry("{\"id\":\"x\",\"values\":[1,\"0\"]}"), "bad_type", "/vectors/0/values/1"),
        Arguments.of(
            entry("{\"id\":\"x\",\"values\":[1,null]}"), "bad_type", "/vectors/0/values/1"),
        Arguments.of(
            entry("{\"id\":\"x\",\"values\":[1,0,0]}"), "dimension_mismatch", "/vectors/0/values"),
        Arguments.of(
            entry("{\"id\":\"x\",\"values\":[]}"), "dimension_mismatch", "/vectors/0/values"),
        Arguments.of(entry("{\"id\":\"x\",\"values\":[NaN,0]}"), "non_finite", "/vectors/0/values"),
        Arguments.of(
            entry("{\"id\":\"x\",\"values\":[-Infinity,0]}"), "non_finite", "/vectors/0/values"),
        Arguments.of(
            entry("{\"id\":\"x\",\"values\":[1e400,0]}"), "non_finite", "/vectors/0/values"),
        Arguments.of(
            entry("{\"id\":\"x\",\"values\":[1e39,0]}"), "non_finite", "/vectors/0/values"),
        Arguments.of(
            entry("{\"id\":\"x\",\"values\":[1" + "0".repeat(70) + ",0]}"), "bad_number", ""),
        Arguments.of(
            entry("{\"id\":\"x\",\"values\":[0." + "1".repeat(70) + ",0]}"), "bad_number", ""),
        Arguments.of(entry("{\"id\":\"x\",\"values\":[0,0]}"), "zero_norm", "/vectors/0/values"),
        Arguments.of(
            entry("{\"id\":\"x\",\"values\":\"####\"}"), "bad_base64", "/vectors/0/values"),
        Arguments.of(
            entry("{\"id\":\"x\",\"values\":\"AAAAAAA=\"}"), "bad_base64", "/vectors/0/values"),
        Arguments.of(entry("{\"id\":\"\",\"values\":[1,0]}"), "bad_id", "/vectors/0/id"),
        Arguments.of(
            entry("{\"id\":\"" + "x".repeat(513) + "\",\"values\":[1,0]}"),
            "bad_id",
            "/vectors/0/id"),
        Arguments.of(entry("{\"id\":\"\\u0007\",\"values\":[1,0]}"), "bad_id", "/vectors/0/id"),
        Arguments.of(entry("{\"id\":\"\\ud800\",\"values\":[1,0]}"), "bad_id", "/vectors/0/id"),
        Arguments.of(
            entry("{\"id\":\"x\",\"values\":[1,0]},{\"id\":\"x\",\"values\":[1,0]}"),
            "duplicate_id",
            "/vectors/1/id"),
        Arguments.of(metadata("{\"k\":{\"deeper\":1}}"), "bad_metadata", "/vectors/0/metadata/k"),
        Arguments.of(metadata("[]"), "bad_type", "/vectors/0/metadata"),
        Arguments.of(metadata("{\"k\":NaN}"), "non_finite", "/vectors/0/metadata/k"),
        Arguments.of(metadata("{\"k\":1e999}"), "non_finite", "/vectors/0/metadata/k"),
        Arguments.of(metadata("{\"k\":" + DEEP + "}"), "json_too_deep", ""),
        Arguments.of(
            metadata("{\"k\":\"" + "x".repeat(20_000) + "\"}"),
            "bad_metadata",
            "/vectors/0/metadata"));
  }

  @ParameterizedTest
  @MethodSource("adds")
  void add_bad_isRefusedWithItsCode(String body, String code, String pointer) {
    Map<String, Object> problem = problem(400, code, server.post("/add", body));
    if (!pointer.isEmpty()) {
      assertEquals(
          pointer, Json.objects(problem, "errors").getFirst().get("pointer"), problem.toString());
    }
    assertEquals(2L, Json.object(server.get("/v1/collections/default").body()).get("vectors"));
  }

  static Stream<Arguments> brokenDocuments() {
    return Stream.of(
        Arguments.of("  ", "the body is empty"),
        Arguments.of("{\"vectors\":[}", "not valid JSON at byte 12: Unexpected close marker '}'"),
        Arguments.of(
            "{\"vectors\":[{\"values\":[1,", "not valid JSON at byte 25: Unexpected end-of-input"),
        Arguments.of("{\"vectors\":", "not valid JSON at byte 11: Unexpected end-of-input"),
        Arguments.of("{\"vec", "not valid JSON at byte 5: Unexpected end-of-input"));
  }

  @ParameterizedTest
  @MethodSource("brokenDocuments")
  void add_brokenJson_saysWhereAndNothingOfTheParser(String body, String detail) {
    Map<String, Object> problem = problem(400, "bad_json", server.post("/add", body));
    String told = Json.member(problem, "detail").toString();
    assertTrue(told.startsWith(detail), told);
    assertFalse(told.contains("(") || told.contains("Source"), told);
  }

  @Test
  void hints_nameOnlyWhatHttpCanDo() {
    for (String values : List.of("[1,0,0]", "[0,0]")) {
      var refused = server.post("/add", entry("{\"id\":\"x\",\"values\":" + values + "}"));
      String hint = Json.member(Json.object(refused.body()), "hint").toString();
      assertFalse(hint.contains("new collection") || hint.contains("l2"), hint);
    }
  }

  static Stream<Arguments> searches() {
    return Stream.of(
        Arguments.of("{}", "missing_field"),
        Arguments.of("{\"vector\":[1,0],\"k\":0}", "out_of_range"),
        Arguments.of("{\"vector\":[1,0],\"k\":-1}", "out_of_range"),
        Arguments.of("{\"vector\":[1,0],\"k\":1001}", "out_of_range"),
        Arguments.of("{\"vector\":[1,0],\"k\":99999999999999}", "out_of_range"),
        Arguments.of("{\"vector\":[1,0],\"k\":1.5}", "bad_type"),
        Arguments.of("{\"vector\":[1,0],\"k\":\"5\"}", "bad_type"),
        Arguments.of("{\"vector\":[1,0],\"probes\":0}", "out_of_range"),
        Arguments.of("{\"vector\":[1,0],\"min_score\":NaN}", "non_finite"),
        Arguments.of("{\"vector\":[1,0],\"exact\":1}", "bad_type"),
        Arguments.of("{\"vector\":[1,0],\"include\":[\"vectors\"]}", "out_of_range"),
        Arguments.of("{\"vector\":[1,0],\"id\":\"a\"}", "out_of_range"),
        Arguments.of("{\"vectors\":[]}", "bad_batch"),
        Arguments.of("{\"vector\":[1,0,0]}", "dimension_mismatch"),
        Arguments.of("{\"vectors\":[[1,0],[1]]}", "dimension_mismatch"),
        Arguments.of("{\"vector\":[0,0]}", "zero_norm"),
        Arguments.of("{\"vector\":[NaN,0]}", "non_finite"),
        Arguments.of("{\"vector\":[1,0],\"filter\":{}}", "bad_filter"),
        Arguments.of("{\"vector\":[1,0],\"filter\":{\"a\":{\"gte\":true}}}", "bad_filter"),
        Arguments.of("{\"vector\":[1,0],\"filter\":[]}", "bad_type"),
        Arguments.of("{\"vector\":[1,0],\"topk\":3}", "unknown_field"));
  }

  @ParameterizedTest
  @MethodSource("searches")
  void search_bad_isRefusedWithItsCode(String body, String code) {
    problem(400, code, server.post("/search", body));
    problem(400, code, server.post("/v1/collections/default/search", body));
  }

  @Test
  void unknownField_namesTheNearest() {
    Map<String, Object> problem =
        problem(400, "unknown_field", server.post("/add", "{\"vektors\":[]}"));
    assertTrue(Json.member(problem, "hint").toString().contains("'vectors'"), problem.toString());
  }

  @Test
  void add_severalFaultyRows_areAllTold() {
    String body =
        entry(
            "{\"id\":\"x\",\"values\":[1]},{\"id\":\"y\",\"values\":[1,0]},"
                + "{\"id\":\"z\",\"values\":[0,0]}");
    Map<String, Object> problem = problem(400, "dimension_mismatch", server.post("/add", body));
    List<Object> pointers =
        Json.objects(problem, "errors").stream().map(one -> Json.member(one, "pointer")).toList();
    assertEquals(List.of("/vectors/0/values", "/vectors/2/values"), pointers);
  }

  @Test
  void firstAdd_refused_fixesNoDimension() {
    problem(
        400, "zero_norm", server.post("/add", "fresh", entry("{\"id\":\"x\",\"values\":[0,0,0]}")));
    problem(
        400, "bad_dimension", server.post("/add", "fresh", entry("{\"id\":\"x\",\"values\":[]}")));
    assertEquals(404, server.get("/v1/collections/default", "fresh").statusCode());
    assertEquals(
        200, server.post("/add", "fresh", entry("{\"id\":\"x\",\"values\":[1]}")).statusCode());
  }

  @Test
  void key_missing_is401() {
    var answer =
        server.send(
            server
                .request("/search")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"vector\":[1,0]}")));
    problem(401, "unauthenticated", answer);
    assertTrue(answer.headers().firstValue("WWW-Authenticate").orElse("").startsWith("Bearer"));
    problem(401, "unauthenticated", server.send(server.request("/v1/collections")));
    problem(
        401,
        "unauthenticated",
        server.send(server.request("/v1/collections").header("Authorization", "Basic YTpi")));
    problem(401, "unauthenticated", server.post("/search", "", "{\"vector\":[1,0]}"));
  }

  @Test
  void key_inUrl_isRefused() {
    problem(400, "key_in_url", server.get("/v1/collections?api_key=secret"));
  }

  @Test
  void buildId_unknown_is404() {
    problem(404, "build_not_found", server.get("/finalize/status?build_id=nope"));
    problem(400, "bad_parameter", server.get("/finalize/status"));
  }

  @Test
  void finalize_withoutVectors_is400() {
    problem(400, "nothing_to_finalize", server.post("/finalize", "nobody", "{}"));
    problem(400, "out_of_range", server.post("/finalize", "{\"timeout_s\":0}"));
    problem(400, "unknown_field", server.post("/finalize", "{\"timeout\":1}"));
  }

  @Test
  void body_overTheLimit_is413() {
    String huge = metadata("{\"k\":\"" + "x".repeat(SMALL_BODY) + "\"}");
    problem(413, "body_too_large", server.post("/add", huge));
    String manySmall =
        "{\"vectors\":[" + "{\"id\":\"x\",\"values\":[1,0]},".repeat(SMALL_BODY / 20) + "]}";
    var chunked =
        server
            .request("/add")
            .header("Authorization", "Bearer k")
            .header("Content-Type", "application/json")
            .POST(
                BodyPublishers.ofInputStream(
                    () ->
                        new java.io.ByteArrayInputStream(
                            manySmall.getBytes(java.nio.charset.StandardCharsets.UTF_8))));
    problem(413, "body_too_large", server.send(chunked));
  }

  @Test
  void contentType_otherThanJson_is415() {
    for (String type :
        List.of(
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json; charset=utf-16")) {
      var answer =
          server.send(
              server
                  .request("/search")
                  .header("Authorization", "Bearer k")
                  .header("Content-Type", type)
                  .POST(BodyPublishers.ofString("{\"vector\":[1,0]}")));
      Map<String, Object> problem = problem(415, "unsupported_media_type", answer);
      assertTrue(Json.member(problem, "hint").toString().contains("application/json"));
    }
    var none =
        server.send(
            server
                .request("/search")
                .header("Authorization", "Bearer k")
                .POST(BodyPublishers.ofString("{}")));
    problem(415, "unsupported_media_type", none);
  }

  @Test
  void contentEncoding_is415() {
    problem(
        415,
        "unsupported_media_type",
        server.send(
            server
                .request("/search")
                .header("Authorization", "Bearer k")
                .header("Content-Type", "application/json")
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofString("{}"))));
  }

  @Test
  void method_wrong_is405WithAllow() {
    var answer = server.get("/add");
    problem(405, "method_not_allowed", answer);
    assertEquals("OPTIONS, POST", answer.headers().firstValue("Allow").orElse(""));
    var options = server.send(server.request("/health").method("OPTIONS", BodyPublishers.noBody()));
    assertEquals(204, options.statusCode());
    assertEquals("GET, HEAD, OPTIONS", options.headers().firstValue("Allow").orElse(""));
  }

  @Test
  void accept_ruledOut_is406() {
    problem(
        406,
        "not_acceptable",
        server.send(
            server
                .request("/v1/collections")
                .header("Authorization", "Bearer k")
                .header("Accept", "text/csv")));
  }

  @Test
  void path_unknown_is404() {
    problem(404, "not_found", server.get("/nope"));
    problem(404, "not_found", server.get("/v2/collections"));
    problem(404, "not_found", server.get("/errors/nope"));
  }

  @Test
  void errors_haveAPageEach() {
    for (var code : io.memryx.server.problem.ProblemCode.values()) {
      var page = server.get("/errors/" + code.code());
      assertEquals(200, page.statusCode());
      assertTrue(page.body().contains(code.title()), page.body());
    }
  }

  /** Checks that an answer is a whole problem of this status and code. */
  static Map<String, Object> problem(int status, String code, HttpResponse<String> answer) {
    assertEquals(status, answer.statusCode(), answer.body());
    assertEquals(
        "application/problem+json", answer.headers().firstValue("Content-Type").orElse(""));
    Map<String, Object> problem = Json.object(answer.body());
    assertEquals(code, problem.get("code"), answer.body());
    assertEquals("/errors/" + code, problem.get("type"));
    assertEquals((long) status, problem.get("status"));
    for (String member : List.of("title", "detail", "hint", "retryable", "request_id")) {
      assertTrue(problem.containsKey(member), member + " in " + answer.body());
    }
    assertEquals(answer.headers().firstValue("X-Request-Id").orElse(""), problem.get("request_id"));
    assertFalse(answer.body().contains("Exception"), answer.body());
    return problem;
  }
}

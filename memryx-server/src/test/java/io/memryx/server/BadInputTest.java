package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What refusals say beyond their codes: the table of bad inputs has those. */
final class BadInputTest {
  private static TestServer server = TestServer.inMemory();

  @BeforeAll
  static void start() {
    server.close();
    server = TestServer.inMemory();
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

  @Test
  void hints_nameOnlyWhatHttpCanDo() {
    for (String values : List.of("[1,0,0]", "[0,0]")) {
      var refused = server.post("/add", entry("{\"id\":\"x\",\"values\":" + values + "}"));
      String hint = Json.member(Json.object(refused.body()), "hint").toString();
      assertFalse(hint.contains("new collection") || hint.contains("l2"), hint);
    }
  }

  @Test
  void unknownField_namesTheNearest() {
    Map<String, Object> problem =
        problem(400, "unknown_field", server.post("/add", "{\"vektors\":[]}"));
    assertTrue(Json.member(problem, "hint").toString().contains("'vectors'"), problem.toString());
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
  void options_tellTheMethods() {
    var options = server.send(server.request("/health").method("OPTIONS", BodyPublishers.noBody()));
    assertEquals(204, options.statusCode());
    assertEquals("GET, HEAD, OPTIONS", options.headers().firstValue("Allow").orElse(""));
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

package io.memryx.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.server.Json;
import io.memryx.server.TestServer;
import io.memryx.server.problem.ProblemCode;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a newcomer sees first: the front page, and the pages of errors. */
final class PagesTest {
  private static final String BROWSER =
      "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
  private static final Pattern COMMAND =
      Pattern.compile("curl -H 'Authorization: Bearer KEY' .* -d '(.*)' http://([^/]+)(/.*)");

  private static TestServer server = TestServer.inMemory();

  @BeforeAll
  static void start() {
    server.close();
    server = TestServer.inMemory();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static HttpResponse<String> asBrowser(String path) {
    HttpResponse<String> page = server.send(server.request(path).header("Accept", BROWSER));
    assertEquals("text/html; charset=utf-8", page.headers().firstValue("Content-Type").orElse(""));
    assertEquals(
        "default-src 'none'; frame-ancestors 'none'",
        page.headers().firstValue("Content-Security-Policy").orElse(""));
    assertEquals(200, page.statusCode());
    return page;
  }

  @Test
  void frontPage_firstSteps_workAsTheyAre() {
    Map<String, Object> root = Json.object(server.send(server.request("/")).body());
    assertEquals("memryx", root.get("name"));
    List<Map<String, Object>> steps = Json.objects(root, "first_steps");
    for (Map<String, Object> step : steps.subList(0, 2)) {
      Matcher command = COMMAND.matcher(Json.member(step, "command").toString());
      assertTrue(command.matches(), step.toString());
      assertEquals("127.0.0.1:" + server.port(), command.group(2));
      HttpResponse<String> answer = server.post(command.group(3), "KEY", command.group(1));
      assertEquals(200, answer.statusCode(), answer.body());
    }
    String found = server.post("/search", "KEY", "{\"vector\":[0.2,0.8],\"k\":1}").body();
    assertEquals("a", Json.objects(Json.object(found), "results").getFirst().get("id"));
  }

  @Test
  void frontPage_hasOneLineForEachEndpoint() {
    String text = server.send(server.request("/")).body();
    assertTrue(text.lines().anyMatch(line -> line.contains("\"/add\"")), text);
    assertTrue(text.lines().allMatch(line -> line.length() < 250), text);
  }

  @Test
  void frontPage_ofABrowser_isAPage() {
    String page = asBrowser("/").body();
    assertTrue(page.contains("<h1>Memryx</h1>"), page);
    assertTrue(page.contains("/v1/collections/{name}/search"), page);
    assertTrue(page.contains("{&quot;vector&quot;:[0.2,0.8]"), page);
  }

  @Test
  void errors_haveAPageEach_forTerminalsAndBrowsers() {
    for (ProblemCode code : ProblemCode.values()) {
      HttpResponse<String> text = server.send(server.request("/errors/" + code.code()));
      assertEquals(200, text.statusCode());
      assertTrue(text.body().startsWith(code.code() + " (HTTP " + code.status() + ")"));
      assertTrue(text.body().contains(code.page()), text.body());
      String page = asBrowser("/errors/" + code.code()).body();
      assertTrue(page.contains("<h1>" + Html.escaped(code.title()) + "</h1>"), page);
      assertFalse(page.contains("%s"), page);
    }
  }

  @Test
  void escaped_text_isNoMarkup() {
    assertEquals("&lt;a b=&quot;&#39;&amp;&gt;", Html.escaped("<a b=\"'&>"));
  }
}

package io.memryx.server.http;

import io.memryx.server.service.Version;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import tools.jackson.core.JsonGenerator;

/**
 * What {@code GET /} answers: who this is, how to begin, and all endpoints, one a line. Programs
 * and terminals get JSON, browsers a page.
 */
final class FrontPage {
  private static final String KEY =
      "put your key where KEY stands; with AUTH_MODE=open, as on your own machine, any text is one";
  private static final String ERRORS =
      "an error says what was wrong ('detail') and what to do ('hint'); its 'type' is a page here";

  private final List<Route> routes;

  /** Over the table of endpoints, which may still grow. */
  FrontPage(List<Route> routes) {
    this.routes = routes;
  }

  /** The page in what the caller likes best. */
  Answer answer(Call call) {
    String server = call.address();
    return call.prefers(MediaTypes.HTML) ? Html.page("Memryx", html(server)) : json(server);
  }

  private static List<Step> steps(String server) {
    return List.of(
        new Step(
            "add vectors",
            curl(
                server + "/add",
                "{\"vectors\":[{\"id\":\"a\",\"values\":[0.1,0.9]},{\"id\":\"b\",\"values\":[0.8,0.2]}]}")),
        new Step("find the nearest", curl(server + "/search", "{\"vector\":[0.2,0.8],\"k\":1}")),
        new Step("is it well?", "curl " + server + "/health"));
  }

  private static String curl(String url, String body) {
    return "curl -H 'Authorization: Bearer KEY' -H 'Content-Type: application/json' -d '%s' %s"
        .formatted(body, url);
  }

  /**
   * A command to begin with.
   *
   * @param purpose what it does
   * @param command for a terminal
   */
  private record Step(String purpose, String command) {}

  // ---- for programs and terminals

  private Answer json(String server) {
    String first = lines(steps(server), FrontPage::write);
    String endpoints = lines(routes, FrontPage::write);
    String text =
        """
        {
        "name": %s,
        "version": %s,
        "key": %s,
        "errors": %s,
        "first_steps": [
        %s
        ],
        "endpoints": [
        %s
        ]
        }
        """
            .formatted(
                text("memryx"), text(Version.current()), text(KEY), text(ERRORS), first, endpoints);
    return Answer.text(200, Answer.JSON, text);
  }

  private static String text(String value) {
    return written(json -> json.writeString(value));
  }

  private static <T> String lines(List<T> elements, Writing<T> writing) {
    return elements.stream()
        .map(element -> "  " + written(json -> writing.write(json, element)))
        .collect(Collectors.joining(",\n"));
  }

  private static String written(Consumer<JsonGenerator> content) {
    return new String(Json.write(content), StandardCharsets.UTF_8).strip();
  }

  /** Writes one element. */
  @FunctionalInterface
  private interface Writing<T> {
    void write(JsonGenerator json, T element);
  }

  private static void write(JsonGenerator json, Step step) {
    json.writeStartObject();
    json.writeStringProperty("purpose", step.purpose());
    json.writeStringProperty("command", step.command());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Route route) {
    json.writeStartObject();
    json.writeStringProperty("method", route.method());
    json.writeStringProperty("path", route.template());
    json.writeStringProperty("summary", route.summary());
    json.writeEndObject();
  }

  // ---- for browsers

  private String html(String server) {
    StringBuilder body = new StringBuilder();
    body.append(
        "<p>A compressed vector memory engine, version %s.</p>\n<h2>First steps</h2>\n"
            .formatted(Html.escaped(Version.current())));
    for (Step step : steps(server)) {
      body.append(
          "<p>%s:</p>\n<pre>%s</pre>\n"
              .formatted(Html.escaped(step.purpose()), Html.escaped(step.command())));
    }
    body.append("<p>%s.</p>\n<p>%s.</p>\n".formatted(Html.escaped(KEY), Html.escaped(ERRORS)));
    body.append(
        "<h2>Endpoints</h2>\n<p>For programs: <a href=\"/openapi.json\">/openapi.json</a></p>\n<table>\n");
    for (Route route : routes) {
      body.append(
          "<tr><td>%s</td><td><code>%s</code></td><td>%s</td></tr>\n"
              .formatted(
                  route.method(), Html.escaped(route.template()), Html.escaped(route.summary())));
    }
    return body.append("</table>\n").toString();
  }
}

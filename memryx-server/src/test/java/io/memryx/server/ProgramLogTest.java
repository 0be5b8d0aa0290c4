package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the program says in the log, as the process that operators run. */
final class ProgramLogTest {
  /** Of every key, in every place where a key may come. */
  private static final String ACME = "canary-acme-0123456789";

  private static final String ADMIN = "canary-admin-0123456789";

  /** No component of a vector is so by chance. */
  private static final float COMPONENT = 0.7319372f;

  private static final String VECTOR = "[0.7319372,1,2,3]";

  private static final Pattern TEXT =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[0-9:.]{12}Z (ERROR|WARN |INFO |DEBUG|TRACE) (.*)");

  /** What the JVM itself says at the start. */
  private static final String JVM = "WARNING: ";

  @TempDir Path directory;

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<String> secrets = new ArrayList<>(List.of("canary", "0.73193", base64()));
  private int requests;

  @AfterEach
  void endClient() {
    client.close();
  }

  /** The vector as a client may send it. */
  private static String base64() {
    var bytes = java.nio.ByteBuffer.allocate(16).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    bytes.putFloat(COMPONENT).putFloat(1).putFloat(2).putFloat(3);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private record Line(String message, Map<String, String> particulars) {
    /** Whether the line is this request's. */
    boolean isOf(String requestId) {
      return requestId.equals(particulars.get("request_id"));
    }
  }

  private static List<Line> lines(LogOptions.Format format, String said) {
    return said.lines()
        .filter(line -> !line.startsWith(JVM))
        .map(
            line ->
                switch (format) {
                  case TEXT -> textLine(line);
                  case JSON -> jsonLine(line);
                })
        .toList();
  }

  private static Line textLine(String line) {
    Matcher matcher = TEXT.matcher(line);
    assertTrue(matcher.matches(), "not a line of its own: " + line);
    Map<String, String> particulars = new HashMap<>();
    Pattern.compile(" ([a-z_]+)=(\\S+)")
        .matcher(matcher.group(2))
        .results()
        .forEach(one -> particulars.put(one.group(1), one.group(2)));
    return new Line(matcher.group(2), particulars);
  }

  private static Line jsonLine(String line) {
    Map<String, String> particulars = new HashMap<>();
    Json.object(line).forEach((name, value) -> particulars.put(name, String.valueOf(value)));
    return new Line(String.valueOf(particulars.get("message")), particulars);
  }

  private ServerProgram start(LogOptions.Format format, Path storage, String... variables)
      throws IOException {
    Map<String, String> environment = new HashMap<>();
    environment.put("LOG_FORMAT", format.name().toLowerCase(java.util.Locale.ROOT));
    environment.put("LOG_LEVEL", "trace");
    environment.put("ACCESS_LOG", "all");
    environment.put("AUTH_MODE", "keys");
    environment.put("API_KEYS", "acme=" + ACME);
    environment.put("ADMIN_API_KEY", ADMIN);
    environment.put("METRICS_KEY", "canary-metrics");
    for (int at = 0; at < variables.length; at += 2) {
      environment.put(variables[at], variables[at + 1]);
    }
    return ServerProgram.start(storage, "256m", environment);
  }

  /** Sends a request under an id of its own; gives the id. */
  private HttpResponse<String> send(
      int port, String path, String key, Optional<String> body, String type)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("X-Request-Id", "request-" + ++requests)
            .header("Authorization", "Bearer " + key);
    body.ifPresent(
        text -> request.header("Content-Type", type).POST(BodyPublishers.ofString(text)));
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(int port, String path, String key, String json)
      throws IOException, InterruptedException {
    return send(port, path, key, Optional.of(json), "application/json");
  }

  private HttpResponse<String> get(int port, String path, String key)
      throws IOException, InterruptedException {
    return send(port, path, key, Optional.empty(), "");
  }

  private static String entry(String values) {
    return "{\"id\":\"canary-id\",\"values\":%s,\"metadata\":{\"canary-field\":\"canary-text\"}}"
        .formatted(values);
  }

  private static String add(String values) {
    return "{\"api_key\":\"canary-in-body\",\"vectors\":[%s]}".formatted(entry(values));
  }

  private void finalizeAndWait(int port, String expected) throws Exception {
    String begun = post(port, "/v1/collections/default/finalize", ACME, "{}").body();
    String path = "/v1/operations/" + Json.object(begun).get("id");
    Map<String, Object> operation = Json.object(get(port, path, ACME).body());
    while ("running".equals(operation.get("status"))) {
      Thread.onSpinWait();
      operation = Json.object(get(port, path, ACME).body());
    }
    assertEquals(expected, operation.get("status"), operation.toString());
  }

  /** Calls that are answered well, and calls that are not; each has something to betray. */
  private void callAll(int port) throws Exception {
    assertEquals(200, post(port, "/add", ACME, add(VECTOR)).statusCode());
    assertEquals(200, post(port, "/add", ACME, add("\"" + base64() + "\"")).statusCode());
    String search =
        "{\"vector\":%s,\"filter\":{\"canary-field\":\"canary-text\"},\"explain\":true}"
            .formatted(VECTOR);
    assertEquals(200, post(port, "/search", ACME, search).statusCode());
    String made =
        post(port, "/v1/admin/keys", ADMIN, "{\"tenant\":\"acme\",\"scopes\":[\"read\"]}").body();
    String issued = String.valueOf(Json.object(made).get("key"));
    secrets.add(issued.substring(issued.lastIndexOf('_') + 1));
    String filter = "?filter=%7B%22canary-field%22%3A%22canary-text%22%7D";
    String vectors = "/v1/collections/default/vectors";
    assertEquals(200, get(port, vectors + filter, issued).statusCode());
    assertEquals(200, get(port, vectors + "/canary-id", ACME).statusCode());
    String rows = entry(VECTOR) + "\n" + entry("[0.7319372]") + "\n{\"canary\n";
    assertEquals(
        200,
        send(port, vectors + "?on_error=skip", ACME, Optional.of(rows), "application/x-ndjson")
            .statusCode());
    assertEquals(
        400, send(port, vectors, ACME, Optional.of(rows), "application/x-ndjson").statusCode());
    assertEquals(400, post(port, "/add", ACME, add("[0.7319372,1]")).statusCode());
    assertEquals(400, post(port, "/add", ACME, "{\"vectors\":[\"canary-broken").statusCode());
    assertEquals(400, post(port, "/search", ACME, "{\"canary\":0.7319372}").statusCode());
    assertEquals(400, get(port, "/v1/collections?api_key=canary-query", ACME).statusCode());
    assertEquals(401, post(port, "/add", "canary-wrong-key", add(VECTOR)).statusCode());
    assertEquals(403, get(port, "/v1/admin/tenants", ACME).statusCode());
    assertEquals(404, get(port, "/canary-nowhere/canary", ACME).statusCode());
    assertEquals(404, get(port, vectors + "/canary-missing", ACME).statusCode());
    assertEquals(401, get(port, "/metrics", "canary-not-it").statusCode());
  }

  private void assertNoSecretIn(String said) {
    for (String secret : secrets) {
      said.lines()
          .filter(line -> line.contains(secret))
          .findFirst()
          .ifPresent(
              line -> {
                throw new AssertionError(secret + " is in the log: " + line);
              });
    }
  }

  @ParameterizedTest
  @EnumSource(LogOptions.Format.class)
  void everything_isTold_butNoSecret(LogOptions.Format format) throws Exception {
    Path storage = Files.createDirectory(directory.resolve("store"));
    String said;
    try (ServerProgram program = start(format, storage)) {
      int port = program.awaitReady();
      callAll(port);
      finalizeAndWait(port, "succeeded");
      program.terminate();
      assertEquals(143, program.awaitEnd());
      said = program.said();
    }
    assertNoSecretIn(said);
    assertTrue(said.contains("ADMIN_API_KEY=***"), "the configuration is told, masked");
    assertTrue(said.contains("ACCESS_LOG=all"), said);
    List<Line> lines = lines(format, said);
    for (int request = 1; request <= requests; request++) {
      assertToldOnce(lines, "request-" + request);
    }
    Line first = access(lines, "request-1");
    assertEquals("/add", first.particulars().get("route"));
    assertEquals("200", first.particulars().get("status"));
    assertEquals("POST", first.particulars().get("method"));
    assertEquals("acme", first.particulars().get("tenant"));
    assertTrue(
        lines.stream()
            .filter(line -> line.message().startsWith("finalize "))
            .allMatch(
                line ->
                    "acme".equals(line.particulars().get("tenant"))
                        && line.particulars().containsKey("request_id")),
        said);
    assertTrue(
        lines.stream().anyMatch(line -> line.message().startsWith("finalize ")),
        "the build is told of");
  }

  private static boolean isAccess(Line line) {
    return line.particulars().containsKey("route");
  }

  private static void assertToldOnce(List<Line> lines, String id) {
    long told = lines.stream().filter(line -> isAccess(line) && line.isOf(id)).count();
    assertEquals(1, told, id);
  }

  private static Line access(List<Line> lines, String id) {
    return lines.stream().filter(line -> isAccess(line) && line.isOf(id)).findFirst().orElseThrow();
  }

  /** Word for word what operators of the first version look for. */
  @ParameterizedTest
  @EnumSource(LogOptions.Format.class)
  void linesOfTheFirstVersion_areThereWordForWord(LogOptions.Format format) throws Exception {
    Path storage = Files.createDirectory(directory.resolve("store"));
    List<String> said = new ArrayList<>();
    try (ServerProgram program = start(format, storage)) {
      int port = program.awaitReady();
      assertEquals(200, post(port, "/add", ACME, add(VECTOR)).statusCode());
      finalizeAndWait(port, "succeeded");
      program.terminate();
      assertEquals(143, program.awaitEnd());
      said.add(program.said());
    }
    assertSaid(format, said, "Persistence enabled: storage_path=" + Pattern.quote("" + storage));
    assertSaid(format, said, "Attempting to load existing snapshot from disk\\.\\.\\.");
    assertSaid(format, said, "Snapshot file not found( .*)?");
    assertSaid(format, said, "Snapshot saved: \\S+snapshot_latest\\.mrx \\(1 vectors\\)");
    said.clear();
    try (ServerProgram program = start(format, storage)) {
      int port = program.awaitReady();
      said.add(program.said());
      deleteAll(storage);
      Files.writeString(storage, "in the way");
      finalizeAndWait(port, "failed");
      said.add(program.said());
    }
    assertSaid(format, said, "Snapshot loaded: \\S+snapshot_latest\\.mrx \\(1 vectors\\)");
    assertSaid(format, said, "Error saving snapshot: \\S.*");
    said.clear();
    try (ServerProgram program = start(format, storage)) {
      assertEquals(ExitCode.STORAGE, program.awaitEnd());
      said.add(program.said());
    }
    assertSaid(format, said, "Error loading snapshot: \\S.*");
    said.clear();
    try (ServerProgram program = start(format, storage, "ENABLE_PERSISTENCE", "false")) {
      int _ = program.awaitReady();
      said.add(program.said());
    }
    assertSaid(format, said, "Persistence disabled \\(vectors will be lost on restart\\)");
  }

  private static void deleteAll(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static void assertSaid(LogOptions.Format format, List<String> said, String words) {
    Pattern whole =
        switch (format) {
          // What follows says whose line it is.
          case TEXT -> Pattern.compile(words + "( (request_id|tenant)=\\S+)*");
          case JSON -> Pattern.compile(words);
        };
    boolean there =
        said.stream()
            .flatMap(all -> lines(format, all).stream())
            .anyMatch(line -> whole.matcher(line.message()).matches());
    assertTrue(there, words + " is not in " + said);
  }

  /** By default only what went wrong, or took long, has a line. */
  @ParameterizedTest
  @EnumSource(LogOptions.Access.class)
  void requests_areToldAsWanted(LogOptions.Access access) throws Exception {
    LogOptions.Format format = LogOptions.Format.JSON;
    Path storage = Files.createDirectory(directory.resolve("store"));
    String wanted = access.name().toLowerCase(java.util.Locale.ROOT);
    try (ServerProgram program =
        start(format, storage, "LOG_LEVEL", "info", "ACCESS_LOG", wanted)) {
      int port = program.awaitReady();
      assertEquals(200, post(port, "/add", ACME, add(VECTOR)).statusCode());
      assertEquals(404, get(port, "/nowhere", ACME).statusCode());
      deleteAll(storage);
      Files.writeString(storage, "in the way");
      finalizeAndWait(port, "failed");
      assertEquals(503, get(port, "/health", ACME).statusCode());
      assertEquals(503, post(port, "/add", ACME, add(VECTOR)).statusCode());
      String last = "request-" + requests;
      program.terminate();
      int _ = program.awaitEnd();
      List<Line> lines = lines(format, program.said()).stream().filter(l -> isAccess(l)).toList();
      switch (access) {
        case OFF -> assertEquals(List.of(), lines);
        case PROBLEMS -> {
          assertToldOnce(lines, last);
          assertEquals("storage_failed", access(lines, last).particulars().get("code"));
          String probe = "request-" + (requests - 1);
          assertFalse(lines.stream().anyMatch(line -> line.isOf(probe)), lines.toString());
          assertFalse(lines.stream().anyMatch(line -> line.isOf("request-2")), lines.toString());
        }
        case ALL -> {
          for (int request = 1; request <= requests; request++) {
            assertToldOnce(lines, "request-" + request);
          }
          assertEquals("none", access(lines, "request-2").particulars().get("route"));
        }
      }
    }
  }
}

package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What monitoring sees: every figure that is promised is there, is right, and betrays nobody. */
final class MetricsTest {
  private static final Path OPERATIONS = Path.of("..", "docs", "operations.md");
  private static final Path ALERTS = Path.of("..", "packaging", "alerts.yml");
  private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)$");
  private static final Pattern SERIES = Pattern.compile("(?m)^([a-z_]+)(?:\\{(.*)\\})? (\\S+)$");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** Those of the JVM's binders among them. None can be a tenant, a collection, an id or a path. */
  private static final Set<String> LABELS =
      Set.of(
          "action",
          "area",
          "cause",
          "code",
          "component",
          "gc",
          "id",
          "java",
          "kernels",
          "lane",
          "le",
          "phase",
          "route",
          "state",
          "status",
          "version");

  @TempDir Path directory;

  private TestServer server() {
    return TestServer.onDisk(
        directory,
        "AUTH_MODE",
        "keys",
        "API_KEYS",
        "tenant-alpha=alpha-key,tenant-beta=beta-key",
        "ADMIN_API_KEY",
        "root-key");
  }

  /**
   * Two adds of 300 and 1 vectors, one with a fault left out, two searches, one of them refused.
   */
  private static void use(TestServer server) {
    assertEquals(200, add(server, TestServer.addOf("secret-id", 300, 16, 3)));
    assertEquals("swapped", server.finalizeAndWait("alpha-key").get("status"));
    String vector = TestServer.vector(16, new SplittableRandom(1));
    String lines =
        "{\"id\":\"good\",\"values\":%s}\n{\"id\":\"bad\",\"values\":[1]}\n".formatted(vector);
    var skipping =
        server.send(
            server
                .request("/v1/collections/default/vectors?on_error=skip")
                .header("Authorization", "Bearer alpha-key")
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(lines)));
    assertEquals(200, skipping.statusCode(), skipping.body());
    String search = "{\"vector\":%s}".formatted(vector);
    assertEquals(200, server.post("/search", "alpha-key", search).statusCode());
    assertEquals(400, server.post("/search", "alpha-key", "{\"vector\":[1]}").statusCode());
    assertEquals(401, server.get("/v1/collections", "nobodys-key").statusCode());
  }

  private static int add(TestServer server, String json) {
    return server.post("/add", "alpha-key", json).statusCode();
  }

  private static String text(TestServer server) {
    return server.send(server.request("/metrics")).body();
  }

  /** Values by series, written as {@code name{label="value"}}. */
  private record Figures(Map<String, Double> values) {
    static Figures of(TestServer server) {
      Map<String, Double> values = new TreeMap<>();
      for (MatchResult line : SERIES.matcher(text(server)).results().toList()) {
        String labels = line.group(2) == null ? "" : "{" + line.group(2) + "}";
        values.put(line.group(1) + labels, Double.valueOf(line.group(3)));
      }
      return new Figures(values);
    }

    double of(String series) {
      Double value = values.get(series);
      assertNotNull(value, series);
      return value;
    }

    double sum(String beginning) {
      return values.entrySet().stream()
          .filter(one -> one.getKey().startsWith(beginning))
          .mapToDouble(Map.Entry::getValue)
          .sum();
    }
  }

  private static Set<String> families(String text) {
    return TYPE.matcher(text)
        .results()
        .map(type -> type.group(1))
        .filter(name -> !name.endsWith("_max"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void figures_tellWhatHappened() {
    try (TestServer server = server()) {
      use(server);
      Figures now = Figures.of(server);
      assertEquals(301.0, now.of("memryx_adds_total"));
      assertEquals(1.0, now.of("memryx_adds_left_out_total"));
      assertEquals(2.0, now.of("memryx_add_time_seconds_count"));
      assertEquals(1.0, now.of("memryx_searches_total"));
      assertEquals(1.0, now.of("memryx_search_time_seconds_count"));
      for (String phase :
          List.of("hot_buffer", "routing", "scanning", "ranking", "reranking", "rest")) {
        assertEquals(
            1.0, now.of("memryx_search_phase_seconds_count{phase=\"" + phase + "\"}"), phase);
      }
      assertTrue(now.of("memryx_log_force_seconds_count") >= 2, "two adds and the registry");
      assertTrue(now.of("memryx_log_force_changes_sum") >= 2);
      assertTrue(now.of("memryx_log_force_seconds_sum") > 0);
      assertEquals(
          now.of("memryx_log_force_seconds_count"),
          now.of("memryx_log_force_seconds_bucket{le=\"+Inf\"}"));
      assertEquals(1.0, now.of("memryx_builds_total{state=\"swapped\"}"));
      assertEquals(0.0, now.of("memryx_builds_total{state=\"failed\"}"));
      assertTrue(now.sum("memryx_build_phase_seconds_count") >= 1);
      assertEquals(0.0, now.of("memryx_builds_stalled"));
      assertEquals(1.0, now.of("memryx_errors_total{code=\"dimension_mismatch\"}"));
      assertEquals(1.0, now.of("memryx_errors_total{code=\"unauthenticated\"}"));
      assertEquals(0.0, now.of("memryx_errors_total{code=\"internal\"}"), "known beforehand");
      assertEquals(now.of("memryx_bytes"), now.sum("memryx_component_bytes{"));
      assertTrue(now.of("memryx_component_bytes{component=\"hot_buffer\"}") > 0);
      assertTrue(now.of("memryx_storage_free_bytes") > 0);
      assertTrue(now.of("memryx_connections") >= 1);
      assertEquals(1.0, now.of("memryx_requests_open"), "this one");
      assertEquals(1.0, now.of("memryx_queue_running{lane=\"reads\"}"), "this one");
      assertEquals(0.0, now.of("memryx_queue_waiting{lane=\"writes\"}"));
      assertTrue(now.of("memryx_queue_wait_seconds_count{lane=\"writes\"}") >= 1);
      assertTrue(now.sum("jvm_memory_used_bytes{area=\"heap\"") > 0);
      assertTrue(now.of("jvm_threads_live_threads") > 0);
      assertTrue(now.of("process_files_open_files") > 0);
      assertTrue(now.of("process_uptime_seconds") > 0);
    }
  }

  @Test
  void inMemory_nothingIsForced_andThereIsNoVolume() {
    try (TestServer server = TestServer.inMemory()) {
      assertEquals(200, server.post("/add", TestServer.addOf("v", 3, 4, 1)).statusCode());
      Figures now = Figures.of(server);
      assertEquals(0.0, now.of("memryx_log_force_seconds_count"));
      assertEquals(Double.NaN, now.of("memryx_storage_free_bytes"));
    }
  }

  /**
   * Whoever may see the metrics learns nothing of a tenant, and a million tenants are no series.
   */
  @Test
  void labels_areNeverTenants() {
    try (TestServer server = server()) {
      String before = text(server);
      use(server);
      assertEquals(
          200, server.post("/add", "beta-key", TestServer.addOf("w", 2, 4, 1)).statusCode());
      String text = text(server);
      for (MatchResult line : SERIES.matcher(text).results().toList()) {
        String labels = line.group(2) == null ? "" : line.group(2);
        for (MatchResult label : LABEL.matcher(labels).results().toList()) {
          assertTrue(LABELS.contains(label.group(1)), line.group());
        }
      }
      for (String secret : List.of("alpha", "beta", "secret-id", "root-key", "default")) {
        assertFalse(text.contains(secret), secret);
      }
      assertTrue(before.contains("memryx_tenants 0.0"), before);
      assertTrue(text.contains("memryx_tenants 2.0"), text);
    }
  }

  @Test
  void json_hasEveryMetricThatTheTextHas() {
    try (TestServer server = server()) {
      use(server);
      String json =
          server.send(server.request("/metrics").header("Accept", "application/json")).body();
      Set<String> told =
          Json.objects(Json.object(json), "metrics").stream()
              .map(one -> String.valueOf(one.get("name")))
              .collect(Collectors.toSet());
      for (String family : families(text(server))) {
        boolean there =
            told.stream().anyMatch(name -> family.equals(name) || family.startsWith(name + "_"));
        assertTrue(there, family + " of " + told);
      }
    }
  }

  /** The table in the manual is the list of the server's own metrics, no more and no less. */
  @Test
  void manual_tellsEveryMetric() throws IOException {
    Set<String> documented = new TreeSet<>();
    for (String line : Files.readAllLines(OPERATIONS)) {
      if (line.startsWith("| `memryx_")) {
        String first = line.substring(1, line.indexOf('|', 1));
        Pattern.compile("`(memryx_[a-z_]+)")
            .matcher(first)
            .results()
            .forEach(name -> documented.add(name.group(1)));
      }
    }
    try (TestServer server = server()) {
      use(server);
      Set<String> there =
          families(text(server)).stream()
              .filter(name -> name.startsWith("memryx_"))
              .collect(Collectors.toCollection(TreeSet::new));
      assertEquals(there, documented);
    }
  }

  @Test
  void alerts_nameOnlyWhatThereIs() throws IOException {
    List<String> rules = new ArrayList<>();
    for (String line : Files.readAllLines(ALERTS)) {
      if (line.strip().startsWith("expr: ")) {
        rules.add(line.strip().substring("expr: ".length()));
      }
    }
    assertTrue(rules.size() >= 10, rules.toString());
    try (TestServer server = server()) {
      use(server);
      String text = text(server);
      for (String rule : rules) {
        requireThere(rule, text);
      }
    }
  }

  private static void requireThere(String rule, String text) {
    List<String> metrics =
        Pattern.compile("\\b(?:memryx|jvm|process|system)_[a-z_]+")
            .matcher(rule)
            .results()
            .map(MatchResult::group)
            .toList();
    assertTrue(!metrics.isEmpty() || rule.startsWith("up{"), rule);
    for (String metric : metrics) {
      assertTrue(Pattern.compile("(?m)^" + metric + "[{ ]").matcher(text).find(), metric);
    }
    for (MatchResult label :
        Pattern.compile("\\b(code|state)=~?\"([^\"]+)\"").matcher(rule).results().toList()) {
      for (String value : label.group(2).split("\\|", -1)) {
        assertTrue(text.contains(label.group(1) + "=\"" + value + "\""), rule);
      }
    }
  }
}

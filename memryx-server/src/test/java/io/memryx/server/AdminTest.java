package io.memryx.server;

import static io.memryx.server.BadInputTest.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tenants and keys, as the administrator makes them. */
final class AdminTest {
  private static final String ROOT = "ROOT";
  private static final String ONE = "{\"vectors\":[{\"id\":\"a\",\"values\":[1,0]}]}";
  private static final String SEARCH = "{\"vector\":[1,0]}";

  @TempDir Path directory;

  private TestServer start(String... variables) {
    return TestServer.onDisk(directory, withRoot(variables));
  }

  private static TestServer inMemory(String... variables) {
    return TestServer.inMemory(withRoot(variables));
  }

  private static String[] withRoot(String... variables) {
    String[] all = new String[variables.length + 4];
    System.arraycopy(variables, 0, all, 4, variables.length);
    all[0] = "AUTH_MODE";
    all[1] = "keys";
    all[2] = "ADMIN_API_KEY";
    all[3] = ROOT;
    return all;
  }

  static HttpResponse<String> put(TestServer server, String path, String json) {
    return server.send(
        server
            .request(path)
            .header("Authorization", "Bearer " + ROOT)
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(json)));
  }

  static HttpResponse<String> delete(TestServer server, String path, String key) {
    return server.send(server.request(path).header("Authorization", "Bearer " + key).DELETE());
  }

  static Map<String, Object> ok(int status, HttpResponse<String> answer) {
    assertEquals(status, answer.statusCode(), answer.body());
    return Json.object(answer.body());
  }

  private static Map<String, Object> makeKey(TestServer server, String json) {
    return ok(201, server.post("/v1/admin/keys", ROOT, json));
  }

  /** A key of a tenant, good for everything. */
  static String keyOf(TestServer server, String tenant) {
    return Json.member(makeKey(server, "{\"tenant\":\"%s\"}".formatted(tenant)), "key").toString();
  }

  // ---- who may call

  @Test
  void adminCalls_withoutTheAdministratorsKey_are403Or401() {
    try (TestServer server = inMemory("API_KEYS", "acme=KEY1")) {
      for (String path :
          List.of(
              "/v1/admin/tenants", "/v1/admin/tenants/acme", "/v1/admin/keys", "/v1/admin/stats")) {
        problem(403, "forbidden", server.get(path, "KEY1"));
        problem(401, "unauthenticated", server.send(server.request(path)));
      }
      problem(403, "forbidden", server.post("/v1/admin/keys", "KEY1", "{\"tenant\":\"acme\"}"));
      problem(403, "forbidden", delete(server, "/v1/admin/tenants/acme", "KEY1"));
    }
  }

  // ---- keys

  @Test
  void key_isShownOnce_andLetsItsTenantIn() {
    try (TestServer server = start()) {
      Map<String, Object> made = makeKey(server, "{\"tenant\":\"acme\"}");
      String key = Json.member(made, "key").toString();
      assertTrue(key.matches("mrx_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}"), key);
      assertTrue(key.startsWith("mrx_" + made.get("key_id") + "_"), made.toString());
      assertEquals("acme", made.get("tenant"));
      assertEquals(200, server.post("/add", key, ONE).statusCode());
      String listed = server.get("/v1/admin/keys?tenant=acme", ROOT).body();
      Map<String, Object> first = Json.objects(Json.object(listed), "keys").getFirst();
      assertEquals(made.get("key_id"), first.get("key_id"));
      assertEquals(true, first.get("live"));
      assertFalse(listed.contains(key.substring(17)), listed);
    }
  }

  @Test
  void keysAndTenants_surviveARestart_andTheStoreHasNoSecret() throws Exception {
    String key;
    try (TestServer server = start()) {
      put(
          server,
          "/v1/admin/tenants/acme",
          "{\"plan\":\"pro\",\"pod_url\":\"https://pod.example\"}");
      key = keyOf(server, "acme");
      server.post("/add", key, ONE);
    }
    try (TestServer server = start()) {
      assertEquals(1L, ok(200, server.post("/search", key, SEARCH)).get("count"));
      Map<String, Object> tenant = ok(200, server.get("/v1/admin/tenants/acme", ROOT));
      assertEquals("pro", tenant.get("plan"));
      assertEquals("https://pod.example", tenant.get("pod_url"));
      assertEquals(1L, tenant.get("keys"));
    }
    String secret = key.substring(17);
    try (var files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertFalse(text.contains(secret), file.toString());
      }
    }
  }

  @Test
  void revocation_countsAtOnce_andForEver() {
    String revoked;
    try (TestServer server = start()) {
      Map<String, Object> made = makeKey(server, "{\"tenant\":\"acme\"}");
      revoked = Json.member(made, "key").toString();
      String path = "/v1/admin/keys/" + made.get("key_id");
      assertEquals(200, server.get("/v1/collections", revoked).statusCode());
      assertEquals(204, delete(server, path, ROOT).statusCode());
      problem(401, "unauthenticated", server.get("/v1/collections", revoked));
      problem(404, "key_not_found", delete(server, path, ROOT));
    }
    try (TestServer server = start()) {
      problem(401, "unauthenticated", server.get("/v1/collections", revoked));
    }
  }

  @Test
  void rotation_hasTwoLiveKeys_andKeepsTheData() {
    try (TestServer server = start()) {
      Map<String, Object> first = makeKey(server, "{\"tenant\":\"acme\"}");
      server.post("/add", Json.member(first, "key").toString(), ONE);
      String second = keyOf(server, "acme");
      problem(409, "key_cap_reached", server.post("/v1/admin/keys", ROOT, "{\"tenant\":\"acme\"}"));
      delete(server, "/v1/admin/keys/" + first.get("key_id"), ROOT);
      assertEquals(1L, ok(200, server.post("/search", second, SEARCH)).get("count"));
      assertEquals(201, server.post("/v1/admin/keys", ROOT, "{\"tenant\":\"acme\"}").statusCode());
    }
  }

  @Test
  void scopes_missing_are403() {
    try (TestServer server = inMemory()) {
      String reader = scoped(server, "reader", "[\"read\"]");
      problem(403, "forbidden", server.post("/add", reader, ONE));
      problem(403, "forbidden", server.post("/finalize", reader, "{}"));
      problem(403, "forbidden", delete(server, "/v1/collections/default", reader));
      problem(
          403,
          "forbidden",
          server.post("/v1/collections/default/delete", reader, "{\"ids\":[\"a\"]}"));
      assertEquals(200, server.post("/search", reader, SEARCH).statusCode());
      String writer = scoped(server, "writer", "[\"write\"]");
      assertEquals(200, server.post("/add", writer, ONE).statusCode());
      problem(403, "forbidden", server.post("/search", writer, SEARCH));
      problem(403, "forbidden", delete(server, "/v1/collections/default", writer));
      String owner = scoped(server, "writer", "[\"admin\"]");
      assertEquals(204, delete(server, "/v1/collections/default", owner).statusCode());
      problem(403, "forbidden", server.get("/v1/admin/tenants", owner));
    }
  }

  @Test
  void scopes_ofAKeyInTheBody_countToo() {
    try (TestServer server = inMemory()) {
      String reader = scoped(server, "reader", "[\"read\"]");
      var add =
          server
              .request("/add")
              .header("Content-Type", "application/json")
              .POST(
                  BodyPublishers.ofString(
                      "{\"api_key\":\"%s\",%s".formatted(reader, ONE.substring(1))));
      problem(403, "forbidden", server.send(add));
      assertEquals(0L, ok(200, server.get("/v1/admin/tenants/reader", ROOT)).get("vectors"));
    }
  }

  private static String scoped(TestServer server, String tenant, String scopes) {
    String json = "{\"tenant\":\"%s\",\"scopes\":%s}".formatted(tenant, scopes);
    return Json.member(makeKey(server, json), "key").toString();
  }

  @Test
  void wrongKeys_areAnsweredAlike_andTooManyAre429() {
    try (TestServer server = inMemory()) {
      String right = keyOf(server, "acme");
      String mistyped = right.substring(0, right.length() - 1) + (right.endsWith("0") ? "1" : "0");
      Set<Object> details = new HashSet<>();
      for (String wrong :
          List.of("nonsense", "mrx_000000000000_" + right.substring(17), mistyped)) {
        Map<String, Object> problem =
            problem(401, "unauthenticated", server.get("/v1/collections", wrong));
        details.add(problem.get("detail"));
      }
      assertEquals(1, details.size(), details.toString());
      for (int more = 0; more < 17; more++) {
        problem(401, "unauthenticated", server.get("/v1/collections", "wrong"));
      }
      HttpResponse<String> refused = server.get("/v1/collections", "wrong");
      problem(429, "too_many_auth_failures", refused);
      assertTrue(refused.headers().firstValue("Retry-After").isPresent());
      assertEquals(200, server.get("/v1/collections", right).statusCode());
    }
  }

  @Test
  void environmentKeys_areListed_butNotRevocable() {
    try (TestServer server = start("API_KEYS", "acme=KEY1,globex=KEY2")) {
      var keys = Json.objects(ok(200, server.get("/v1/admin/keys?tenant=globex", ROOT)), "keys");
      assertEquals("environment", keys.getFirst().get("source"));
      problem(
          409,
          "key_not_revocable",
          delete(server, "/v1/admin/keys/" + keys.getFirst().get("key_id"), ROOT));
      server.post("/add", "KEY1", ONE);
      String made = keyOf(server, "acme");
      assertEquals(1L, ok(200, server.post("/search", made, SEARCH)).get("count"));
    }
  }

  @Test
  void newKeys_ofImpossibleKind_areRefused() {
    try (TestServer server = inMemory()) {
      problem(400, "missing_field", server.post("/v1/admin/keys", ROOT, "{}"));
      problem(400, "bad_name", server.post("/v1/admin/keys", ROOT, "{\"tenant\":\"A/b\"}"));
      problem(400, "bad_name", server.post("/v1/admin/keys", ROOT, "{\"tenant\":\"_server\"}"));
      for (String member :
          List.of(
              "\"scopes\":[]",
              "\"scopes\":[\"root\"]",
              "\"expires_at\":\"2001-01-01T00:00:00Z\"",
              "\"expires_at\":\"tomorrow\"")) {
        problem(
            400,
            "out_of_range",
            server.post("/v1/admin/keys", ROOT, "{\"tenant\":\"acme\",%s}".formatted(member)));
      }
      assertEquals(404, server.get("/v1/admin/tenants/acme", ROOT).statusCode());
    }
  }

  @Test
  void openMode_aRevokedKey_isNotATenantOfItsOwn() {
    try (TestServer server = TestServer.inMemory("ADMIN_API_KEY", ROOT)) {
      Map<String, Object> made = makeKey(server, "{\"tenant\":\"acme\"}");
      delete(server, "/v1/admin/keys/" + made.get("key_id"), ROOT);
      problem(
          401,
          "unauthenticated",
          server.get("/v1/collections", Json.member(made, "key").toString()));
      assertEquals(200, server.get("/v1/collections", "anything").statusCode());
    }
  }

  @Test
  void firstStart_withoutAnyKey_makesAnAdministratorsKey_once() {
    String key;
    try (TestServer server = TestServer.onDisk(directory, "AUTH_MODE", "keys")) {
      key = server.server().firstKey().orElseThrow().text();
      assertEquals(200, server.get("/v1/admin/tenants", key).statusCode());
      assertEquals(201, server.post("/v1/admin/keys", key, "{\"tenant\":\"acme\"}").statusCode());
      problem(403, "forbidden", server.get("/v1/collections", key));
      assertEquals(1, Json.objects(ok(200, server.get("/v1/admin/keys", key)), "keys").size());
    }
    try (TestServer server = TestServer.onDisk(directory, "AUTH_MODE", "keys")) {
      assertTrue(server.server().firstKey().isEmpty());
      assertEquals(200, server.get("/v1/admin/tenants", key).statusCode());
    }
    try (TestServer server = start()) {
      problem(401, "unauthenticated", server.get("/v1/admin/tenants", key));
      assertEquals(200, server.get("/v1/admin/tenants", ROOT).statusCode());
    }
  }

  // ---- tenants

  @Test
  void tenants_comeInPages_whereverTheyComeFrom() {
    try (TestServer server = inMemory("API_KEYS", "from-env=KEY1")) {
      for (String name : List.of("a", "b", "c", "d")) {
        put(server, "/v1/admin/tenants/" + name, "{}");
      }
      Map<String, Object> page = ok(200, server.get("/v1/admin/tenants?limit=3", ROOT));
      assertEquals(
          List.of("a", "b", "c"),
          Json.objects(page, "tenants").stream().map(one -> one.get("tenant")).toList());
      Map<String, Object> next =
          ok(200, server.get("/v1/admin/tenants?limit=3&cursor=" + page.get("next_cursor"), ROOT));
      assertEquals(
          List.of("d", "from-env"),
          Json.objects(next, "tenants").stream().map(one -> one.get("tenant")).toList());
      assertNull(next.get("next_cursor"));
    }
  }

  @Test
  void tenant_changed_keepsWhatIsNotNamed() {
    try (TestServer server = inMemory("DEFAULT_PLAN", "starter")) {
      Map<String, Object> made =
          ok(
              201,
              server.post(
                  "/v1/admin/tenants",
                  ROOT,
                  "{\"tenant\":\"acme\",\"limits\":{\"vectors\":7},\"pod_url\":\"http://pod:1\"}"));
      assertEquals("starter", made.get("plan"));
      assertEquals(7L, ((Map<?, ?>) Json.member(made, "limits")).get("vectors"));
      problem(
          409, "tenant_exists", server.post("/v1/admin/tenants", ROOT, "{\"tenant\":\"acme\"}"));
      Map<String, Object> changed =
          ok(200, put(server, "/v1/admin/tenants/acme", "{\"plan\":\"free\"}"));
      assertEquals("free", changed.get("plan"));
      assertEquals(7L, ((Map<?, ?>) Json.member(changed, "limits")).get("vectors"));
      assertEquals("http://pod:1", changed.get("pod_url"));
      Map<String, Object> cleared =
          ok(200, put(server, "/v1/admin/tenants/acme", "{\"limits\":{},\"pod_url\":null}"));
      assertEquals(10_000L, ((Map<?, ?>) Json.member(cleared, "limits")).get("vectors"));
      assertNull(cleared.get("pod_url"));
    }
  }

  @Test
  void tenant_ofImpossibleKind_isRefused() {
    try (TestServer server = inMemory()) {
      String path = "/v1/admin/tenants/acme";
      problem(400, "out_of_range", put(server, path, "{\"plan\":\"gold\"}"));
      problem(400, "out_of_range", put(server, path, "{\"limits\":{\"vectors\":0}}"));
      problem(400, "unknown_field", put(server, path, "{\"limits\":{\"cows\":1}}"));
      problem(400, "bad_type", put(server, path, "{\"limits\":{\"vectors\":\"many\"}}"));
      problem(400, "out_of_range", put(server, path, "{\"pod_url\":\"file:///etc/passwd\"}"));
      problem(400, "out_of_range", put(server, path, "{\"pod_url\":\"https://a:b@host\"}"));
      problem(400, "bad_name", put(server, "/v1/admin/tenants/ACME", "{}"));
      problem(404, "tenant_not_found", server.get(path, ROOT));
      problem(404, "tenant_not_found", delete(server, path, ROOT));
    }
  }

  @Test
  void limits_changed_countAtOnce() {
    try (TestServer server = inMemory()) {
      put(server, "/v1/admin/tenants/acme", "{\"limits\":{\"vectors\":2}}");
      String key = keyOf(server, "acme");
      assertEquals(200, server.post("/add", key, TestServer.addOf("v", 2, 2, 1)).statusCode());
      Map<String, Object> full =
          problem(507, "quota_exceeded", server.post("/add", key, TestServer.addOf("w", 1, 2, 1)));
      assertTrue(full.toString().contains("the operator allows 2"), full.toString());
      put(server, "/v1/admin/tenants/acme", "{\"limits\":{\"vectors\":3}}");
      assertEquals(200, server.post("/add", key, TestServer.addOf("w", 1, 2, 1)).statusCode());
      put(server, "/v1/admin/tenants/acme", "{\"limits\":{\"searches_per_day\":3}}");
      server.post("/search", key, "{\"vectors\":[[1,0],[0,1]]}");
      HttpResponse<String> refused = server.post("/search", key, "{\"vectors\":[[1,0],[0,1]]}");
      Map<String, Object> problem = problem(429, "rate_limited", refused);
      assertTrue(problem.toString().contains("3 searches per day"), problem.toString());
      assertTrue(refused.headers().firstValue("Retry-After").isPresent());
      assertEquals(2L, ok(200, server.get("/v1/admin/tenants/acme", ROOT)).get("searches_today"));
    }
  }

  @Test
  void maxTenants_isTheEndOfRegistration() {
    try (TestServer server = inMemory("MAX_TENANTS", "2")) {
      put(server, "/v1/admin/tenants/a", "{}");
      put(server, "/v1/admin/tenants/b", "{}");
      problem(403, "tenant_cap_reached", put(server, "/v1/admin/tenants/c", "{}"));
      problem(403, "tenant_cap_reached", server.post("/v1/admin/keys", ROOT, "{\"tenant\":\"c\"}"));
      assertEquals(200, put(server, "/v1/admin/tenants/a", "{\"plan\":\"pro\"}").statusCode());
    }
  }

  @Test
  void tenant_deleted_isGoneWithKeysAndData_forEver() {
    String key;
    try (TestServer server = start("API_KEYS", "env=KEY1")) {
      key = keyOf(server, "acme");
      String other = keyOf(server, "globex");
      server.post("/add", key, ONE);
      server.post("/add", other, ONE);
      server.post("/add", "KEY1", ONE);
      assertEquals(204, delete(server, "/v1/admin/tenants/acme", ROOT).statusCode());
      assertEquals(204, delete(server, "/v1/admin/tenants/env", ROOT).statusCode());
      problem(401, "unauthenticated", server.post("/search", key, SEARCH));
      problem(404, "tenant_not_found", server.get("/v1/admin/tenants/acme", ROOT));
      assertEquals(0L, ok(200, server.post("/search", "KEY1", SEARCH)).get("count"));
      assertEquals(200, server.post("/add", "KEY1", ONE).statusCode());
      assertEquals(1L, ok(200, server.post("/search", other, SEARCH)).get("count"));
      assertEquals(2L, ok(200, server.get("/health")).get("total_vectors"));
    }
    try (TestServer server = start("API_KEYS", "env=KEY1")) {
      problem(401, "unauthenticated", server.post("/search", key, SEARCH));
      assertEquals(2L, ok(200, server.get("/health")).get("total_vectors"));
      assertEquals(0L, ok(200, server.post("/search", keyOf(server, "acme"), SEARCH)).get("count"));
    }
  }
}

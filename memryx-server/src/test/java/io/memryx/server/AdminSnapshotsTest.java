package io.memryx.server;

import static io.memryx.server.AdminTest.keyOf;
import static io.memryx.server.AdminTest.ok;
import static io.memryx.server.BadInputTest.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups of single tenants, over HTTP. */
final class AdminSnapshotsTest {
  private static final String ROOT = "ROOT";
  private static final String SNAPSHOTS = "/v1/admin/snapshots";

  @TempDir Path directory;

  private TestServer start() {
    return TestServer.onDisk(directory, "AUTH_MODE", "keys", "ADMIN_API_KEY", ROOT);
  }

  /** Two collections: one built, then changed in every way; one never built. */
  private static String fill(TestServer server, String tenant) {
    String key = keyOf(server, tenant);
    server.send(
        server
            .request("/v1/collections/default")
            .header("X-API-Key", key)
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString("{\"dimension\":16,\"compression\":\"compact\"}")));
    assertEquals(200, server.post("/add", key, TestServer.addOf("v", 5_000, 16, 1)).statusCode());
    assertEquals("swapped", server.finalizeAndWait(key).get("status"));
    assertEquals(200, server.post("/add", key, TestServer.addOf("v", 20, 16, 2)).statusCode());
    assertEquals(200, server.post("/add", key, TestServer.addOf("late", 30, 16, 3)).statusCode());
    server.post("/v1/collections/default/delete", key, "{\"ids\":[\"v100\",\"v101\",\"late7\"]}");
    server.send(
        server
            .request("/v1/collections/hot")
            .header("X-API-Key", key)
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString("{\"dimension\":4,\"metric\":\"l2\"}")));
    server.post("/v1/collections/hot/vectors", key, TestServer.addOf("h", 40, 4, 4));
    return key;
  }

  private static String export(TestServer server, String key, String collection) {
    HttpResponse<String> lines =
        server.send(
            server
                .request("/v1/collections/" + collection + "/vectors")
                .header("X-API-Key", key)
                .header("Accept", "application/x-ndjson"));
    assertEquals(200, lines.statusCode(), lines.body());
    return lines.body();
  }

  private static byte[] download(TestServer server, String tenant) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<byte[]> zip =
          client.send(
              server
                  .request(SNAPSHOTS + "/" + tenant)
                  .header("Authorization", "Bearer " + ROOT)
                  .build(),
              BodyHandlers.ofByteArray());
      assertEquals(200, zip.statusCode(), new String(zip.body(), StandardCharsets.UTF_8));
      return zip.body();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static HttpResponse<String> restore(TestServer server, String tenant, byte[] zip) {
    return server.send(
        server
            .request(SNAPSHOTS + "/" + tenant + "/restore")
            .header("Authorization", "Bearer " + ROOT)
            .header("Content-Type", "application/zip")
            .POST(BodyPublishers.ofByteArray(zip)));
  }

  private long transfers() throws IOException {
    Path transfers = directory.resolve("transfers");
    if (!Files.exists(transfers)) {
      return 0;
    }
    try (var files = Files.walk(transfers)) {
      return files.filter(Files::isRegularFile).count();
    }
  }

  @Test
  void backup_restoredToAnotherTenant_isTheSameToTheLastBit_alsoAfterARestart() throws IOException {
    String key;
    String other;
    String built;
    String hot;
    try (TestServer server = start()) {
      key = fill(server, "acme");
      String bystander = fill(server, "bystander");
      built = export(server, key, "default");
      hot = export(server, key, "hot");
      byte[] zip = download(server, "acme");
      Map<String, Object> restored = ok(200, restore(server, "globex", zip));
      assertEquals(List.of("default", "hot"), restored.get("collections"));
      assertEquals(5_067L, restored.get("vectors"));
      other = keyOf(server, "globex");
      assertEquals(built, export(server, other, "default"));
      assertEquals(hot, export(server, other, "hot"));
      assertEquals(built, export(server, bystander, "default"));
      assertEquals(200, server.post("/add", other, TestServer.addOf("n", 1, 16, 9)).statusCode());
      assertEquals(0, transfers());
      assertEquals(15_202L, ok(200, server.get("/health")).get("total_vectors"));
    }
    try (TestServer server = start()) {
      assertEquals(built, export(server, key, "default"));
      assertEquals(hot, export(server, other, "hot"));
      String collection = "/v1/collections/default";
      assertEquals(5_028L, ok(200, server.get(collection, other)).get("vectors"));
      assertEquals("swapped", server.finalizeAndWait(other).get("status"));
    }
  }

  @Test
  void backup_hasNothingOfOthers_andIsOneForTheCommandLineToo() throws IOException {
    byte[] zip;
    try (TestServer server = start()) {
      fill(server, "acme");
      fill(server, "globex");
      zip = download(server, "acme");
    }
    Path unpacked = directory.resolve("unpacked");
    try (var entries = new ZipInputStream(new ByteArrayInputStream(zip))) {
      for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        assertFalse(entry.getName().contains("globex"), entry.getName());
        assertFalse(entry.getName().contains("_server"), entry.getName());
        Path file = unpacked.resolve(entry.getName());
        Files.createDirectories(file.getParent());
        Files.write(file, entries.readAllBytes());
      }
    }
    assertEquals(0, Main.run("verify", unpacked.toString()));
    assertEquals(0, Main.run("restore", unpacked.toString(), directory + "/again"));
  }

  @Test
  void restore_whereThereIsData_is409_andChangesNothing() {
    try (TestServer server = start()) {
      String key = fill(server, "acme");
      byte[] zip = download(server, "acme");
      String before = export(server, key, "default");
      problem(409, "tenant_has_data", restore(server, "acme", zip));
      assertEquals(before, export(server, key, "default"));
      assertEquals(200, server.post("/add", key, TestServer.addOf("n", 1, 16, 9)).statusCode());
    }
  }

  @Test
  void restore_ofWhatWasDropped_bringsItBack() {
    try (TestServer server = start()) {
      String key = fill(server, "acme");
      byte[] zip = download(server, "acme");
      String before = export(server, key, "default");
      assertEquals(204, AdminTest.delete(server, "/v1/collections/hot", key).statusCode());
      assertEquals(204, AdminTest.delete(server, "/v1/collections/default", key).statusCode());
      ok(200, restore(server, "acme", zip));
      assertEquals(before, export(server, key, "default"));
    }
  }

  @Test
  void restore_ofNoBackup_isRefused_andChangesNothing() throws IOException {
    try (TestServer server = start()) {
      fill(server, "acme");
      byte[] zip = download(server, "acme");
      byte[] damaged = zip.clone();
      damaged[zip.length / 2] ^= 1;
      byte[] cut = java.util.Arrays.copyOf(zip, zip.length / 2);
      for (byte[] bad :
          List.of(
              damaged,
              cut,
              "no zip".getBytes(StandardCharsets.UTF_8),
              zipOf("../../evil", "x"),
              zipOf("/etc/evil", "x"),
              zipOf("..-00000000/../evil", "x"),
              zipOf("acme.docs-00000000/MANIFEST-0000000000000001", "x"))) {
        Map<String, Object> problem = problem(400, "bad_backup", restore(server, "globex", bad));
        assertFalse(problem.toString().contains(directory.toString()), problem.toString());
        assertEquals(0, transfers());
      }
      assertFalse(Files.exists(directory.resolve("evil")));
      assertEquals(404, server.get("/v1/admin/tenants/globex", ROOT).statusCode());
      ok(200, restore(server, "globex", zip));
    }
  }

  private static byte[] zipOf(String name, String content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(content.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  @Test
  void list_andVerify_tellOfOneTenant() throws IOException {
    try (TestServer server = start()) {
      fill(server, "acme");
      fill(server, "globex");
      var all = Json.objects(ok(200, server.get(SNAPSHOTS, ROOT)), "snapshots");
      assertTrue(
          all.stream().allMatch(one -> !"_server".equals(one.get("tenant"))), all.toString());
      var some = Json.objects(ok(200, server.get(SNAPSHOTS + "?tenant=acme", ROOT)), "snapshots");
      assertEquals(all.size(), 2 * some.size());
      assertTrue(some.toString().contains("vectors=5000, "), some.toString());
      assertTrue(some.toString().contains("newest=true"), some.toString());
      damageSnapshotsOf("globex.default");
      Map<String, Object> sound = verify(server, "acme");
      assertEquals("sound", sound.get("status"));
      assertEquals(List.of(), sound.get("findings"));
      Map<String, Object> damaged = verify(server, "globex");
      assertFalse("sound".equals(damaged.get("status")), damaged.toString());
      assertFalse(damaged.toString().contains(directory.toString()), damaged.toString());
      assertTrue(download(server, "acme").length > 0);
    }
  }

  private static Map<String, Object> verify(TestServer server, String tenant) {
    return ok(200, server.post(SNAPSHOTS + "/" + tenant + "/verify", ROOT, "{}"));
  }

  private void damageSnapshotsOf(String collection) throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path file :
          files
              .filter(one -> one.toString().contains(collection))
              .filter(one -> one.getFileName().toString().startsWith("snap-"))
              .toList()) {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
      }
    }
  }

  @Test
  void tenant_withoutData_hasNoBackup() {
    try (TestServer server = start()) {
      String key = keyOf(server, "acme");
      problem(404, "collection_not_found", server.get(SNAPSHOTS + "/acme", ROOT));
      problem(404, "collection_not_found", server.post(SNAPSHOTS + "/acme/verify", ROOT, "{}"));
      problem(403, "forbidden", server.get(SNAPSHOTS + "/acme", key));
    }
  }

  @Test
  void inMemory_thereAreNoSnapshots() {
    try (TestServer server = TestServer.inMemory("ADMIN_API_KEY", ROOT)) {
      problem(409, "persistence_disabled", server.get(SNAPSHOTS, ROOT));
      problem(409, "persistence_disabled", server.get(SNAPSHOTS + "/acme", ROOT));
      problem(409, "persistence_disabled", restore(server, "acme", new byte[] {1}));
    }
  }

  @Test
  void leftovers_ofACallThatWasCutOff_goAtTheNextStart() throws IOException {
    start().close();
    Path left = directory.resolve("transfers").resolve("some").resolve("content");
    Files.createDirectories(left);
    Files.writeString(left.resolve("BACKUP"), "half");
    try (TestServer server = start()) {
      assertEquals(0, transfers());
      assertEquals(200, server.get("/health").statusCode());
    }
  }
}

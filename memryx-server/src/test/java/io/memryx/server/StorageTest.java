package io.memryx.server;

import static io.memryx.server.BadInputTest.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.memryx.persistence.PersistenceException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** What operators see of the storage: log lines, refusals, verdicts. */
final class StorageTest {
  private static final Logger ROOT =
      (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

  @TempDir Path directory;

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    ROOT.addAppender(log);
  }

  @AfterEach
  void stopListening() {
    ROOT.detachAppender(log);
  }

  private boolean logged(String beginning) {
    return List.copyOf(log.list).stream()
        .anyMatch(event -> event.getFormattedMessage().startsWith(beginning));
  }

  private void fill() {
    try (TestServer server = TestServer.onDisk(directory)) {
      assertEquals(200, server.post("/add", TestServer.addOf("v", 300, 16, 3)).statusCode());
      assertEquals("swapped", server.finalizeAndWait(TestServer.KEY).get("status"));
    }
  }

  /** The newest snapshot, by its well-known name. */
  private Path snapshot() throws IOException {
    return files("snapshot_latest.mrx").getFirst();
  }

  private List<Path> files(String beginning) throws IOException {
    try (var files = Files.walk(directory)) {
      return files.filter(file -> file.getFileName().toString().startsWith(beginning)).toList();
    }
  }

  private static void delete(TestServer server, String path, int expected) {
    var answer =
        server.send(
            server.request(path).header("Authorization", "Bearer " + TestServer.KEY).DELETE());
    assertEquals(expected, answer.statusCode(), answer.body());
  }

  @Test
  void collection_deleted_isGoneAfterARestart() {
    fill();
    try (TestServer server = TestServer.onDisk(directory)) {
      assertEquals(200, server.get("/v1/collections/default").statusCode());
      delete(server, "/v1/collections/default", 204);
    }
    try (TestServer server = TestServer.onDisk(directory)) {
      problem(404, "collection_not_found", server.get("/v1/collections/default"));
      assertEquals(200, server.post("/add", TestServer.addOf("v", 3, 5, 3)).statusCode());
    }
  }

  @Test
  void entries_allDeletedAndFinalized_areGoneAfterARestart() {
    fill();
    try (TestServer server = TestServer.onDisk(directory)) {
      var deleted =
          server.post("/v1/collections/default/delete", "{\"filter\":{\"number\":{\"gte\":0}}}");
      assertEquals(Map.of("deleted", 300L), Json.object(deleted.body()));
      assertEquals("succeeded", server.finalizeNamed("default").get("status"));
    }
    try (TestServer server = TestServer.onDisk(directory)) {
      assertEquals(0L, Json.object(server.get("/v1/collections/default").body()).get("vectors"));
    }
  }

  @Test
  void logLines_areTheSeeds() {
    fill();
    assertTrue(logged("Persistence enabled: storage_path=" + directory));
    assertTrue(logged("Attempting to load existing snapshot from disk..."));
    assertTrue(logged("Snapshot file not found"));
    assertTrue(logged("Snapshot saved: "), log.list.toString());
    log.list.clear();
    TestServer.onDisk(directory).close();
    assertTrue(logged("Snapshot loaded: "), log.list.toString());
    assertFalse(logged("Snapshot file not found"));
  }

  @Test
  void storedVectors_damaged_are503ForWhatNeedsThem() throws IOException {
    try (TestServer server = TestServer.onDisk(directory)) {
      server.put("/v1/collections/default", "{\"dimension\":16,\"compression\":\"lossless\"}");
      assertEquals(200, server.post("/add", TestServer.addOf("v", 5_000, 16, 3)).statusCode());
      assertEquals("swapped", server.finalizeAndWait(TestServer.KEY).get("status"));
    }
    damageVectors(snapshot());
    try (TestServer server = TestServer.onDisk(directory)) {
      String vector = TestServer.vector(16, new java.util.SplittableRandom(1));
      String search = "{\"vector\":%s,\"exact\":true}".formatted(vector);
      var problem = problem(503, "storage_failed", server.post("/search", search));
      assertFalse(problem.toString().contains(directory.toString()), problem.toString());
      assertTrue(
          List.copyOf(log.list).stream()
              .anyMatch(event -> event.getFormattedMessage().contains("is damaged at offset")),
          log.list.toString());
      assertEquals(200, server.get("/health").statusCode());
    }
  }

  /** The vectors are stored in one piece of 320 kB, right before checksums, table and trailer. */
  private static void damageVectors(Path file) throws IOException {
    try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
      long at = bytes.length() - 160_000;
      bytes.seek(at);
      int was = bytes.read();
      bytes.seek(at);
      bytes.write(was ^ 1);
    }
  }

  @Test
  void logLines_neverHaveKeysOrData() {
    try (TestServer server =
        TestServer.onDisk(
            directory,
            "API_KEYS",
            "acme=canary-tenant-key",
            "ADMIN_API_KEY",
            "canary-admin-key",
            "METRICS_KEY",
            "canary-metrics-key")) {
      String body =
          "{\"api_key\":\"canary-body-key\",\"vectors\":[{\"id\":\"canary-id\","
              + "\"values\":[0.123456,1],\"metadata\":{\"canary-field\":\"canary-value\"}}]}";
      server.post("/add", "canary-tenant-key", body);
      server.post("/search", "canary-open-key", "{\"vector\":[1,0]}");
      server.get("/v1/collections?api_key=canary-url-key");
      server.finalizeAndWait("canary-tenant-key");
    }
    for (ILoggingEvent event : List.copyOf(log.list)) {
      assertFalse(event.getFormattedMessage().contains("canary"), event.getFormattedMessage());
    }
  }

  @Test
  void persistence_off_isSaidLoudly() {
    TestServer.inMemory().close();
    assertTrue(logged("Persistence disabled (vectors will be lost on restart)"));
  }

  @Test
  void start_newestSnapshotDamaged_losesNothingAndSaysSo() throws IOException {
    fill();
    flipABit(snapshot());
    try (TestServer server = TestServer.onDisk(directory)) {
      Map<String, Object> health = Json.object(server.get("/health").body());
      assertEquals("degraded", health.get("status"), health.toString());
      assertEquals(300L, health.get("total_vectors"), health.toString());
      assertTrue(server.get("/metrics").body().contains("memryx_storage_state 1.0"));
      assertEquals("swapped", server.finalizeAndWait(TestServer.KEY).get("status"));
      assertEquals("ok", Json.object(server.get("/health").body()).get("status"));
    }
  }

  @Test
  void start_everySnapshotBitFlipped_refusesAndSaysWhere() throws IOException {
    fill();
    for (Path file : files("snap-")) {
      flipABit(file);
    }
    refusesToStart();
  }

  private static void flipABit(Path file) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(bytes.length() / 2);
      int flipped = bytes.read() ^ 1;
      bytes.seek(bytes.length() / 2);
      bytes.write(flipped);
    }
  }

  @Test
  void start_everySnapshotTruncated_refusesAndSaysWhere() throws IOException {
    fill();
    for (Path file : files("snap-")) {
      try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
        bytes.setLength(bytes.length() / 2);
      }
    }
    refusesToStart();
  }

  private void refusesToStart() {
    var refused = assertThrows(CompletionException.class, () -> TestServer.onDisk(directory));
    assertInstanceOf(PersistenceException.class, refused.getCause());
    assertTrue(logged("Error loading snapshot: "), log.list.toString());
    StringWriter out = new StringWriter();
    int code =
        new CommandLine(new Main())
            .setOut(new PrintWriter(out))
            .execute("verify", directory.toString());
    assertEquals(2, code, out.toString());
    assertTrue(out.toString().contains("offset"), out.toString());
    assertTrue(out.toString().contains(": no sound generation (2 found) ("), out.toString());
  }

  @Test
  void start_storagePathIsAFile_refuses() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "not a directory");
    assertThrows(CompletionException.class, () -> TestServer.onDisk(file));
    assertTrue(logged("Error loading snapshot: "), log.list.toString());
  }

  @Test
  void finalize_storageGone_saysSoAndLosesNothing() throws IOException {
    try (TestServer server = TestServer.onDisk(directory)) {
      server.post("/add", TestServer.addOf("v", 50, 8, 4));
      // Where a directory is wanted there is a file now: nothing can be written any more.
      deleteAll(directory);
      Files.writeString(directory, "in the way");
      Map<String, Object> status = server.finalizeAndWait(TestServer.KEY);
      assertEquals("error", status.get("status"), status.toString());
      String error = Json.member(status, "error").toString();
      assertTrue(error.contains("nothing is lost"), error);
      assertFalse(error.contains(directory.toString()), error);
      assertTrue(logged("Error saving snapshot: "), log.list.toString());
      assertEquals(
          50L, Json.object(server.get("/v1/collections/default/stats").body()).get("vectors"));
      assertEquals(200, server.post("/search", "{\"vector\":[1,0,0,0,0,0,0,0]}").statusCode());
      problem(503, "storage_failed", server.post("/add", TestServer.addOf("late", 1, 8, 5)));
      var health = server.get("/health");
      assertEquals(503, health.statusCode());
      assertEquals("failed", Json.object(health.body()).get("status"));
      assertEquals(200, server.get("/livez").statusCode());
    }
    Files.delete(directory);
    Files.createDirectory(directory);
  }

  private static void deleteAll(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void verify_tellsSoundAndNotAStore() {
    fill();
    StringWriter out = new StringWriter();
    CommandLine line = new CommandLine(new Main()).setOut(new PrintWriter(out));
    assertEquals(0, line.execute("verify", "--json", directory.toString()));
    Map<String, Object> report = Json.object(out.toString());
    assertEquals("sound", report.get("status"));
    assertEquals(300L, Json.objects(report, "collections").getFirst().get("vectors"));
    assertEquals(3, line.execute("verify", directory.resolve("absent").toString()));
  }

  @Test
  void verify_usedWrongly_isNotTakenForDamage() {
    CommandLine line = new CommandLine(new Main()).setErr(new PrintWriter(new StringWriter()));
    assertEquals(64, line.execute("verify"));
    assertEquals(64, line.execute("verify", "--nope", directory.toString()));
    assertEquals(2, line.execute("serve", "--nope"));
  }

  @Test
  void tenantIds_onDisk_doNotShowKeys() throws IOException {
    fill();
    try (var files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertFalse(file.toString().contains(TestServer.KEY));
        String bytes = Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
        assertFalse(bytes.contains(TestServer.KEY), file.toString());
      }
    }
  }

  @Test
  void loading_unfinished_isNotReady() {
    var readiness = new io.memryx.server.service.Readiness();
    var refused = assertThrows(io.memryx.server.problem.ProblemException.class, readiness::require);
    assertEquals(503, refused.problem().code().status());
  }

  @Test
  void stopped_server_refusesConnections() {
    TestServer server = TestServer.inMemory();
    server.server().close();
    assertThrows(java.io.UncheckedIOException.class, () -> server.get("/livez"));
    server.close();
  }

  @Test
  void problem_hasItsShape() {
    try (TestServer server = TestServer.inMemory()) {
      problem(404, "not_found", server.get("/nowhere"));
    }
  }
}

package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.Entry;
import io.memryx.server.service.TenantCollections;
import io.memryx.server.tenant.TenantId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the program ends: in time, with everything that it has acknowledged, and saying why. */
@SuppressWarnings(
    "StringConcatToTextBlock") // HTTP ends its lines with CR LF, a text block does not.
final class TerminationTest {
  private static final int SIGTERM_EXIT = 143;

  /** Far more than it takes, on any machine: the promise of 2.5 s is measured, not tested. */
  private static final long GENEROUS_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final int WRITERS = 4;
  private static final int DIMENSION = 16;

  @TempDir Path directory;

  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private HttpResponse<String> post(int port, String path, String json)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("Authorization", "Bearer " + TestServer.KEY)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json))
            .build(),
        BodyHandlers.ofString());
  }

  /** Adds one vector after the other until the server takes none. */
  private void write(int port, int writer) {
    SplittableRandom random = new SplittableRandom(writer);
    try {
      for (int number = 0; ; number++) {
        String id = writer + "-" + number;
        String add =
            "{\"vectors\":[{\"id\":\"%s\",\"values\":%s}]}"
                .formatted(id, TestServer.vector(DIMENSION, random));
        if (post(port, "/add", add).statusCode() != 200) {
          return;
        }
        acknowledged.add(id);
      }
    } catch (IOException e) {
      // The connection was closed: that one was not acknowledged.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Socket slowUpload(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    String begun =
        "POST /v1/collections/default/vectors HTTP/1.1\r\nHost: a\r\nX-API-Key: test-key\r\n"
            + "Content-Type: application/x-ndjson\r\nContent-Length: 100000\r\n\r\n"
            + "{\"id\":\"never\",\"values\":[1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}\n";
    socket.getOutputStream().write(begun.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
    return socket;
  }

  @Test
  void sigterm_underLoad_endsInTime_withAllThatWasAcknowledged() throws Exception {
    Path storage = Files.createDirectory(directory.resolve("store"));
    List<Thread> writers = new ArrayList<>();
    long nanos;
    try (ServerProgram program = ServerProgram.start(storage, "256m", Map.of())) {
      int port = program.awaitReady();
      assertEquals(200, post(port, "/add", TestServer.addOf("v", 500, DIMENSION, 1)).statusCode());
      try (Socket upload = slowUpload(port)) {
        for (int writer = 0; writer < WRITERS; writer++) {
          int number = writer;
          writers.add(Thread.ofPlatform().start(() -> write(port, number)));
        }
        while (acknowledged.size() < 200) {
          Thread.onSpinWait();
        }
        assertEquals(202, post(port, "/finalize", "{}").statusCode());
        long begin = System.nanoTime();
        program.terminate();
        int code = program.awaitEnd();
        nanos = System.nanoTime() - begin;
        assertEquals(SIGTERM_EXIT, code, program.said());
        assertTrue(upload.isConnected());
      }
      assertTrue(program.said().contains("stopping: no new calls"), program.said());
      System.out.printf(
          "SIGTERM under load: %d ms, %d vectors acknowledged%n",
          TimeUnit.NANOSECONDS.toMillis(nanos), acknowledged.size());
      assertTrue(nanos < GENEROUS_NANOS, program.said());
    }
    for (Thread writer : writers) {
      writer.join();
    }
    try (TestServer server = TestServer.onDisk(storage)) {
      for (String id : acknowledged) {
        assertEquals(200, server.get("/v1/collections/default/vectors/" + id).statusCode(), id);
      }
      assertEquals(404, server.get("/v1/collections/default/vectors/never").statusCode());
    }
  }

  @Test
  void start_heapTooSmallForTheStore_saysSoLast() throws Exception {
    Path storage = Files.createDirectory(directory.resolve("large"));
    try (TestServer server = TestServer.onDisk(storage, "AUTO_FINALIZE_VECTORS", "0")) {
      for (int batch = 0; batch < 20; batch++) {
        server
            .server()
            .upserts()
            .add(new TenantId("acme"), TenantCollections.DEFAULT, entries(batch));
      }
    }
    try (ServerProgram program = ServerProgram.start(storage, "40m", Map.of())) {
      assertEquals(ExitCode.STORAGE, program.awaitEnd(), program.said());
      String last = program.said().lines().toList().getLast();
      assertTrue(last.contains("not started: the heap of "), program.said());
      assertTrue(last.contains("-Xmx"), last);
      assertTrue(last.contains("exit code 3"), last);
      assertFalse(program.said().contains("\tat "), program.said());
    }
  }

  private static List<Entry> entries(int batch) {
    SplittableRandom random = new SplittableRandom(batch);
    List<Entry> entries = new ArrayList<>();
    for (int number = 0; number < 1_000; number++) {
      float[] vector = new float[1_000];
      for (int at = 0; at < vector.length; at++) {
        vector[at] = (float) random.nextDouble(-1, 1);
      }
      entries.add(Entry.of(batch + "-" + number, vector));
    }
    return entries;
  }

  @Test
  void start_storeDamaged_saysSoLast() throws Exception {
    Path storage = Files.createDirectory(directory.resolve("damaged"));
    try (TestServer server = TestServer.onDisk(storage)) {
      server.post("/add", TestServer.addOf("v", 50, 8, 4));
      server.finalizeAndWait(TestServer.KEY);
    }
    try (var files = Files.walk(storage)) {
      for (Path file : files.filter(one -> one.toString().endsWith(".mrx")).toList()) {
        Files.write(file, new byte[100]);
      }
    }
    try (ServerProgram program = ServerProgram.start(storage, "256m", Map.of())) {
      assertEquals(ExitCode.STORAGE, program.awaitEnd(), program.said());
      String last = program.said().lines().toList().getLast();
      assertTrue(last.contains("not started: "), program.said());
      assertTrue(last.contains("exit code 3"), last);
    }
  }
}

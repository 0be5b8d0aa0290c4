package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Whose build is next where several tenants wait. */
final class FairBuildsTest {
  private static final Logger LOG =
      (Logger) LoggerFactory.getLogger("io.memryx.server.service.BuildRunner");

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    LOG.addAppender(log);
  }

  @AfterEach
  void stopListening() {
    LOG.detachAppender(log);
  }

  private static String begin(TestServer server, String key) {
    assertEquals(200, server.post("/add", key, TestServer.addOf("v", 20, 4, 1)).statusCode());
    var begun = server.post("/finalize", key, "{}");
    assertEquals(202, begun.statusCode(), begun.body());
    return String.valueOf(Json.object(begun.body()).get("build_id"));
  }

  private static String beginNamed(TestServer server, String collection) {
    server.put("/v1/collections/" + collection, "{\"dimension\":4}");
    assertEquals(
        200,
        server
            .post("/v1/collections/" + collection + "/vectors", TestServer.addOf("v", 20, 4, 1))
            .statusCode());
    var begun = server.post("/v1/collections/" + collection + "/finalize", "{}");
    assertEquals(202, begun.statusCode(), begun.body());
    return String.valueOf(Json.object(begun.body()).get("id"));
  }

  private int beginning(String build) {
    List<String> lines =
        List.copyOf(log.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
    int at = lines.indexOf("finalize " + build + ": 20 vectors");
    assertTrue(at >= 0, lines.toString());
    return at;
  }

  private static double underWay(TestServer server) {
    var metrics = server.send(server.request("/metrics").header("Accept", "application/json"));
    return Json.objects(Json.object(metrics.body()), "metrics").stream()
        .filter(one -> "memryx_builds_waiting".equals(one.get("name")))
        .mapToDouble(one -> (double) Json.member(one, "value"))
        .sum();
  }

  @Test
  void build_cancelledInTheQueue_leavesItAtOnce() {
    try (TestServer server = TestServer.inMemory()) {
      try (HeldBuilds _ = new HeldBuilds()) {
        begin(server, TestServer.KEY);
        String waiting = beginNamed(server, "second");
        assertEquals(2, underWay(server));
        var cancelled =
            server.send(
                server
                    .request("/v1/operations/" + waiting)
                    .header("X-API-Key", TestServer.KEY)
                    .DELETE());
        assertEquals(200, cancelled.statusCode(), cancelled.body());
        assertEquals(1, underWay(server));
      }
    }
  }

  private static boolean waitsToDrop(Thread thread, StackTraceElement[] stack) {
    return thread.getState() == Thread.State.WAITING
        && Arrays.stream(stack).anyMatch(frame -> frame.getMethodName().equals("drop"));
  }

  private static void awaitDrop() {
    while (Thread.getAllStackTraces().entrySet().stream()
        .noneMatch(one -> waitsToDrop(one.getKey(), one.getValue()))) {
      Thread.onSpinWait();
    }
  }

  /** Adds of a tenant whose vectors are counted go one by one. */
  @Test
  void drop_waitsForABuild_addsToOtherCollectionsDoNot() throws Exception {
    try (TestServer server = TestServer.inMemory("DEFAULT_PLAN", "free")) {
      CompletableFuture<Integer> dropped;
      try (HeldBuilds _ = new HeldBuilds()) {
        beginNamed(server, "going");
        dropped =
            CompletableFuture.supplyAsync(
                () ->
                    server
                        .send(
                            server
                                .request("/v1/collections/going")
                                .header("X-API-Key", TestServer.KEY)
                                .DELETE())
                        .statusCode());
        awaitDrop();
        assertEquals(200, server.post("/add", TestServer.addOf("v", 3, 4, 1)).statusCode());
      }
      assertEquals(204, dropped.get());
      assertEquals(404, server.get("/v1/collections/going").statusCode());
    }
  }

  @Test
  void build_ofWhoeverHadNoneYet_goesBeforeTheQueueOfAnother() {
    try (TestServer server = TestServer.inMemory()) {
      String last;
      String modest;
      try (HeldBuilds held = new HeldBuilds()) {
        begin(server, TestServer.KEY);
        beginNamed(server, "second");
        last = beginNamed(server, "third");
        modest = begin(server, "modest-key");
        held.release();
      }
      assertEquals("swapped", server.waitForBuild("modest-key", modest).get("status"));
      assertEquals("swapped", server.waitForBuild(TestServer.KEY, last).get("status"));
      assertTrue(beginning(modest) < beginning(last), log.list.toString());
    }
  }
}

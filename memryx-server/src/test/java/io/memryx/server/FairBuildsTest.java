package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Whose build is next where several tenants wait. */
final class FairBuildsTest {
  private static final Logger LOG =
      (Logger) LoggerFactory.getLogger("io.memryx.server.service.Builds");

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

package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What a server leaves behind when it stops. */
final class StopTest {
  private static final Logger ROOT =
      (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

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

  private List<String> logged(Level level) {
    return List.copyOf(log.list).stream()
        .filter(event -> event.getLevel() == level)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Test
  void stop_withVectorsThatNoFinalizeSaved_losesNone(@TempDir Path directory) {
    try (TestServer server = TestServer.onDisk(directory)) {
      server.post("/add", TestServer.addOf("saved", 20, 8, 1));
      server.finalizeAndWait(TestServer.KEY);
    }
    assertFalse(warnedOfLoss(), log.list.toString());
    try (TestServer server = TestServer.onDisk(directory)) {
      server.post("/add", TestServer.addOf("late", 3, 8, 2));
    }
    assertFalse(warnedOfLoss(), log.list.toString());
    try (TestServer server = TestServer.onDisk(directory)) {
      Map<String, Object> health = Json.object(server.get("/health").body());
      assertEquals(23L, health.get("total_vectors"), health.toString());
      assertEquals(3L, health.get("hot_buffer_size"), health.toString());
    }
  }

  @Test
  void stop_inMemory_saysThatAllAreLost() {
    try (TestServer server = TestServer.inMemory()) {
      server.post("/add", TestServer.addOf("v", 20, 8, 1));
      server.finalizeAndWait(TestServer.KEY);
    }
    assertTrue(
        logged(Level.WARN).contains("20 vectors are lost: persistence is disabled"),
        log.list.toString());
  }

  private boolean warnedOfLoss() {
    return logged(Level.WARN).stream().anyMatch(line -> line.endsWith("are lost"));
  }
}

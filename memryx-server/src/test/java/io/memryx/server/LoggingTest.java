package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

final class LoggingTest {

  @Test
  void json_tellsTheTimeInUtc() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    LoggingEvent event = event(context);
    event.setInstant(Instant.parse("2026-01-02T03:04:05Z"));
    byte[] line = Logging.encoder(ServerOptions.LogFormat.JSON, context).encode(event);
    var members = Json.object(new String(line, StandardCharsets.UTF_8));
    assertEquals("2026-01-02T03:04:05.000Z", members.get("timestamp"));
  }

  private static LoggingEvent event(LoggerContext context) {
    return new LoggingEvent(
        LoggingTest.class.getName(),
        context.getLogger("test"),
        Level.INFO,
        "Snapshot saved: {} ({} vectors)",
        null,
        new Object[] {"latest.mrx", 1000});
  }

  @ParameterizedTest
  @EnumSource(ServerOptions.LogFormat.class)
  void line_hasTheWordsThatOperatorsLookFor(ServerOptions.LogFormat format) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    byte[] line = Logging.encoder(format, context).encode(event(context));
    String text = new String(line, StandardCharsets.UTF_8);
    assertTrue(text.contains("Snapshot saved: latest.mrx (1000 vectors)"), text);
  }
}

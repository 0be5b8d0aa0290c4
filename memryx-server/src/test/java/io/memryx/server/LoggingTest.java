package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

final class LoggingTest {

  @ParameterizedTest
  @EnumSource(ServerOptions.LogFormat.class)
  void line_hasTheWordsThatOperatorsLookFor(ServerOptions.LogFormat format) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    LoggingEvent event =
        new LoggingEvent(
            LoggingTest.class.getName(),
            context.getLogger("test"),
            Level.INFO,
            "Snapshot saved: {} ({} vectors)",
            null,
            new Object[] {"latest.mrx", 1000});
    byte[] line = Logging.encoder(format, context).encode(event);
    String text = new String(line, StandardCharsets.UTF_8);
    assertTrue(text.contains("Snapshot saved: latest.mrx (1000 vectors)"), text);
  }
}

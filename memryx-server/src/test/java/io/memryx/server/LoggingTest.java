package io.memryx.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.memryx.server.log.Subject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

final class LoggingTest {

  private static LoggingEvent event(@Nullable Throwable failure) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    LoggingEvent event =
        new LoggingEvent(
            LoggingTest.class.getName(),
            context.getLogger("test"),
            Level.INFO,
            "Snapshot saved: {} ({} vectors)",
            failure,
            new Object[] {"latest.mrx", 1000});
    event.setInstant(Instant.parse("2026-01-02T03:04:05Z"));
    return event;
  }

  private static String line(LogOptions.Format format, LoggingEvent event) {
    return new String(new LogLine(format).encode(event), StandardCharsets.UTF_8);
  }

  @Test
  void json_hasTheMembersThatHostsLookFor() {
    var members = Json.object(line(LogOptions.Format.JSON, event(null)));
    assertEquals("2026-01-02T03:04:05.000Z", members.get("time"));
    assertEquals("info", members.get("level"));
    assertEquals("Snapshot saved: latest.mrx (1000 vectors)", members.get("message"));
    assertFalse(members.containsKey("error"), members.toString());
  }

  @Test
  void text_isReadFromTheLeft() {
    assertEquals(
        "2026-01-02T03:04:05.000Z INFO  Snapshot saved: latest.mrx (1000 vectors)\n",
        line(LogOptions.Format.TEXT, event(null)));
  }

  @ParameterizedTest
  @EnumSource(LogOptions.Format.class)
  void line_hasTheWordsThatOperatorsLookFor(LogOptions.Format format) {
    String text = line(format, event(null));
    assertTrue(text.contains("Snapshot saved: latest.mrx (1000 vectors)"), text);
  }

  @ParameterizedTest
  @EnumSource(LogOptions.Format.class)
  void line_saysWhoseItIs(LogOptions.Format format) {
    LoggingEvent event = event(null);
    event.addKeyValuePair(new KeyValuePair("status", 200));
    String text;
    try (var _ = new Subject("r-1", "acme").enter()) {
      text = line(format, event);
    }
    switch (format) {
      case TEXT -> assertTrue(text.endsWith(" status=200 request_id=r-1 tenant=acme\n"), text);
      case JSON -> {
        Map<String, Object> members = Json.object(text);
        assertEquals("200", members.get("status"));
        assertEquals("r-1", members.get("request_id"));
        assertEquals("acme", members.get("tenant"));
      }
    }
  }

  @Test
  void subject_left_isTheOneBefore() {
    try (var _ = new Subject("r-1", null).enter()) {
      try (var _ = new Subject("r-2", "acme").enter()) {
        assertEquals(new Subject("r-2", "acme"), Subject.current());
      }
      assertEquals(new Subject("r-1", null), Subject.current());
    }
    assertEquals(new Subject(null, null), Subject.current());
  }

  /** Where a caller's words get into a failure, they make no line of their own. */
  @ParameterizedTest
  @EnumSource(LogOptions.Format.class)
  void failure_isInTheSameLine_withItsCause(LogOptions.Format format) {
    Exception cause = new IllegalArgumentException("bad\n2026-01-02T03:04:05Z ERROR forged");
    String text = line(format, event(new IllegalStateException("worse", cause)));
    assertEquals(1, text.lines().count(), text);
    assertTrue(text.contains("java.lang.IllegalStateException: worse < "), text);
    assertTrue(text.contains(" caused by java.lang.IllegalArgumentException: bad"), text);
  }
}

package io.memryx.server;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.event.KeyValuePair;
import tools.jackson.core.JsonGenerator;

/**
 * An event as one line, whatever is in it: what callers sent can't begin a line of its own.
 *
 * <pre>
 * 2026-01-02T03:04:05.678Z INFO  Snapshot saved: … (1000 vectors) request_id=… tenant=acme
 * {"time":"2026-01-02T03:04:05.678Z","level":"info","message":"Snapshot saved: …","tenant":"acme"}
 * </pre>
 */
final class LogLine extends EncoderBase<ILoggingEvent> {
  /** Always with milliseconds, so that lines sort as texts. */
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

  /** What is deeper in a stack is how the server is made, not what went wrong. */
  private static final int MAX_FRAMES = 20;

  private static final int MAX_CAUSES = 5;
  private static final byte[] NOTHING = {};

  private final LogOptions.Format format;

  LogLine(LogOptions.Format format) {
    this.format = format;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    String line =
        switch (format) {
          case TEXT -> text(event);
          case JSON -> JsonText.of(json -> write(json, event));
        };
    return (line + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static String text(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(160);
    line.append(time(event)).append(' ');
    line.append("%-5s".formatted(event.getLevel())).append(' ');
    line.append(escape(event.getFormattedMessage()));
    particulars(event)
        .forEach((name, value) -> line.append(' ').append(name).append('=').append(escape(value)));
    if (event.getThrowableProxy() != null) {
      line.append(" error: ").append(escape(told(event.getThrowableProxy())));
    }
    return line.toString();
  }

  private static void write(JsonGenerator json, ILoggingEvent event) {
    json.writeStringProperty("time", time(event));
    json.writeStringProperty("level", event.getLevel().toString().toLowerCase(Locale.ROOT));
    json.writeStringProperty("message", event.getFormattedMessage());
    json.writeStringProperty("logger", event.getLoggerName());
    json.writeStringProperty("thread", event.getThreadName());
    particulars(event).forEach(json::writeStringProperty);
    if (event.getThrowableProxy() != null) {
      json.writeStringProperty("error", told(event.getThrowableProxy()));
    }
  }

  private static String time(ILoggingEvent event) {
    return TIME.format(Instant.ofEpochMilli(event.getTimeStamp()));
  }

  /** What the event says beside its message, then whose it is. */
  private static Map<String, String> particulars(ILoggingEvent event) {
    Map<String, String> all = new LinkedHashMap<>();
    if (event.getKeyValuePairs() != null) {
      for (KeyValuePair pair : event.getKeyValuePairs()) {
        all.put(pair.key, String.valueOf(pair.value));
      }
    }
    all.putAll(event.getMDCPropertyMap());
    return all;
  }

  /** What failed, where, and why, from the outermost to the first cause. */
  private static String told(IThrowableProxy failure) {
    StringBuilder told = new StringBuilder();
    IThrowableProxy next = failure;
    for (int depth = 0; next != null && depth < MAX_CAUSES; depth++) {
      told.append(depth == 0 ? "" : " caused by ").append(next.getClassName());
      if (next.getMessage() != null) {
        told.append(": ").append(next.getMessage());
      }
      var frames = next.getStackTraceElementProxyArray();
      for (int frame = 0; frame < Math.min(frames.length, MAX_FRAMES); frame++) {
        told.append(" < ").append(frames[frame].getStackTraceElement());
      }
      next = next.getCause();
    }
    return told.toString();
  }

  /** A text with every control character written as an escape. */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    text.chars()
        .forEach(
            letter -> {
              if (Character.isISOControl(letter) || letter == '\u2028' || letter == '\u2029') {
                escaped.append("\\u%04x".formatted(letter));
              } else {
                escaped.append((char) letter);
              }
            });
    return escaped.toString();
  }

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }
}

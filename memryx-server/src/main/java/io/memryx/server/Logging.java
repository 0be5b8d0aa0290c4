package io.memryx.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/** Where log lines go and how they look: standard output, one line an event. */
final class Logging {
  private static final String PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSX} %-5level %escaped%n%ex{20}";

  /** Always with milliseconds, so that lines sort as texts. */
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

  private Logging() {}

  /** Sets the whole process's logging up; what was set up before is dropped. */
  static void configure(ServerOptions.LogFormat format) {
    ILoggerFactory factory = LoggerFactory.getILoggerFactory();
    if (!(factory instanceof LoggerContext context)) {
      return;
    }
    context.reset();
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setEncoder(encoder(format, context));
    console.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.INFO);
    root.addAppender(console);
    for (String noisy : new String[] {"io.undertow", "org.xnio", "org.jboss"}) {
      context.getLogger(noisy).setLevel(Level.WARN);
    }
  }

  /** For commands whose standard output is their answer: only what is wrong, on standard error. */
  static void configureForCommands() {
    configure(ServerOptions.LogFormat.TEXT);
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
      root.setLevel(Level.WARN);
      root.iteratorForAppenders()
          .forEachRemaining(
              appender -> {
                if (appender instanceof ConsoleAppender<ILoggingEvent> console) {
                  console.stop();
                  console.setTarget("System.err");
                  console.start();
                }
              });
    }
  }

  /** What turns an event into a line. */
  static Encoder<ILoggingEvent> encoder(ServerOptions.LogFormat format, LoggerContext context) {
    return switch (format) {
      case TEXT -> {
        EscapingEncoder encoder = new EscapingEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.start();
        yield encoder;
      }
      case JSON -> {
        JsonEncoder encoder = new DatedJsonEncoder();
        encoder.setContext(context);
        // As people read it: who looks for a line should not have to know of its placeholders.
        encoder.setWithFormattedMessage(true);
        encoder.setWithMessage(false);
        encoder.setWithArguments(false);
        encoder.setWithNanoseconds(false);
        encoder.start();
        yield encoder;
      }
    };
  }

  /** The JSON format, with times that people and programs can read: RFC 3339 in UTC. */
  private static final class DatedJsonEncoder extends JsonEncoder {
    @Override
    protected void appenderMemberWithLongValue(StringBuilder line, String name, long value) {
      if (name.equals(TIMESTAMP_ATTR_NAME)) {
        appenderMember(line, name, TIME.format(Instant.ofEpochMilli(value)));
      } else {
        super.appenderMemberWithLongValue(line, name, value);
      }
    }
  }

  /** The text format; what callers sent can't begin a line of its own. */
  private static final class EscapingEncoder extends PatternLayoutEncoder {
    @Override
    public void start() {
      PatternLayout layout = new PatternLayout();
      layout.getInstanceConverterMap().put("escaped", EscapedMessage::new);
      layout.setContext(context);
      layout.setPattern(getPattern());
      layout.setOutputPatternAsHeader(false);
      layout.start();
      this.layout = layout;
      started = true;
    }
  }

  /** The message with every control character written as an escape. */
  static final class EscapedMessage extends ClassicConverter {
    @Override
    public String convert(ILoggingEvent event) {
      return escape(event.getFormattedMessage());
    }
  }

  /** A text with every control character written as an escape. */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    text.chars()
        .forEach(
            letter -> {
              if (Character.isISOControl(letter)) {
                escaped.append("\\u%04x".formatted(letter));
              } else {
                escaped.append((char) letter);
              }
            });
    return escaped.toString();
  }
}

package io.memryx.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/** Where log lines go, and which ones: standard output, one line an event. */
final class Logging {
  /** Tells of requests, see {@link LogOptions.Access}. */
  private static final String ACCESS = "io.memryx.access";

  /**
   * What belongs to this program. Libraries say nothing below a warning, however much is wanted:
   * what they have to say at length has headers in it, and so keys.
   */
  private static final String OURS = "io.memryx";

  private Logging() {}

  /** Sets the whole process's logging up; what was set up before is dropped. */
  static void configure(LogOptions options) {
    configure(options, Target.OUTPUT);
  }

  /** For commands whose standard output is their answer: only what is wrong, on standard error. */
  static void configureForCommands() {
    configure(
        new LogOptions(LogOptions.Format.TEXT, LogOptions.Level.WARN, LogOptions.Access.OFF),
        Target.ERRORS);
  }

  private enum Target {
    OUTPUT("System.out"),
    ERRORS("System.err");

    private final String stream;

    Target(String stream) {
      this.stream = stream;
    }
  }

  private static void configure(LogOptions options, Target target) {
    ILoggerFactory factory = LoggerFactory.getILoggerFactory();
    if (!(factory instanceof LoggerContext context)) {
      return;
    }
    context.reset();
    LogLine lines = new LogLine(options.format());
    lines.setContext(context);
    lines.start();
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setTarget(target.stream);
    console.setEncoder(lines);
    console.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(console);
    Level level = Level.valueOf(options.level().name());
    root.setLevel(level.isGreaterOrEqual(Level.WARN) ? level : Level.WARN);
    context.getLogger(OURS).setLevel(level);
    context.getLogger(ACCESS).setLevel(access(options.access()));
  }

  /** A request's line is a warning if it is a problem's, else it is not. */
  private static Level access(LogOptions.Access wanted) {
    return switch (wanted) {
      case OFF -> Level.OFF;
      case PROBLEMS -> Level.WARN;
      case ALL -> Level.INFO;
    };
  }
}

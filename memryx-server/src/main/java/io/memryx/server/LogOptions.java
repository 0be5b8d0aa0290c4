package io.memryx.server;

/**
 * What is logged, and how it looks.
 *
 * @param format how lines look
 * @param level lines that weigh less than this are left out
 * @param access which requests get a line of their own
 */
public record LogOptions(Format format, Level level, Access access) {
  /** Unless the environment says otherwise. */
  static final LogOptions DEFAULT = new LogOptions(Format.TEXT, Level.INFO, Access.PROBLEMS);

  /** How lines look. */
  public enum Format {
    /** For people. */
    TEXT,
    /** One JSON object a line. */
    JSON
  }

  /** What lines weigh, from the most to the least. */
  public enum Level {
    /** Something does not work. */
    ERROR,
    /** Somebody should look. */
    WARN,
    /** What an operator wants to know. */
    INFO,
    /** What helps to find out why. */
    DEBUG,
    /** Everything there is. */
    TRACE
  }

  /** Which requests get a line of their own. */
  public enum Access {
    /** None. */
    OFF,
    /** Those that the server failed to answer or refused for its own sake, and slow ones. */
    PROBLEMS,
    /** All. */
    ALL
  }
}

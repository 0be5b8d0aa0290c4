package io.memryx.server.exchange;

/** An import or export that ends early; the message says why and what to do. */
public final class ExchangeException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** Ends it for this reason. */
  public ExchangeException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** The same, of this place in what is imported. */
  ExchangeException at(String place) {
    return new ExchangeException(kind, place + ": " + getMessage());
  }

  /** What was at fault. */
  public Kind kind() {
    return kind;
  }

  /** What can be at fault. */
  public enum Kind {
    /** What was asked for: no such collection, other options. */
    USAGE,
    /** The file, or an entry in it. */
    INPUT,
    /** The server, or the way to it. */
    SERVER
  }
}

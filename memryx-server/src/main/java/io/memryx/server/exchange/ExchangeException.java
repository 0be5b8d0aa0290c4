package io.memryx.server.exchange;

import java.util.OptionalInt;

/** An import or export that ends early; the message says why and what to do. */
public final class ExchangeException extends Exception {
  private static final long serialVersionUID = 1L;

  private static final int NOWHERE = -1;

  private final Kind kind;
  private final int position;

  /** Ends it for this reason. */
  public ExchangeException(Kind kind, String message) {
    this(kind, message, NOWHERE);
  }

  /**
   * Ends it for this reason.
   *
   * @param position of the entry at fault in the batch that was refused, from 0
   */
  ExchangeException(Kind kind, String message, int position) {
    super(message);
    this.kind = kind;
    this.position = position;
  }

  /** Where in the batch the fault is, if anybody said so. */
  OptionalInt position() {
    return position == NOWHERE ? OptionalInt.empty() : OptionalInt.of(position);
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

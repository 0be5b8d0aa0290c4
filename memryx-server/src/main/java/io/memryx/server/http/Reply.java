package io.memryx.server.http;

/** What an endpoint answers: at once, bit by bit, or as things happen. */
sealed interface Reply permits Answer, LongAnswer, EventStream {
  /** Gives back what it holds: it will not be sent, or not to its end. Again, it does nothing. */
  default void discard() {}
}

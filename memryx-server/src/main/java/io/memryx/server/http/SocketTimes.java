package io.memryx.server.http;

import io.undertow.server.ServerConnection;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.Option;
import org.xnio.Options;

/** What a connection may take for what it does, in milliseconds. */
final class SocketTimes {
  /** To send a head, from its first byte to its last. */
  static final int HEAD_MILLIS = 5_000;

  /** Before its first request, and between two. */
  static final int IDLE_MILLIS = 60_000;

  /**
   * To move on with the lines of an upload, or with an answer: nobody looks while the one is waited
   * for, and {@link Pace} ends what moves, but too slowly.
   */
  static final int STALLED_MILLIS = 15_000;

  /** To move on with what is refused: its client still gets its answer, and no more. */
  private static final int REFUSED_MILLIS = 2_000;

  private static final Logger LOG = LoggerFactory.getLogger(SocketTimes.class);

  private SocketTimes() {}

  /** Whoever has the rest of a body read for nothing may not stand still for long. */
  static void hurry(ServerConnection connection) {
    restore(connection, Options.READ_TIMEOUT, REFUSED_MILLIS);
  }

  /** Puts a time back to what it was, for the requests that follow on the connection. */
  static void restore(ServerConnection connection, Option<Integer> time, Integer usualMillis) {
    try {
      connection.setOption(time, usualMillis);
    } catch (IOException e) {
      LOG.debug("the connection is gone, and its timeout with it", e);
    }
  }
}

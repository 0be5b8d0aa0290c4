package io.memryx.server.http;

import java.nio.ByteBuffer;

/**
 * A body that is made while it is sent, as fast as the client takes it. Its status is 200.
 *
 * @param contentType type of the body
 * @param source makes the body
 */
record LongAnswer(String contentType, Source source) implements Reply {

  /** Makes a body in parts. Used by one thread at a time. */
  interface Source extends AutoCloseable {
    /** The next part; an empty one is the end. */
    ByteBuffer next();

    /** Nothing more is wanted; called once, at the end or before it. */
    @Override
    void close();
  }
}

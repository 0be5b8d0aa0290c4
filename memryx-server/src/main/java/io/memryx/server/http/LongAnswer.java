package io.memryx.server.http;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A body that is made while it is sent, as fast as the client takes it. Its status is 200.
 *
 * @param contentType type of the body
 * @param source makes the body
 */
record LongAnswer(String contentType, Source source) implements Reply {
  /** Whoever closes it, and however often: the source is closed once. */
  LongAnswer {
    source = new ClosedOnce(source);
  }

  @Override
  public void discard() {
    source.close();
  }

  /** Makes a body in parts. Used by one thread at a time. */
  interface Source extends AutoCloseable {
    /** The next part; an empty one is the end. */
    ByteBuffer next();

    /** Nothing more is wanted; called once, at the end or before it. */
    @Override
    void close();
  }

  private record ClosedOnce(Source source, AtomicBoolean closed) implements Source {
    ClosedOnce(Source source) {
      this(source, new AtomicBoolean());
    }

    @Override
    public ByteBuffer next() {
      return source.next();
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        source.close();
      }
    }
  }
}

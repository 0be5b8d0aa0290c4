package io.memryx.server.http;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Events that are sent as things happen, until there is nothing more to tell or the client is gone.
 *
 * @param source tells what happens
 */
record EventStream(Source source) implements Reply {
  /** Whoever closes it, and however often: the source is closed once. */
  EventStream {
    source = new ClosedOnce(source);
  }

  @Override
  public void discard() {
    source.close();
  }

  /** Something that changes. Used by one thread at a time. */
  interface Source extends AutoCloseable {
    /** How it stands now. */
    Event now();

    /** Nobody looks any more; called once. */
    @Override
    void close();
  }

  private record ClosedOnce(Source source, AtomicBoolean closed) implements Source {
    ClosedOnce(Source source) {
      this(source, new AtomicBoolean());
    }

    @Override
    public Event now() {
      return source.now();
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        source.close();
      }
    }
  }

  /**
   * How something stands.
   *
   * @param text to be sent, without a line break
   * @param isLast whether nothing will come after it
   */
  record Event(String text, boolean isLast) {}
}

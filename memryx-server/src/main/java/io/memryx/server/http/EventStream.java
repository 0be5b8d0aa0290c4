package io.memryx.server.http;

/**
 * Events that are sent as things happen, until there is nothing more to tell or the client is gone.
 *
 * @param source tells what happens
 */
record EventStream(Source source) implements Reply {

  /** Something that changes. Used by one thread at a time. */
  interface Source extends AutoCloseable {
    /** How it stands now. */
    Event now();

    /** Nobody looks any more; called once. */
    @Override
    void close();
  }

  /**
   * How something stands.
   *
   * @param text to be sent, without a line break
   * @param isLast whether nothing will come after it
   */
  record Event(String text, boolean isLast) {}
}

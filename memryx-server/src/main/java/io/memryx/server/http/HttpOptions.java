package io.memryx.server.http;

import org.jspecify.annotations.Nullable;

/**
 * How the HTTP layer listens and what it refuses.
 *
 * @param host address to listen on
 * @param port port to listen on, 0 for any free one
 * @param maxRequestBytes largest body
 * @param maxBytesUnderWay what all bodies under way may have together
 * @param workers threads that answer requests
 * @param waiting requests that may wait for a worker
 * @param metricsKey key that {@code /metrics} asks for, or null if it asks for none
 */
public record HttpOptions(
    String host,
    int port,
    long maxRequestBytes,
    long maxBytesUnderWay,
    int workers,
    int waiting,
    @Nullable String metricsKey) {

  /** Refuses impossible counts. */
  public HttpOptions {
    if (maxRequestBytes < 1 || maxBytesUnderWay < 1 || workers < 1 || waiting < 0) {
      throw new IllegalArgumentException("limits must be positive");
    }
  }
}

package io.memryx.server.http;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How the HTTP layer listens and what it refuses.
 *
 * @param host address to listen on
 * @param port port to listen on, 0 for any free one
 * @param maxRequestBytes largest body
 * @param maxBytesUnderWay what all bodies under way may have together
 * @param roomForBodies what they may have as of now, in bytes, where that is less
 * @param processors what the threads that answer requests share
 * @param connections how many there may be
 * @param hosts names that clients may call it by
 * @param pace how slow clients may be
 * @param metricsKey key that {@code /metrics} asks for, or null if it asks for none
 */
public record HttpOptions(
    String host,
    int port,
    long maxRequestBytes,
    long maxBytesUnderWay,
    LongSupplier roomForBodies,
    int processors,
    ConnectionLimits connections,
    AllowedHosts hosts,
    Pace pace,
    @Nullable String metricsKey) {

  /** Refuses impossible counts. */
  public HttpOptions {
    if (maxRequestBytes < 1 || maxBytesUnderWay < 1 || processors < 1) {
      throw new IllegalArgumentException("limits must be positive");
    }
  }
}

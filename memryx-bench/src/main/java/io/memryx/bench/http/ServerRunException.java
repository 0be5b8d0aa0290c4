package io.memryx.bench.http;

/** The server did not do what the run needs to go on. The message says what, and what it said. */
final class ServerRunException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ServerRunException(String message) {
    super(message);
  }

  ServerRunException(String message, Throwable cause) {
    super(message, cause);
  }
}

package io.memryx.server.http;

import io.undertow.server.HttpServerExchange;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;

/**
 * Something that happens on a connection's own thread after a time, unless it is put out before.
 * Thread-safe.
 */
final class Fuse {
  private final XnioExecutor.@Nullable Key key;

  private Fuse(XnioExecutor.@Nullable Key key) {
    this.key = key;
  }

  /** Begins to burn. Where the server stops, nothing happens any more: the connections go too. */
  static Fuse light(HttpServerExchange exchange, long nanos, Runnable end) {
    try {
      long millis = TimeUnit.NANOSECONDS.toMillis(Math.max(0, nanos)) + 1;
      return new Fuse(exchange.getIoThread().executeAfter(end, millis, TimeUnit.MILLISECONDS));
    } catch (RejectedExecutionException e) {
      return new Fuse(null);
    }
  }

  /** Puts it out, if it still burns. */
  void putOut() {
    if (key != null) {
      key.remove();
    }
  }
}

package io.memryx.server.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Methods;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One line for each request that was answered. Nothing that the caller made up is in it: the route
 * stands for the path, since ids, filters and mistyped keys are in paths and queries.
 */
final class AccessLog {
  /** Whoever sets logging up decides how much of it is wanted. */
  private static final Logger LOG = LoggerFactory.getLogger("io.memryx.access");

  /** What should not take so long: all but uploads, exports, events and what has to take long. */
  private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final int FIRST_SERVER_ERROR = 500;
  private static final double NANOS_PER_MILLI = 1e6;

  private static final Set<String> METHODS =
      Set.of(
          Methods.GET_STRING,
          Methods.HEAD_STRING,
          Methods.POST_STRING,
          Methods.PUT_STRING,
          Methods.PATCH_STRING,
          Methods.DELETE_STRING,
          Methods.OPTIONS_STRING,
          Methods.TRACE_STRING,
          Methods.CONNECT_STRING);

  private AccessLog() {}

  /** How long a request may take before that is worth a line. */
  enum Patience {
    /** A moment. */
    SHORT,
    /** As long as it likes, or as its client does. */
    LONG
  }

  /**
   * What became of a request.
   *
   * @param route template of the path that it asked for
   * @param code of the problem that it was answered with, empty if there was none
   * @param patience how long it may take
   * @param nanos time from the first byte of the head to the last of the answer
   */
  record Visited(String route, String code, Patience patience, long nanos) {}

  /** Writes the line, if it is wanted. */
  static void tell(HttpServerExchange exchange, Visited visited) {
    Level level = level(exchange.getStatusCode(), visited);
    if (!LOG.isEnabledForLevel(level)) {
      return;
    }
    String method = exchange.getRequestMethod().toString();
    var line =
        LOG.atLevel(level)
            .addKeyValue("method", METHODS.contains(method) ? method : "other")
            .addKeyValue("route", visited.route)
            .addKeyValue("status", exchange.getStatusCode())
            .addKeyValue("millis", Json.rounded(visited.nanos / NANOS_PER_MILLI))
            .addKeyValue("sent_bytes", exchange.getResponseBytesSent())
            .addKeyValue("client", exchange.getSourceAddress().getAddress().getHostAddress());
    (visited.code.isEmpty() ? line : line.addKeyValue("code", visited.code)).log("request");
  }

  private static Level level(int status, Visited visited) {
    // Probes answer 503 without a problem: that is what they are for, and they come every second.
    boolean failed = status >= FIRST_SERVER_ERROR && !visited.code.isEmpty();
    boolean slow = visited.patience == Patience.SHORT && visited.nanos > SLOW_NANOS;
    return failed || slow ? Level.WARN : Level.INFO;
  }
}

package io.memryx.server.http;

import io.undertow.server.HttpServerExchange;

/** One request at the door: what is known of it so far. */
final class Visit {
  private static final String NO_ROUTE = "none";

  final HttpServerExchange exchange;
  final String requestId;
  final Trail trail;

  /** When it came, in nanoseconds of the server's clock. */
  final long begin;

  /** For the metrics; written before the request goes to a worker. */
  volatile String route = NO_ROUTE;

  /** With whom it shares; written before the request goes to a worker. */
  volatile String party = "";

  /** What holds its thread; written before the request goes to a worker. */
  volatile Lanes.Lane lane = Lanes.Lane.READS;

  /** Of the problem that it was answered with, if any. */
  volatile String code = "";

  volatile AccessLog.Patience patience = AccessLog.Patience.SHORT;

  Visit(HttpServerExchange exchange, String requestId, long begin) {
    this.exchange = exchange;
    this.requestId = requestId;
    this.trail = new Trail(requestId);
    this.begin = begin;
  }
}

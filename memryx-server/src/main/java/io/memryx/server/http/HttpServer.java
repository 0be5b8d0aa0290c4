package io.memryx.server.http;

import io.memryx.server.service.Services;
import io.memryx.server.tenant.Authenticator;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.handlers.HttpContinueReadHandler;
import java.net.InetSocketAddress;
import java.util.function.LongSupplier;
import org.xnio.Options;

/** The listening server. Not to be started twice. */
public final class HttpServer {
  private static final long NO_LIMIT = -1;
  private static final int MAX_HEADER_BYTES = 16 * 1024;
  private static final int MAX_HEADERS = 64;
  private static final int MAX_PARAMETERS = 32;
  private static final int MAX_COOKIES = 8;

  /** A connection that never sends a request. */
  private static final int NO_REQUEST_MILLIS = 15_000;

  /** A head that drips in. */
  private static final int PARSE_MILLIS = 5_000;

  /** A connection between two requests. */
  private static final int IDLE_MILLIS = 60_000;

  /** A body or an answer that does not move. */
  private static final int STALLED_MILLIS = 10_000;

  private static final int BACKLOG = 1_024;

  private final Undertow undertow;
  private final FrontDoor door;
  private final BoundedWorkers workers;
  private final LongSupplier nanoClock;

  /** A server over these services, not yet listening. */
  public HttpServer(
      HttpOptions options, Authenticator authenticator, Services services, LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.workers = new BoundedWorkers(options.workers(), options.waiting());
    this.door =
        new FrontDoor(
            Api.routes(services),
            options,
            authenticator,
            services.readiness(),
            services.meters(),
            nanoClock,
            workers);
    this.undertow =
        Undertow.builder()
            .addHttpListener(options.port(), options.host())
            .setHandler(new HttpContinueReadHandler(door))
            // Bodies have a limit of their own, which depends on what they are for.
            .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, NO_LIMIT)
            .setServerOption(UndertowOptions.MAX_HEADER_SIZE, MAX_HEADER_BYTES)
            .setServerOption(UndertowOptions.MAX_HEADERS, MAX_HEADERS)
            .setServerOption(UndertowOptions.MAX_PARAMETERS, MAX_PARAMETERS)
            .setServerOption(UndertowOptions.MAX_COOKIES, MAX_COOKIES)
            .setServerOption(UndertowOptions.DECODE_URL, false)
            .setServerOption(UndertowOptions.ENABLE_HTTP2, false)
            .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, NO_REQUEST_MILLIS)
            .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, PARSE_MILLIS)
            .setServerOption(UndertowOptions.IDLE_TIMEOUT, IDLE_MILLIS)
            .setSocketOption(Options.READ_TIMEOUT, STALLED_MILLIS)
            .setSocketOption(Options.WRITE_TIMEOUT, STALLED_MILLIS)
            .setSocketOption(Options.BACKLOG, BACKLOG)
            .setSocketOption(Options.TCP_NODELAY, true)
            .setIoThreads(2)
            .setWorkerThreads(1)
            .build();
  }

  /**
   * Begins to listen.
   *
   * @return the port
   * @throws RuntimeException if the address can't be used
   */
  public int start() {
    undertow.start();
    return ((InetSocketAddress) undertow.getListenerInfo().getFirst().getAddress()).getPort();
  }

  /**
   * Ends the answers that would go on for ever, and waits until every request under way is
   * answered, but no longer than this.
   *
   * @return whether all were answered
   */
  public boolean drain(long timeoutNanos) throws InterruptedException {
    door.endEvents();
    long end = nanoClock.getAsLong() + timeoutNanos;
    while (door.underWay() > 0) {
      if (nanoClock.getAsLong() > end) {
        return false;
      }
      Thread.sleep(5);
    }
    return true;
  }

  /** Ends listening and closes every connection. */
  public void stop() {
    undertow.stop();
    workers.close();
  }
}

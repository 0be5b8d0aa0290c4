package io.memryx.server.http;

import io.memryx.server.metrics.Figure;
import io.memryx.server.metrics.ServerMeters;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.service.Services;
import io.memryx.server.tenant.Authenticator;
import io.undertow.server.handlers.HttpContinueReadHandler;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The listening server. Not to be started twice. */
public final class HttpServer {
  private static final long LOOK_MILLIS = 5;

  private final HttpOptions options;
  private final FrontDoor door;
  private final Lanes lanes;
  private final LongSupplier nanoClock;
  private final ServerMeters meters;
  private volatile @Nullable Listener listener;

  /** A server over these services, not yet listening. */
  public HttpServer(
      HttpOptions options, Authenticator authenticator, Services services, LongSupplier nanoClock) {
    this.options = options;
    this.nanoClock = nanoClock;
    this.meters = services.meters();
    this.lanes = new Lanes(options.processors(), nanoClock);
    this.door =
        new FrontDoor(
            Api.routes(services),
            options,
            authenticator,
            services.readiness(),
            services.meters(),
            nanoClock,
            lanes);
    show(services.meters());
  }

  /** Shows what is under way and waits, and that nothing has failed so far. */
  private void show(ServerMeters meters) {
    for (Lanes.Lane lane : Lanes.Lane.values()) {
      meters.mayWait(lane.label());
      Map<String, String> tags = Map.of("lane", lane.label());
      meters.show(
          new Figure(
              "memryx.queue.waiting",
              tags,
              "Requests that wait for a thread, by lane",
              () -> lanes.waiting(lane)));
      meters.show(
          new Figure(
              "memryx.queue.running",
              tags,
              "Requests that a thread works at, by lane",
              () -> lanes.running(lane)));
    }
    meters.show(
        Figure.of("memryx.connections", "Connections that are open", this::openConnections));
    meters.show(
        Figure.of("memryx.requests.open", "Requests that are not answered yet", door::underWay));
    for (ProblemCode code : ProblemCode.values()) {
      meters.mayFail(ProblemAnswers.label(code));
    }
  }

  private int openConnections() {
    Listener started = listener;
    return started == null ? 0 : started.connections();
  }

  /**
   * Begins to listen.
   *
   * @return the port
   * @throws RuntimeException if the address can't be used
   */
  public int start() {
    Listener started =
        Listener.start(options, new HttpContinueReadHandler(door), meters::connectionRefused);
    listener = started;
    return started.port();
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
      if (nanoClock.getAsLong() - end > 0) {
        return false;
      }
      Thread.sleep(LOOK_MILLIS);
    }
    return true;
  }

  /**
   * Ends listening, closes every connection, and waits until no request is worked at any more, but
   * no longer than this; again, it does nothing.
   *
   * @return whether none is: what they work with can be closed
   */
  public boolean stop(long timeoutNanos) throws InterruptedException {
    long end = nanoClock.getAsLong() + timeoutNanos;
    lanes.close();
    Listener started = listener;
    if (started != null) {
      listener = null;
      started.close(timeoutNanos);
    }
    return lanes.awaitEnd(end - nanoClock.getAsLong());
  }
}

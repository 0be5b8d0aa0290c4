package io.memryx.server.http;

import io.memryx.server.fair.FairPool;
import io.memryx.server.metrics.ServerMeters;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import io.memryx.server.service.Readiness;
import io.memryx.server.tenant.Authenticator;
import io.undertow.server.ExchangeCompletionListener;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where every request comes in: checks its head on the thread that read it, finds its route, runs
 * it, and turns whatever happens into an answer. Thread-safe.
 */
final class FrontDoor implements HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(FrontDoor.class);
  static final HttpString REQUEST_ID = new HttpString("X-Request-Id");
  private static final Pattern GOOD_REQUEST_ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

  /** How far a body may exceed the limit before the connection is cut: a refusal comes before. */
  private static final long SLACK_BYTES = 1 << 20;

  private final Routes routes;
  private final HttpOptions options;
  private final Authenticator authenticator;
  private final Readiness readiness;
  private final ServerMeters meters;
  private final LongSupplier nanoClock;
  private final Lanes lanes;
  private final BodiesUnderWay bodies;
  private final EventSender events;
  private final Failures failures;
  private final ReplySender replies;
  private final AtomicInteger underWay = new AtomicInteger();

  FrontDoor(
      Routes routes,
      HttpOptions options,
      Authenticator authenticator,
      Readiness readiness,
      ServerMeters meters,
      LongSupplier nanoClock,
      Lanes lanes) {
    this.routes = routes;
    this.options = options;
    this.authenticator = authenticator;
    this.readiness = readiness;
    this.meters = meters;
    this.nanoClock = nanoClock;
    this.lanes = lanes;
    this.bodies = new BodiesUnderWay(options.maxBytesUnderWay(), options.roomForBodies());
    this.events = new EventSender(nanoClock);
    this.failures = new Failures(meters);
    this.replies = new ReplySender(lanes, options.pace(), events, failures);
  }

  /** Number of requests that are not answered yet. */
  int underWay() {
    return underWay.get();
  }

  /** Ends what would go on for ever. */
  void endEvents() {
    events.close();
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) {
    Visit visit = new Visit(exchange, requestId(exchange), nanoClock.getAsLong());
    underWay.incrementAndGet();
    exchange.addExchangeCompleteListener(
        (ended, next) -> {
          underWay.decrementAndGet();
          visit.trail.run(() -> completed(ended, next, visit));
        });
    visit.trail.run(() -> begin(visit));
  }

  private void completed(
      HttpServerExchange ended, ExchangeCompletionListener.NextListener next, Visit visit) {
    tell(ended, visit);
    try {
      next.proceed();
    } catch (RejectedExecutionException e) {
      LOG.debug("cut off, the server stops", e);
    }
  }

  private void begin(Visit visit) {
    try {
      enter(visit);
    } catch (Throwable e) {
      // Nothing may escape: what the layer underneath answers has no body and no request id.
      replies.send(visit, failures.answer(visit, e));
    }
  }

  private void tell(HttpServerExchange ended, Visit visit) {
    long nanos = nanoClock.getAsLong() - visit.begin;
    meters.answered(visit.route, ended.getStatusCode(), nanos);
    AccessLog.tell(ended, new AccessLog.Visited(visit.route, visit.code, visit.patience, nanos));
  }

  private void enter(Visit visit) {
    HttpServerExchange exchange = visit.exchange;
    BodyLimit.install(exchange, options.maxRequestBytes() + SLACK_BYTES);
    Hardening.check(exchange, options.maxRequestBytes());
    RequestPath path = RequestPath.of(rawPath(exchange));
    Map<String, String> query = RequestPath.parameters(exchange.getQueryString());
    Hardening.refuseKeys(query);
    String method = exchange.getRequestMethod().toString();
    switch (routes.find(method, path)) {
      case Routes.Match.Found found -> {
        path.refuseHiddenSeparators(found.parameters());
        visit.route = found.route().template();
        Call call =
            new Call(
                exchange,
                found.route().scope(),
                found.parameters(),
                query,
                authenticator,
                options,
                bodies,
                visit.trail,
                nanoClock);
        run(visit, found.route(), call);
      }
      case Routes.Match.OtherMethods others ->
          replies.send(visit, otherMethod(visit, method, String.join(", ", others.allowed())));
      case Routes.Match.NothingThere _ -> {
        path.refuseHiddenSeparators(Map.of());
        throw Problem.of(
                ProblemCode.NOT_FOUND, "there is nothing at this path", "GET / lists the endpoints")
            .toException();
      }
    }
  }

  private static String rawPath(HttpServerExchange exchange) {
    String target = exchange.getRequestURI();
    if (!exchange.isHostIncludedInRequestURI()) {
      return target;
    }
    int path = target.indexOf('/', target.indexOf("://") + "://".length());
    return path < 0 ? "/" : target.substring(path);
  }

  private static Answer otherMethod(Visit visit, String method, String allowed) {
    if (method.equals("OPTIONS")) {
      return Answer.empty(204).withHeader("Allow", allowed);
    }
    Problem problem =
        Problem.of(
            ProblemCode.METHOD_NOT_ALLOWED, "this path has no " + method, "it has " + allowed);
    return ProblemAnswers.of(problem, visit.requestId).withHeader("Allow", allowed);
  }

  private void run(Visit visit, Route route, Call call) {
    boolean needsData =
        switch (route.access()) {
          case TENANT, ADMINISTRATOR -> true;
          case PUBLIC, METRICS -> false;
        };
    if (route.access() != Route.Access.PUBLIC) {
      Hardening.requireKnownHost(visit.exchange, options.hosts());
    }
    if (needsData) {
      readiness.require();
    }
    requireAcceptable(visit.exchange, route);
    call.checkHead(route, options.metricsKey());
    if (needsData) {
      call.requireKnownParameters(route);
    }
    switch (route.thread()) {
      case AT_ONCE -> replies.send(visit, route.endpoint().answer(call));
      case ON_WORKER, AS_WRITE, AT_LENGTH -> takeIn(visit, route, call);
    }
  }

  /** A document is read before a worker is asked for; what is streamed is read by the worker. */
  private void takeIn(Visit visit, Route route, Call call) {
    visit.party = call.party().name();
    if (!call.hasBody() || route.method().equals("GET")) {
      handOver(visit, route, call, Lanes.of(route.thread(), 0));
    } else if (call.isBodyStreamed()) {
      handOver(visit, route, call, uploadLane(route));
    } else {
      ReceivedBody body = call.beginBody();
      visit.exchange.addExchangeCompleteListener(
          (_, next) -> {
            call.release();
            next.proceed();
          });
      new BodyReceiver(
              visit.exchange, body, options.pace(), nanoClock, onceReceived(visit, route, call))
          .begin();
    }
  }

  /** An administrator's uploads must not wait for those of everybody. */
  private static Lanes.Lane uploadLane(Route route) {
    return switch (route.access()) {
      case ADMINISTRATOR -> Lanes.Lane.LONG;
      case TENANT, PUBLIC, METRICS -> Lanes.Lane.UPLOADS;
    };
  }

  private BodyReceiver.Outcome onceReceived(Visit visit, Route route, Call call) {
    return new BodyReceiver.Outcome() {
      @Override
      public void received() {
        try (var _ = visit.trail.enter()) {
          handOver(visit, route, call, Lanes.of(route.thread(), call.receivedBytes()));
        } catch (Throwable e) {
          failed(e);
        }
      }

      @Override
      public void failed(Throwable failure) {
        try (var _ = visit.trail.enter()) {
          replies.send(visit, failures.answer(visit, failure));
        }
      }
    };
  }

  private void handOver(Visit visit, Route route, Call call, Lanes.Lane lane) {
    if (lane == Lanes.Lane.LONG || lane == Lanes.Lane.UPLOADS) {
      visit.patience = AccessLog.Patience.LONG;
    }
    FairPool.Place place = lanes.enter(lane, visit.party);
    visit.lane = lane;
    try {
      dispatch(visit, place, new Turn(route, call, lane));
    } catch (RuntimeException | Error e) {
      boolean _ = place.withdraw(); // Nobody else would give it back.
      throw e;
    }
  }

  /** What is done when a request's turn has come. */
  private record Turn(Route route, Call call, Lanes.Lane lane) {}

  private void dispatch(Visit visit, FairPool.Place place, Turn turn) {
    long waitsSince = nanoClock.getAsLong();
    Fuse late =
        Fuse.light(
            visit.exchange,
            lanes.maxWaitNanos(),
            () -> visit.trail.run(() -> endLate(visit, place, turn.lane)));
    visit.exchange.dispatch(
        task -> visit.trail.run(() -> begin(visit, place, task)),
        () -> {
          late.putOut();
          long waited = nanoClock.getAsLong() - waitsSince;
          meters.waited(turn.lane.label(), waited);
          try (var _ = visit.trail.enter()) {
            replies.sendFromWorker(
                visit, answer(visit, () -> answerInTime(waited, turn.route, turn.call)));
          } finally {
            turn.call.release();
          }
        });
  }

  /** The fuse may burn late where its thread is busy. */
  private Reply answerInTime(long waited, Route route, Call call) {
    if (waited > lanes.maxWaitNanos()) {
      throw waitedTooLong();
    }
    return route.endpoint().answer(call);
  }

  /** Where there is no thread for a request and none can be made, that is its answer. */
  private void begin(Visit visit, FairPool.Place place, Runnable task) {
    try {
      place.execute(task);
    } catch (RejectedExecutionException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      replies.send(visit, failures.answer(visit, e));
    }
  }

  /** Who is patient no more must not wait for a thread to be told so. */
  private void endLate(Visit visit, FairPool.Place place, Lanes.Lane lane) {
    if (place.withdraw()) {
      meters.waited(lane.label(), lanes.maxWaitNanos());
      replies.send(visit, failures.answer(visit, waitedTooLong()));
    }
  }

  private static ProblemException waitedTooLong() {
    return Problem.of(
            ProblemCode.TIMED_OUT,
            "the request waited too long for its turn; nothing was done",
            "send fewer requests at one time")
        .retryAfter(1)
        .toException();
  }

  /** What anybody may call answers in whatever it has. */
  private static void requireAcceptable(HttpServerExchange exchange, Route route) {
    boolean negotiates =
        switch (route.access()) {
          case TENANT, ADMINISTRATOR -> true;
          case PUBLIC, METRICS -> false;
        };
    String accept = exchange.getRequestHeaders().getFirst(Headers.ACCEPT);
    boolean acceptable = route.gives().stream().anyMatch(type -> MediaTypes.accepts(accept, type));
    if (negotiates && !acceptable) {
      throw Problem.of(
              ProblemCode.NOT_ACCEPTABLE,
              "the answer is %s, which Accept rules out"
                  .formatted(String.join(" or ", route.gives())),
              "send 'Accept: %s', or no Accept".formatted(route.gives().getFirst()))
          .toException();
    }
  }

  private Reply answer(Visit visit, Supplier<Reply> work) {
    try {
      return work.get();
    } catch (Throwable e) {
      // Errors too: a worker that died would leave its client waiting.
      return failures.answer(visit, e);
    }
  }

  private static String requestId(HttpServerExchange exchange) {
    String given = exchange.getRequestHeaders().getFirst(REQUEST_ID);
    boolean good = given != null && GOOD_REQUEST_ID.matcher(given).matches();
    return good ? given : UUID.randomUUID().toString();
  }
}

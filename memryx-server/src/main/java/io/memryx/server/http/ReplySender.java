package io.memryx.server.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;

/** Sends replies, and cuts off who takes them too slowly. Thread-safe. */
final class ReplySender {
  private static final Logger LOG = LoggerFactory.getLogger(ReplySender.class);
  private static final HttpString NO_SNIFF = new HttpString("X-Content-Type-Options");

  private final Lanes lanes;
  private final Pace pace;
  private final EventSender events;
  private final Failures failures;

  /**
   * A sender.
   *
   * @param lanes where long answers go on
   * @param pace how long a client may take
   */
  ReplySender(Lanes lanes, Pace pace, EventSender events, Failures failures) {
    this.lanes = lanes;
    this.pace = pace;
    this.events = events;
    this.failures = failures;
  }

  /**
   * Sends from the connection's own thread what can be sent without waiting. Where a worker ends an
   * exchange, that thread, woken by the client's next request, spins until the worker has done so:
   * for microseconds, or for as long as the worker has to wait for a processor.
   */
  void sendFromWorker(Visit visit, Reply reply) {
    switch (reply) {
      case Answer answer when !visit.exchange.isBlocking() -> {
        try {
          visit.exchange.getIoThread().execute(() -> visit.trail.run(() -> send(visit, answer)));
        } catch (RejectedExecutionException e) {
          LOG.debug("request {}: nobody is there to be answered", visit.requestId, e);
          reply.discard();
        }
      }
      case Answer _, LongAnswer _, EventStream _ -> send(visit, reply);
    }
  }

  void send(Visit visit, Reply reply) {
    if (visit.exchange.isResponseStarted()) {
      reply.discard();
      return;
    }
    try {
      switch (reply) {
        case Answer answer -> begin(visit, answer);
        case LongAnswer answer -> begin(visit, answer);
        case EventStream stream -> begin(visit, stream);
      }
    } catch (RuntimeException | Error e) {
      reply.discard();
      // When the layer underneath stops, it fails with whatever it stumbles over.
      boolean gone =
          e instanceof RejectedExecutionException || !visit.exchange.getConnection().isOpen();
      if (gone) {
        LOG.debug("nobody is there to be answered", e);
      } else {
        LOG.error("an answer could not be sent", e);
        IoUtils.safeClose(visit.exchange.getConnection());
      }
    }
  }

  private static void putHeaders(Visit visit, int status) {
    visit.exchange.setStatusCode(status);
    HeaderMap headers = visit.exchange.getResponseHeaders();
    headers.put(FrontDoor.REQUEST_ID, visit.requestId);
    headers.put(NO_SNIFF, "nosniff");
    headers.put(Headers.CACHE_CONTROL, "no-store");
  }

  private void begin(Visit visit, LongAnswer answer) {
    ByteBuffer first;
    try {
      first = answer.source().next();
    } catch (Throwable e) {
      answer.discard();
      begin(visit, failures.answer(visit, e));
      return;
    }
    putHeaders(visit, 200);
    visit.exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, answer.contentType());
    if (isHead(visit)) {
      answer.discard();
      visit.exchange.endExchange();
    } else {
      visit.patience = AccessLog.Patience.LONG;
      new LongSender(
              visit.exchange,
              answer.source(),
              first,
              visit.trail,
              part -> lanes.goOn(visit.lane, visit.party, part))
          .begin();
    }
  }

  private void begin(Visit visit, EventStream stream) {
    putHeaders(visit, 200);
    if (isHead(visit)) {
      stream.discard();
      visit.exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, MediaTypes.EVENTS);
      visit.exchange.endExchange();
    } else {
      visit.patience = AccessLog.Patience.LONG;
      events.send(visit.exchange, stream.source(), visit.trail);
    }
  }

  private static boolean isHead(Visit visit) {
    return visit.exchange.getRequestMethod().toString().equals("HEAD");
  }

  private void begin(Visit visit, Answer answer) {
    putHeaders(visit, answer.status());
    HeaderMap headers = visit.exchange.getResponseHeaders();
    answer.headers().forEach((name, value) -> headers.put(new HttpString(name), value));
    if (answer.body().hasRemaining()) {
      headers.put(Headers.CONTENT_TYPE, answer.contentType());
    }
    int bytes = answer.body().remaining();
    if (visit.exchange.isBlocking()) {
      // Here sending waits for the client: who cuts it off must be there before.
      endInTime(visit.exchange, bytes);
      sendBlocking(visit, answer);
    } else {
      visit.exchange.getResponseSender().send(answer.body().duplicate());
      // Most answers are gone by now.
      endInTime(visit.exchange, bytes);
    }
  }

  private static void sendBlocking(Visit visit, Answer answer) {
    if (visit.exchange.isPersistent()) {
      visit.exchange.getResponseSender().send(answer.body().duplicate());
    } else {
      sendFirst(visit.exchange, answer);
    }
  }

  /** Whoever takes an answer too slowly, or goes on sending what was refused, is cut off. */
  private void endInTime(HttpServerExchange exchange, int bytes) {
    if (exchange.isComplete()) {
      return;
    }
    Fuse fuse =
        Fuse.light(
            exchange,
            pace.allowed(bytes),
            () -> {
              if (!exchange.isComplete()) {
                IoUtils.safeClose(exchange.getConnection());
              }
            });
    exchange.addExchangeCompleteListener(
        (_, next) -> {
          fuse.putOut();
          next.proceed();
        });
  }

  /**
   * Sends before the rest of the request is read: reading on may end the connection, when the rest
   * is longer than the layer underneath allows.
   */
  private static void sendFirst(HttpServerExchange exchange, Answer answer) {
    ByteBuffer body = answer.body().duplicate();
    byte[] bytes = new byte[body.remaining()];
    body.get(bytes);
    exchange.setResponseContentLength(bytes.length);
    try {
      OutputStream out = exchange.getOutputStream();
      out.write(bytes);
      out.flush();
    } catch (IOException e) {
      LOG.debug("the client is gone", e);
    }
    exchange.endExchange();
  }
}

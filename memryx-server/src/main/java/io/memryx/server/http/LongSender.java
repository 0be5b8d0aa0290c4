package io.memryx.server.http;

import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.Options;

/**
 * Sends one long answer: a worker makes a part, and the next part is made when the client has taken
 * that one. A client that does not read costs a connection and no thread. What fails on the way
 * ends the connection in the middle, which the client sees: the status is long sent.
 */
final class LongSender implements IoCallback, Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(LongSender.class);

  /**
   * How long a client may take none of it. Longer than for short answers: between the two lie
   * buffers of several megabytes, and nothing more is taken before a client that reads slowly, but
   * reads, has emptied half of them. (A connection may not be idle for longer than that anyway.)
   */
  private static final int UNTAKEN_MILLIS = 60_000;

  private final HttpServerExchange exchange;
  private final LongAnswer.Source source;
  private final Trail trail;
  private final Consumer<Runnable> workers;
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile ByteBuffer part;

  /**
   * Prepares to send.
   *
   * @param first the first part, made already: as long as nothing is sent, a failure can be told
   * @param trail whose log lines are this answer's
   * @param workers runs what makes the next part
   */
  LongSender(
      HttpServerExchange exchange,
      LongAnswer.Source source,
      ByteBuffer first,
      Trail trail,
      Consumer<Runnable> workers) {
    this.exchange = exchange;
    this.source = source;
    this.part = first;
    this.trail = trail;
    this.workers = workers;
    exchange.addExchangeCompleteListener(
        (_, next) -> {
          end();
          next.proceed();
        });
  }

  /** Sends the first part. */
  void begin() {
    ServerConnection connection = exchange.getConnection();
    try {
      Integer usual = connection.setOption(Options.WRITE_TIMEOUT, UNTAKEN_MILLIS);
      exchange.addExchangeCompleteListener(
          (_, next) -> {
            SocketTimes.restore(connection, Options.WRITE_TIMEOUT, usual);
            next.proceed();
          });
      send();
    } catch (IOException e) {
      onException(exchange, exchange.getResponseSender(), e);
    }
  }

  private void send() {
    ByteBuffer next = part;
    if (next.hasRemaining()) {
      exchange.getResponseSender().send(next, this);
    } else {
      end();
      exchange.endExchange();
    }
  }

  @Override
  public void onComplete(HttpServerExchange sent, Sender sender) {
    try (var _ = trail.enter()) {
      workers.accept(this);
    } catch (RejectedExecutionException e) {
      LOG.debug("an answer is cut off, the server stops", e);
      breakOff();
    } catch (RuntimeException | Error e) {
      LOG.error("an answer ended in the middle", e);
      breakOff();
    }
  }

  @Override
  public void run() {
    if (ended.get()) {
      return;
    }
    trail.run(this::sendNext);
  }

  private void sendNext() {
    try {
      part = source.next();
      send();
    } catch (Throwable e) {
      LOG.error("an answer ended in the middle", e);
      breakOff();
    }
  }

  @Override
  public void onException(HttpServerExchange sent, Sender sender, IOException exception) {
    trail.run(() -> LOG.debug("the client left in the middle of an answer", exception));
    breakOff();
  }

  private void breakOff() {
    end();
    IoUtils.safeClose(exchange.getConnection());
  }

  private void end() {
    if (ended.compareAndSet(false, true)) {
      source.close();
    }
  }
}

package io.memryx.server.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.sse.ServerSentEventConnection;
import io.undertow.server.handlers.sse.ServerSentEventHandler;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;

/**
 * Sends events: looks at every source a few times a second, on one thread for all, and sends what
 * has changed, without waiting for anybody. A client that does not take an event gets the next one
 * that is true when it does. Thread-safe.
 */
final class EventSender implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventSender.class);

  /** Sooner than people see it, and nothing that counts for a processor. */
  private static final long LOOK_MILLIS = 200;

  /** So often something is sent, so that whoever is between knows that the connection lives. */
  private static final int HEARTBEAT_MILLIS = 15_000;

  /** So long a client may leave an event untaken; heartbeats come more often. */
  private static final long UNTAKEN_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final LongSupplier nanoClock;
  private final Set<Watcher> watchers = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService clockwork =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "memryx-events");
            thread.setDaemon(true);
            return thread;
          });

  EventSender(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    var _ =
        clockwork.scheduleWithFixedDelay(
            this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Begins to send; the exchange is this sender's from now on. */
  void send(HttpServerExchange exchange, EventStream.Source source, Trail trail) {
    Watcher watcher = new Watcher(source, trail);
    exchange.addExchangeCompleteListener(
        (_, next) -> {
          watcher.gone();
          next.proceed();
        });
    try {
      new ServerSentEventHandler((connection, _) -> watcher.connected(connection))
          .handleRequest(exchange);
    } catch (Exception e) {
      LOG.debug("the client left before the first event", e);
      watcher.gone();
      IoUtils.safeClose(exchange.getConnection());
    }
  }

  private void look() {
    for (Watcher watcher : watchers) {
      try {
        watcher.look();
      } catch (RuntimeException | Error e) {
        watcher.trail.run(() -> LOG.error("an event could not be sent", e));
        watcher.end();
      }
    }
  }

  /** Tells every watcher how things stand, and ends. */
  @Override
  public void close() {
    clockwork.shutdown();
    for (Watcher watcher : watchers) {
      watcher.end();
    }
  }

  /** One client and what it looks at. */
  private final class Watcher implements ServerSentEventConnection.EventCallback {
    private final EventStream.Source source;
    private final Trail trail;
    private @Nullable ServerSentEventConnection connection;
    private String sent = "";
    private boolean sending;
    private long sendingSince;
    private boolean gone;

    Watcher(EventStream.Source source, Trail trail) {
      this.source = source;
      this.trail = trail;
    }

    synchronized void connected(ServerSentEventConnection made) {
      if (gone) {
        // The client was quicker: nobody would ever take this watcher out again.
        IoUtils.safeClose(made);
        return;
      }
      made.setKeepAliveTime(HEARTBEAT_MILLIS);
      connection = made;
      watchers.add(this);
      look();
      if (clockwork.isShutdown()) {
        end();
      }
    }

    synchronized void look() {
      ServerSentEventConnection open = connection;
      if (open == null || gone) {
        return;
      }
      if (sending) {
        if (nanoClock.getAsLong() - sendingSince > UNTAKEN_NANOS) {
          gone();
          IoUtils.safeClose(open);
        }
        return;
      }
      EventStream.Event now = source.now();
      if (!now.text().equals(sent)) {
        sending = true;
        sendingSince = nanoClock.getAsLong();
        sent = now.text();
        open.send(now.text(), this);
      }
      if (now.isLast()) {
        end();
      }
    }

    @Override
    public synchronized void done(
        ServerSentEventConnection made, String data, String event, String id) {
      sending = false;
    }

    @Override
    public void failed(
        ServerSentEventConnection made, String data, String event, String id, IOException e) {
      gone();
      IoUtils.safeClose(made);
    }

    /** What is on its way still arrives. */
    synchronized void end() {
      ServerSentEventConnection open = connection;
      gone();
      if (open != null) {
        open.shutdown();
      }
    }

    synchronized void gone() {
      if (!gone) {
        gone = true;
        watchers.remove(this);
        source.close();
      }
    }
  }
}

package io.memryx.server.http;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.channels.StreamSourceChannel;

/**
 * Takes one body in as it comes, on the thread that reads the connection, and goes on with the
 * request when all of it is there: a client that sends slowly holds no worker. Used by that thread
 * alone.
 */
final class BodyReceiver implements ChannelListener<StreamSourceChannel> {
  /** Then other connections of the thread get their turn: a quarter of a megabyte. */
  private static final int MAX_READS_AT_ONCE = 16;

  private final HttpServerExchange exchange;
  private final ReceivedBody body;
  private final Pace pace;
  private final LongSupplier nanoClock;
  private final Outcome outcome;
  private final long begin;
  private long lastArrival;
  private @Nullable Fuse fuse;
  private @Nullable StreamSourceChannel awaited;
  private boolean ended;

  /** What becomes of it. */
  interface Outcome {
    /** All of it is there. */
    void received();

    /** It will not come, or is not wanted. */
    void failed(Throwable failure);
  }

  private enum Step {
    /** It stopped for others' sake. */
    PAUSED,
    /** More may come. */
    WAITING,
    /** Nothing more comes. */
    COMPLETE
  }

  BodyReceiver(
      HttpServerExchange exchange,
      ReceivedBody body,
      Pace pace,
      LongSupplier nanoClock,
      Outcome outcome) {
    this.exchange = exchange;
    this.body = body;
    this.pace = pace;
    this.nanoClock = nanoClock;
    this.outcome = outcome;
    this.begin = nanoClock.getAsLong();
    this.lastArrival = begin;
  }

  /** Begins; to be called in the handling of the request. */
  void begin() {
    StreamSourceChannel channel = exchange.getRequestChannel();
    if (channel == null) {
      throw new IllegalStateException("the body is read already");
    }
    Step step;
    try {
      step = readOn(channel);
    } catch (IOException | RuntimeException | Error e) {
      ended = true;
      outcome.failed(asProblem(e));
      return;
    }
    switch (step) {
      case COMPLETE -> {
        ended = true;
        outcome.received();
      }
      case WAITING -> {
        await(channel);
        channel.resumeReads();
      }
      case PAUSED -> {
        await(channel);
        goOnSoon(channel);
      }
    }
  }

  private void await(StreamSourceChannel channel) {
    awaited = channel;
    channel.getReadSetter().set(this);
    light();
  }

  /** What is left may lie in a buffer already, of which no event tells. */
  private void goOnSoon(StreamSourceChannel channel) {
    channel.resumeReads();
    exchange.getIoThread().execute(() -> handleEvent(channel));
  }

  @Override
  public void handleEvent(StreamSourceChannel channel) {
    if (ended) {
      return;
    }
    try {
      switch (readOn(channel)) {
        case COMPLETE -> end(channel, outcome::received);
        case WAITING -> channel.resumeReads();
        case PAUSED -> goOnSoon(channel);
      }
    } catch (IOException | RuntimeException | Error e) {
      end(channel, () -> outcome.failed(asProblem(e)));
    }
  }

  private Step readOn(StreamSourceChannel channel) throws IOException {
    try (PooledByteBuffer pooled = exchange.getConnection().getByteBufferPool().allocate()) {
      ByteBuffer buffer = pooled.getBuffer();
      for (int reads = 0; reads < MAX_READS_AT_ONCE; reads++) {
        buffer.clear();
        int read = read(channel, buffer);
        if (read < 0) {
          return Step.COMPLETE;
        }
        if (read == 0) {
          return Step.WAITING;
        }
        lastArrival = nanoClock.getAsLong();
        body.append(buffer.flip());
        if (pace.isTooSlow(lastArrival - begin, body.bytes())) {
          throw BodyStream.tooSlow();
        }
      }
      return Step.PAUSED;
    }
  }

  /** The layer underneath fails with whatever it stumbles over when a client leaves. */
  private static int read(StreamSourceChannel channel, ByteBuffer buffer) throws IOException {
    try {
      return channel.read(buffer);
    } catch (RuntimeException e) {
      throw new IOException("the body can't be read on", e);
    }
  }

  /** What is not the client's doing stays what it is. */
  private static Throwable asProblem(Throwable failure) {
    return failure instanceof IOException left ? BodyStream.toProblem(left) : failure;
  }

  /** Goes on as if the request had come just now. */
  private void end(StreamSourceChannel channel, Runnable next) {
    ended = true;
    if (fuse != null) {
      fuse.putOut();
    }
    channel.suspendReads();
    channel.getReadSetter().set(null);
    Connectors.executeRootHandler(_ -> next.run(), exchange);
  }

  private void light() {
    long now = nanoClock.getAsLong();
    long stall = lastArrival + pace.graceNanos() - now;
    long whole = begin + pace.allowed(body.bytes()) - now;
    fuse = Fuse.light(exchange, Math.min(stall, whole), this::look);
  }

  private void look() {
    if (ended) {
      return;
    }
    long now = nanoClock.getAsLong();
    boolean stalled = now - lastArrival >= pace.graceNanos();
    if (awaited != null && (stalled || pace.isTooSlow(now - begin, body.bytes()))) {
      end(awaited, () -> outcome.failed(BodyStream.tooSlow()));
    } else {
      light();
    }
  }
}

package io.memryx.server.http;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/**
 * The socket that is listened on, and the threads that read what comes in. It counts connections
 * before anything is read from them: the builder of the layer underneath has no place for that.
 */
final class Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
  private static final long NO_LIMIT = -1;
  private static final int BUFFER_BYTES = 16 * 1024;
  private static final int BUFFERS_PER_THREAD = 4;
  private static final int IO_THREADS = 2;
  private static final int BACKLOG = 1_024;
  private static final int MAX_HEADER_BYTES = 16 * 1024;
  private static final int MAX_HEADERS = 64;
  private static final int MAX_PARAMETERS = 32;
  private static final int MAX_COOKIES = 8;

  private final XnioWorker worker;
  private final ByteBufferPool buffers;
  private final AcceptingChannel<? extends StreamConnection> socket;
  private final Connections connections;
  private final HttpOpenListener http;
  private final Runnable refused;

  private Listener(HttpOptions options, HttpHandler handler, Runnable refused) throws IOException {
    this.refused = refused;
    connections = new Connections(options.connections());
    buffers = new DefaultByteBufferPool(true, BUFFER_BYTES, -1, BUFFERS_PER_THREAD);
    http = new HttpOpenListener(buffers, protocol());
    http.setRootHandler(handler);
    OptionMap sockets = sockets();
    worker = Xnio.getInstance(Listener.class.getClassLoader()).createWorker(sockets);
    ChannelListener<AcceptingChannel<StreamConnection>> acceptor =
        ChannelListeners.openListenerAdapter(this::open);
    try {
      InetAddress address = InetAddress.getByName(options.host());
      socket =
          worker.createStreamConnectionServer(
              new InetSocketAddress(address, options.port()), acceptor, sockets);
    } catch (IOException | RuntimeException e) {
      worker.shutdownNow();
      buffers.close();
      throw e;
    }
    socket.resumeAccepts();
  }

  /**
   * Begins to listen.
   *
   * @param refused told of each connection that is one too many
   * @throws UncheckedIOException if the address can't be used
   */
  static Listener start(HttpOptions options, HttpHandler handler, Runnable refused) {
    try {
      return new Listener(options, handler, refused);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private static OptionMap protocol() {
    return OptionMap.builder()
        .set(UndertowOptions.BUFFER_PIPELINED_DATA, true)
        // Bodies have a limit of their own, which depends on what they are for.
        .set(UndertowOptions.MAX_ENTITY_SIZE, NO_LIMIT)
        .set(UndertowOptions.MAX_HEADER_SIZE, MAX_HEADER_BYTES)
        .set(UndertowOptions.MAX_HEADERS, MAX_HEADERS)
        .set(UndertowOptions.MAX_PARAMETERS, MAX_PARAMETERS)
        .set(UndertowOptions.MAX_COOKIES, MAX_COOKIES)
        .set(UndertowOptions.DECODE_URL, false)
        .set(UndertowOptions.ENABLE_HTTP2, false)
        .set(UndertowOptions.NO_REQUEST_TIMEOUT, SocketTimes.IDLE_MILLIS)
        .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, SocketTimes.HEAD_MILLIS)
        .set(UndertowOptions.IDLE_TIMEOUT, SocketTimes.IDLE_MILLIS)
        .getMap();
  }

  private static OptionMap sockets() {
    return OptionMap.builder()
        .set(Options.WORKER_IO_THREADS, IO_THREADS)
        .set(Options.WORKER_TASK_CORE_THREADS, 1)
        .set(Options.WORKER_TASK_MAX_THREADS, 1)
        .set(Options.TCP_NODELAY, true)
        .set(Options.CORK, true)
        .set(Options.REUSE_ADDRESSES, true)
        .set(Options.BACKLOG, BACKLOG)
        // Also what a connection may be silent for between two requests.
        .set(Options.READ_TIMEOUT, SocketTimes.IDLE_MILLIS)
        .set(Options.WRITE_TIMEOUT, SocketTimes.STALLED_MILLIS)
        .getMap();
  }

  /** A connection has come; on the thread that will read it. */
  private void open(StreamConnection connection) {
    InetSocketAddress peer = connection.getPeerAddress(InetSocketAddress.class);
    if (peer == null) {
      IoUtils.safeClose(connection);
      return;
    }
    Optional<Runnable> counted = connections.tryOpen(peer.getAddress());
    if (counted.isEmpty()) {
      refused.run();
      refuse(connection);
      return;
    }
    http.handleEvent(connection);
    closing(connection, counted.get());
  }

  /** Puts the count into the way of whoever wants to know of the connection's end by now. */
  private static void closing(StreamConnection connection, Runnable counted) {
    ChannelListener<? super StreamConnection> others = connection.getCloseListener();
    connection.setCloseListener(
        closed -> {
          counted.run();
          ChannelListeners.invokeChannelListener(closed, others);
        });
    if (!connection.isOpen()) {
      counted.run();
    }
  }

  /** Tells it in one packet, if that can be, and waits for nothing. */
  private static void refuse(StreamConnection connection) {
    try {
      int written = connection.getSinkChannel().write(full());
      LOG.debug("one connection too many: told in {} bytes", written);
      connection.getSinkChannel().shutdownWrites();
      connection.getSinkChannel().flush();
    } catch (IOException e) {
      LOG.debug("one connection too many, and it is gone", e);
    }
    IoUtils.safeClose(connection);
  }

  /** What those are told who are one too many; there is no request yet to be answered properly. */
  private static ByteBuffer full() {
    String id = UUID.randomUUID().toString();
    Problem problem =
        Problem.of(
            ProblemCode.OVERLOADED,
            "there are as many connections as may be",
            "close connections that you don't need, and try again after the given time");
    ByteBuffer body = ProblemAnswers.of(problem, id).body();
    byte[] head =
        """
        HTTP/1.1 503 Service Unavailable
        Content-Type: %s
        Retry-After: 1
        X-Request-Id: %s
        Connection: close
        Content-Length: %d

        """
            .formatted(Answer.PROBLEM_JSON, id, body.remaining())
            .replace("\n", "\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(head.length + body.remaining()).put(head).put(body).flip();
  }

  /** Where it listens. */
  int port() {
    return socket.getLocalAddress(InetSocketAddress.class).getPort();
  }

  /** Connections that are open. */
  int connections() {
    return connections.open();
  }

  /** Takes no more connections; those that are open go on. */
  void stopAccepting() {
    IoUtils.safeClose(socket);
  }

  /** Ends listening and closes every connection; waits so long for their threads to end. */
  void close(long timeoutNanos) {
    stopAccepting();
    http.closeConnections();
    worker.shutdownNow();
    try {
      if (!worker.awaitTermination(timeoutNanos, TimeUnit.NANOSECONDS)) {
        LOG.debug("a connection's thread takes long to end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    buffers.close();
  }
}

package io.memryx.server.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.RequestTooBigException;
import io.undertow.util.AttachmentKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * How many bytes of a request's body are read at all, whoever reads them: an endpoint, or the layer
 * underneath when it throws away what nobody wanted. Beyond that the connection ends. (The limit
 * that the layer underneath has itself is fixed before anybody knows what the request is.)
 */
final class BodyLimit {
  private static final AttachmentKey<BodyLimit> KEY = AttachmentKey.create(BodyLimit.class);

  private volatile long maxBytes;
  private volatile long bytes;

  private BodyLimit(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Puts a limit on a request; to be called before anything of its body is read. */
  static void install(HttpServerExchange exchange, long maxBytes) {
    BodyLimit limit = new BodyLimit(maxBytes);
    exchange.putAttachment(KEY, limit);
    exchange.addRequestWrapper((source, wrapped) -> limit.around(source.create(), wrapped));
  }

  /** The limit of a request. */
  static BodyLimit of(HttpServerExchange exchange) {
    return exchange.getAttachment(KEY);
  }

  /** From now on, so many bytes more may be read. */
  void allowMore(long more) {
    long read = bytes;
    maxBytes = more > Long.MAX_VALUE - read ? Long.MAX_VALUE : read + more;
  }

  private StreamSourceConduit around(StreamSourceConduit source, HttpServerExchange exchange) {
    return new Counting(source, exchange);
  }

  /** Counts what is read. Used by one thread at a time. */
  private final class Counting extends AbstractStreamSourceConduit<StreamSourceConduit> {
    private final HttpServerExchange exchange;

    Counting(StreamSourceConduit source, HttpServerExchange exchange) {
      super(source);
      this.exchange = exchange;
    }

    private long count(long read) throws IOException {
      long now = bytes + Math.max(0, read);
      bytes = now;
      if (now > maxBytes) {
        exchange.setPersistent(false);
        throw new RequestTooBigException("the body has more than %d bytes".formatted(maxBytes));
      }
      return read;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
      return (int) count(super.read(target));
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
      return count(super.read(targets, offset, length));
    }

    @Override
    public long transferTo(long position, long count, FileChannel target) throws IOException {
      return count(super.transferTo(position, count, target));
    }

    @Override
    public long transferTo(long count, ByteBuffer through, StreamSinkChannel target)
        throws IOException {
      return count(super.transferTo(count, through, target) + through.remaining());
    }
  }
}

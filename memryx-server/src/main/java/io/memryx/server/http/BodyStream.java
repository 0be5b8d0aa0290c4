package io.memryx.server.http;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import io.undertow.server.RequestTooBigException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.ReadTimeoutException;

/**
 * A request's body that is read while it comes, counted and timed: it ends with a problem when it
 * is slower than allowed. Not thread-safe.
 */
final class BodyStream extends InputStream {
  private static final int SKIPPED_AT_ONCE = 64 * 1024;

  /** Enough for clients that send as fast as they can; the others hold a thread. */
  private static final long SKIP_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final InputStream body;
  private final BodiesUnderWay.Held held;
  private final Pace pace;
  private final LongSupplier nanoClock;
  private final long begin;
  private @Nullable MessageDigest digest;
  private long bytes;

  /** Reads on from a body. */
  BodyStream(InputStream body, BodiesUnderWay.Held held, Pace pace, LongSupplier nanoClock) {
    this.body = body;
    this.held = held;
    this.pace = pace;
    this.nanoClock = nanoClock;
    this.begin = nanoClock.getAsLong();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int read = readOn(target, offset, length);
    int arrived = Math.max(0, read);
    bytes += arrived;
    held.add(arrived);
    if (digest != null && arrived > 0) {
      digest.update(target, offset, arrived);
    }
    if (pace.isTooSlow(nanoClock.getAsLong() - begin, bytes)) {
      throw tooSlow();
    }
    return read;
  }

  /**
   * The layer underneath fails with whatever it stumbles over when a client leaves or stalls: a
   * body that can't be read on is the client's end, not a defect of the server.
   */
  private int readOn(byte[] target, int offset, int length) throws IOException {
    try {
      return body.read(target, offset, length);
    } catch (RuntimeException e) {
      throw new IOException("the body can't be read on", e);
    }
  }

  /** From now on, what is read is digested too. */
  void digestInto(MessageDigest target) {
    digest = target;
  }

  /** Gives back what was counted; to be called when what was made of it is no more needed. */
  void release() {
    held.release();
  }

  /**
   * Reads the rest for nothing, if it is of this size at most and comes within two seconds: a
   * client that is still sending does not see the answer.
   *
   * @return whether nothing is left
   */
  boolean skipRest(long maxBytes) {
    byte[] unwanted = new byte[SKIPPED_AT_ONCE];
    long until = nanoClock.getAsLong() + SKIP_NANOS;
    try {
      for (long skipped = 0; skipped <= maxBytes && nanoClock.getAsLong() - until < 0; ) {
        int read = read(unwanted, 0, unwanted.length);
        release();
        if (read < 0) {
          return true;
        }
        skipped += read;
      }
      return false;
    } catch (IOException | ProblemException e) {
      return false;
    }
  }

  /** Leaves the body as it is: closing it reads its rest, and that is for after the answer. */
  @Override
  public void close() {}

  /** The failure of a body over the limit. */
  static ProblemException tooLarge(long maxBytes) {
    return Problem.of(
            ProblemCode.BODY_TOO_LARGE,
            "the body is larger than %d bytes".formatted(maxBytes),
            "send the vectors in several requests (1,000 each are a good size), in base64, or one a"
                + " line as application/x-ndjson to POST /v1/collections/{name}/vectors, which has"
                + " no such limit; the operator's is MAX_REQUEST_BYTES")
        .toException();
  }

  /** The failure of a body that comes too slowly. */
  static ProblemException tooSlow() {
    return Problem.of(
            ProblemCode.REQUEST_TIMEOUT,
            "the body did not arrive in time",
            "send smaller requests over a slow line")
        .toException();
  }

  /** The failure of a body that could not be read. */
  static ProblemException toProblem(@Nullable Throwable cause) {
    return switch (cause) {
      case RequestTooBigException big ->
          Problem.of(
                  ProblemCode.BODY_TOO_LARGE,
                  "the body is larger than allowed",
                  "send the vectors in several requests")
              .toException();
      case ReadTimeoutException slow -> tooSlow();
      case null, default ->
          Problem.of(
                  ProblemCode.BAD_JSON,
                  "the body ended before its end",
                  "send the whole body, as long as announced")
              .toException();
    };
  }
}

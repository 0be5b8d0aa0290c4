package io.memryx.server.http;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import io.undertow.server.RequestTooBigException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.ReadTimeoutException;

/**
 * A request's body, counted and timed: it ends with a problem when it is larger or slower than
 * allowed, whether or not its length was announced. Not thread-safe.
 */
final class BodyStream extends InputStream {
  /** What every body may take. */
  private static final long GRACE_NANOS = 10_000_000_000L;

  /** And what its bytes may take beside that: 100 kB a second. */
  private static final long NANOS_PER_BYTE = 10_000;

  private static final int SKIPPED_AT_ONCE = 64 * 1024;

  private final InputStream body;
  private final long maxBytes;
  private final BodiesUnderWay underWay;
  private final LongSupplier nanoClock;
  private final long begin;
  private @Nullable MessageDigest digest;
  private long bytes;
  private long held;

  /** Reads on from a body. */
  BodyStream(InputStream body, long maxBytes, BodiesUnderWay underWay, LongSupplier nanoClock) {
    this.body = body;
    this.maxBytes = maxBytes;
    this.underWay = underWay;
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
    held += arrived;
    underWay.add(arrived);
    if (digest != null && arrived > 0) {
      digest.update(target, offset, arrived);
    }
    if (bytes > maxBytes) {
      throw tooLarge(maxBytes);
    }
    if (nanoClock.getAsLong() - begin > GRACE_NANOS + bytes * NANOS_PER_BYTE) {
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
    underWay.release(held);
    held = 0;
  }

  /**
   * Reads the rest for nothing, if it is of this size at most: a client that is still sending does
   * not see the answer.
   *
   * @return whether nothing is left
   */
  boolean skipRest(long maxBytes) {
    byte[] unwanted = new byte[SKIPPED_AT_ONCE];
    try {
      for (long skipped = 0; skipped <= maxBytes; ) {
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

  private static ProblemException tooSlow() {
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

package io.memryx.server.http;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;

/**
 * How large a body may be, and what helps those who need more.
 *
 * @param bytes largest size
 * @param hint what to do about a larger body
 */
record BodyLimit(long bytes, String hint) {
  /**
   * The largest body of nobody known, 1 MiB: until its key is read, no tenant answers for the
   * memory that it takes. A first try with curl is a thousandth of that.
   */
  private static final long KEYLESS_BYTES = 1 << 20;

  /** The limit of the whole server. */
  static BodyLimit ofServer(long maxRequestBytes) {
    return new BodyLimit(
        maxRequestBytes,
        "send the vectors in several requests (1,000 each are a good size) or in base64; the"
            + " operator's limit is MAX_REQUEST_BYTES");
  }

  /** The limit of a body that has to tell whose it is. */
  static BodyLimit withoutKey(long maxRequestBytes) {
    return maxRequestBytes <= KEYLESS_BYTES
        ? ofServer(maxRequestBytes)
        : new BodyLimit(
            KEYLESS_BYTES,
            "send the key as a header for larger bodies: 'Authorization: Bearer KEY' or"
                + " 'X-API-Key: KEY'");
  }

  /** Refuses a body of so many bytes if that is too many. */
  void require(long size) {
    if (size > bytes) {
      throw exceeded();
    }
  }

  private ProblemException exceeded() {
    return Problem.of(
            ProblemCode.BODY_TOO_LARGE, "the body is larger than %d bytes".formatted(bytes), hint)
        .toException();
  }
}

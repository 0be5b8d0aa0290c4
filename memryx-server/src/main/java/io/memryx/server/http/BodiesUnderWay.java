package io.memryx.server.http;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all bodies under way may take together. The memory guard knows a body only once it is
 * decoded, and its sender only once its key is read; until then this keeps strangers from filling
 * the heap. Thread-safe.
 */
final class BodiesUnderWay {
  private final long maxBytes;
  private final AtomicLong bytes = new AtomicLong();

  BodiesUnderWay(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Counts bytes that arrived, to be released by their call's end, also if this refuses them. */
  void add(int arrived) {
    if (bytes.addAndGet(arrived) > maxBytes) {
      throw Problem.of(
              ProblemCode.OVERLOADED,
              "the requests under way have more than %d bytes together".formatted(maxBytes),
              "try again after the given time, with smaller requests or fewer at one time")
          .retryAfter(1)
          .toException();
    }
  }

  /** Gives back what a call has counted. */
  void release(long counted) {
    bytes.addAndGet(-counted);
  }
}

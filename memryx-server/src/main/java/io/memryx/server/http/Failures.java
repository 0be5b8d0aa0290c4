package io.memryx.server.http;

import io.memryx.persistence.PersistenceException;
import io.memryx.server.metrics.ServerMeters;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import io.memryx.server.service.StorageProblems;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What clients are told of failures, and what the log is. Thread-safe. */
final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  private final ServerMeters meters;

  Failures(ServerMeters meters) {
    this.meters = meters;
  }

  /**
   * What a request is answered that failed for this reason; the reason is counted and, if it is
   * ours, logged.
   */
  Answer answer(Visit visit, Throwable failure) {
    Problem problem;
    switch (failure) {
      case ProblemException known -> problem = known.problem();
      case PersistenceException storage -> {
        LOG.error("the storage failed: {}", storage.getMessage());
        problem = StorageProblems.of(storage);
      }
      case OutOfMemoryError _ -> {
        LOG.error("out of memory", failure);
        problem =
            Problem.of(
                    ProblemCode.MEMORY_GUARD,
                    "there was not enough memory for this request",
                    "send less at one time; the operator can raise -Xmx")
                .retryAfter(1);
      }
      default -> {
        LOG.error("a request failed", failure);
        problem =
            Problem.of(
                ProblemCode.INTERNAL,
                "the server failed to answer this request",
                "report it with the request_id");
      }
    }
    visit.code = ProblemAnswers.label(problem.code());
    meters.failed(visit.code);
    if (endsConnection(problem.code())) {
      visit.exchange.setPersistent(false);
    }
    return ProblemAnswers.of(problem, visit.requestId);
  }

  /** After these, what follows on the connection can't be told from the rest of the request. */
  private static boolean endsConnection(ProblemCode code) {
    return switch (code.status()) {
      case 408, 413, 417, 505 -> true;
      default -> code == ProblemCode.BAD_TRANSFER_ENCODING || code == ProblemCode.DRAINING;
    };
  }
}

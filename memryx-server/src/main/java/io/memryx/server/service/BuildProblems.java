package io.memryx.server.service;

import io.memryx.persistence.PersistenceException;
import io.memryx.server.fair.FairLimits;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.ProblemException;
import java.time.Duration;

/** What clients are told of builds that don't begin, or don't succeed. */
final class BuildProblems {
  private static final int RETRY_SECONDS = 10;

  private BuildProblems() {}

  /** What a client may know of a failed save. */
  static BuildStatus.Failure unsaved(PersistenceException failure) {
    Problem problem = StorageProblems.of(failure);
    return new BuildStatus.Failure(
        problem.code(),
        "the snapshot could not be saved: %s; nothing is lost, finalize again once that is mended"
            .formatted(problem.detail()));
  }

  static BuildStatus.Failure noRoom() {
    return new BuildStatus.Failure(
        ProblemCode.MEMORY_GUARD,
        "there was not enough memory to build; what was added stays searchable: ask the operator"
            + " for more (-Xmx), then finalize again");
  }

  static BuildStatus.Failure internal() {
    return new BuildStatus.Failure(
        ProblemCode.INTERNAL, "the server failed to build; its log has the cause; nothing is lost");
  }

  static ProblemException nothingToFinalize(String collection) {
    return Problem.of(
            ProblemCode.NOTHING_TO_FINALIZE,
            "collection '%s' has no vectors".formatted(collection),
            "add some first, with this key")
        .toException();
  }

  static ProblemException inProgress(Build other) {
    return Problem.of(
            ProblemCode.FINALIZE_IN_PROGRESS,
            "build %s of collection '%s' is under way".formatted(other.id(), other.collection()),
            "poll GET /v1/operations/%s or GET /finalize/status?build_id=%s"
                .formatted(other.id(), other.id()))
        .with("build_id", other.id())
        .retryAfter(1)
        .toException();
  }

  static ProblemException tooMany(FairLimits.Share places) {
    return Problem.of(
            ProblemCode.OVERLOADED,
            "%d of your builds wait, or %d of all".formatted(places.ofOne(), places.inAll()),
            "try again later")
        .retryAfter(RETRY_SECONDS)
        .toException();
  }

  /** It was cancelled for the time that it was given. */
  static BuildStatus.Failure tookTooLong(Duration timeout) {
    String reason =
        "cancelled because it took longer than timeout_s (%s s); nothing is lost: finalize again"
                .formatted(timeout.toMillis() / 1e3)
            + " with a larger timeout_s or without one";
    return new BuildStatus.Failure(ProblemCode.REQUEST_TIMEOUT, reason);
  }
}

package io.memryx.server.service;

import io.memryx.persistence.CorruptSnapshotException;
import io.memryx.persistence.FencedException;
import io.memryx.persistence.PersistenceException;
import io.memryx.persistence.StorageFullException;
import io.memryx.persistence.StorageUnwritableException;
import io.memryx.persistence.StoreLockedException;
import io.memryx.persistence.UnsupportedFormatException;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;

/** What a client may know of a storage that failed: the log has the path and the rest. */
public final class StorageProblems {
  private static final int RETRY_SECONDS = 30;
  private static final String REMEDY = "the operator's log has the cause; searches go on";

  private StorageProblems() {}

  /**
   * The problem of a call that the storage refused. Nothing of it can be found; where the medium
   * failed, a write may turn up after the next start all the same.
   */
  public static Problem of(PersistenceException failure) {
    Problem problem =
        switch (failure) {
          case StorageFullException _ ->
              Problem.of(
                  ProblemCode.STORAGE_FULL,
                  "the disk is full: nothing of this request was applied",
                  "the operator has to free or add space; searches go on, and writes as soon as"
                      + " there is space");
          case StorageUnwritableException _ ->
              failed("the storage can't be written to until the server is started again");
          case FencedException _, StoreLockedException _ ->
              failed("another process writes to the storage");
          case CorruptSnapshotException _, UnsupportedFormatException _ ->
              Problem.of(
                  ProblemCode.STORAGE_FAILED,
                  "a vector that is needed for this can't be read: what is stored of it is damaged",
                  "the operator can find out how much is damaged with 'bin/memryx verify', and go"
                      + " back to the snapshot before; the vectors that were damaged can be added"
                      + " again");
        };
    return problem.retryAfter(RETRY_SECONDS);
  }

  /**
   * The problem of a call that the storage refused in the middle, where what was done stays done.
   *
   * @param state how things stand
   * @param remedy how that ends
   */
  static Problem unfinished(PersistenceException failure, String state, String remedy) {
    Problem storage = of(failure);
    String why = storage.code() == ProblemCode.STORAGE_FULL ? "the disk is full" : storage.detail();
    return Problem.of(storage.code(), state + ": " + why, remedy).retryAfter(RETRY_SECONDS);
  }

  private static Problem failed(String detail) {
    return Problem.of(ProblemCode.STORAGE_FAILED, detail, REMEDY);
  }
}

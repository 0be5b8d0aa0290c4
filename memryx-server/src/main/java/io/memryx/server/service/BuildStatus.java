package io.memryx.server.service;

import io.memryx.server.problem.ProblemCode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a build stands.
 *
 * @param buildId its name, known to its tenant alone
 * @param collection what is built
 * @param state the stage that it is in
 * @param work what is being done, and how fast
 * @param vectors entries of the index; before the end, those there were at the start
 * @param clusters inverted lists of the new index, 0 before the end
 * @param startedAt when it was asked for
 * @param finishedAt when it ended, or null before the end
 * @param elapsedSeconds time since it was asked for, up to its end
 * @param finalizeSeconds time that the build itself took, or null before the end
 * @param failure why it failed or was cancelled, or null
 */
public record BuildStatus(
    String buildId,
    String collection,
    State state,
    Work work,
    int vectors,
    int clusters,
    Instant startedAt,
    @Nullable Instant finishedAt,
    double elapsedSeconds,
    @Nullable Double finalizeSeconds,
    @Nullable Failure failure) {

  /** The stages of a build. */
  public enum State {
    /** Waiting or at work. */
    BUILDING,
    /** Built, being made durable. */
    READY,
    /** Searches use the new index; the end. */
    SWAPPED,
    /** Failed; the collection serves on as before; the end. */
    FAILED,
    /** Ended because somebody wanted that; the collection serves on as before; the end. */
    CANCELLED;

    /** Whether nothing comes after it. */
    public boolean isEnd() {
      return switch (this) {
        case BUILDING, READY -> false;
        case SWAPPED, FAILED, CANCELLED -> true;
      };
    }
  }

  /**
   * What is being done.
   *
   * @param phase its name
   * @param done units of work that are done in this phase
   * @param total units of work of this phase, at least 1
   * @param percent the share of the whole build that is done, 0 to 100
   * @param rate units of this phase in a second, or null while that is not known
   * @param etaSeconds time that the rest will take at the pace so far, or null while that is not
   *     known
   * @param stalled whether it is at work, but nothing was done for {@link Build#STALLED_SECONDS}
   */
  public record Work(
      String phase,
      long done,
      long total,
      double percent,
      @Nullable Double rate,
      @Nullable Double etaSeconds,
      boolean stalled) {}

  /**
   * Why a build did not succeed, without anything that is only the operator's business.
   *
   * @param code the kind of failure
   * @param reason what happened and what to do
   */
  public record Failure(ProblemCode code, String reason) {}
}

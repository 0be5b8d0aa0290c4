package io.memryx.server.service;

import io.memryx.server.problem.ProblemCode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a build stands.
 *
 * @param buildId its name, known to its tenant alone
 * @param collection what is built
 * @param state the stage that clients wait on
 * @param phase what is being done
 * @param percent the share of the work that is done, 0 to 100
 * @param vectors entries of the index; before the end, those there were at the start
 * @param clusters inverted lists of the new index, 0 before the end
 * @param elapsedSeconds time since it was asked for, up to its end
 * @param finalizeSeconds time that the build itself took, or null before the end
 * @param failure why it failed, or null
 */
public record BuildStatus(
    String buildId,
    String collection,
    State state,
    String phase,
    double percent,
    int vectors,
    int clusters,
    double elapsedSeconds,
    @Nullable Double finalizeSeconds,
    @Nullable Failure failure) {

  /** What clients wait on. */
  public enum State {
    /** Waiting or at work. */
    BUILDING,
    /** Built, being made durable. */
    READY,
    /** Searches use the new index; the end. */
    SWAPPED,
    /** Failed; the collection serves on as before; the end. */
    ERROR;

    /** As clients see it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Why a build failed, without anything that is only the operator's business.
   *
   * @param code the kind of failure
   * @param reason what happened and what to do
   */
  public record Failure(ProblemCode code, String reason) {}
}

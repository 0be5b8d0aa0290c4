package io.memryx.server.service;

import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;

/** Whether the server can take calls yet, or any more. Thread-safe. */
public final class Readiness {
  private volatile State state = new State(Stage.LOADING, 0, 0);

  /** Loading goes on: so many of so many tenants are there. */
  void loading(int loaded, int total) {
    state = new State(Stage.LOADING, loaded, total);
  }

  /** Loading is over. */
  public void ready() {
    state = new State(Stage.READY, state.loaded, state.total);
  }

  /** The end has begun: no new calls. */
  public void draining() {
    state = new State(Stage.DRAINING, state.loaded, state.total);
  }

  /** As of now. */
  public State state() {
    return state;
  }

  /** Refuses a call unless the server is ready. */
  public void require() {
    State now = state;
    switch (now.stage) {
      case READY -> {}
      case LOADING ->
          throw Problem.of(
                  ProblemCode.LOADING,
                  "snapshots are being loaded: %d of %d tenants (%d %%)"
                      .formatted(now.loaded, now.total, now.percent()),
                  "wait until GET /readyz answers 200")
              .retryAfter(1)
              .toException();
      case DRAINING ->
          throw Problem.of(
                  ProblemCode.DRAINING,
                  "the server is shutting down and takes no new calls",
                  "try again at once, another instance may answer")
              .retryAfter(1)
              .toException();
    }
  }

  /** The stages of a server's life, in order. */
  public enum Stage {
    /** Snapshots are being read. */
    LOADING,
    /** Calls are taken. */
    READY,
    /** Only calls that are under way are finished. */
    DRAINING
  }

  /**
   * How far the server is.
   *
   * @param stage the stage of its life
   * @param loaded tenants whose snapshots are loaded
   * @param total tenants to load; 0 until that is known
   */
  public record State(Stage stage, int loaded, int total) {
    /** The share of the tenants that is loaded, 0 to 100. */
    public int percent() {
      boolean knowsNothing = total == 0;
      if (knowsNothing) {
        return stage == Stage.LOADING ? 0 : 100;
      }
      return (int) (100L * loaded / total);
    }
  }
}

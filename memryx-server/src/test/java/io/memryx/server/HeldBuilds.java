package io.memryx.server;

/** Holds every build where it says that it begins, until closed. */
public final class HeldBuilds implements AutoCloseable {
  private final HeldLines lines;

  /** Holds what begins from now on. */
  public HeldBuilds() {
    lines = HeldLines.ofBuilds();
  }

  /** Waits until a build is held. */
  public void awaitHeld() {
    lines.awaitHeld();
  }

  /** Lets builds go on. */
  public void release() {
    lines.release();
  }

  @Override
  public void close() {
    lines.close();
  }
}

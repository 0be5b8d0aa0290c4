package io.memryx.server;

/** Holds every build where it says that it begins, until closed. */
final class HeldBuilds implements AutoCloseable {
  private final HeldLines lines = HeldLines.ofBuilds();

  /** Waits until a build is held. */
  void awaitHeld() {
    lines.awaitHeld();
  }

  /** Lets builds go on. */
  void release() {
    lines.release();
  }

  @Override
  public void close() {
    lines.close();
  }
}

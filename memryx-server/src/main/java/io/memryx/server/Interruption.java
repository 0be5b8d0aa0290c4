package io.memryx.server;

/** What is done if the process is told to end (Ctrl-C) before something is finished. */
final class Interruption implements AutoCloseable {
  private final Thread hook;

  private Interruption(Thread hook) {
    this.hook = hook;
  }

  /** Does this if the process ends before {@link #close}. */
  static Interruption does(Runnable action) {
    var interruption = new Interruption(new Thread(action, "memryx-interrupted"));
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending: the hook runs, and says what it has to say.
    }
  }
}

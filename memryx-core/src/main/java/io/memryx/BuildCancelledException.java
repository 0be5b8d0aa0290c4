package io.memryx;

/** A build ended because its caller cancelled it; the collection is as it was, nothing is lost. */
public final class BuildCancelledException extends MemryxException {
  private static final long serialVersionUID = 1L;

  /** Names the phase that was under way. */
  public BuildCancelledException(BuildProgress.Phase phase) {
    super("build cancelled while in phase " + phase + "; the collection serves on as before", null);
  }
}

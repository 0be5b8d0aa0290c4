package io.memryx.server;

/** A variable of the environment that has no usable value. */
public final class OptionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Names the variable, the value, and what is accepted. */
  public OptionException(String message) {
    super(message);
  }
}

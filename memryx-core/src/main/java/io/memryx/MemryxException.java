package io.memryx;

import org.jspecify.annotations.Nullable;

/** Something outside the caller's control went wrong. The message says what, and what to do. */
public abstract class MemryxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the message and, where there is one, the cause. */
  protected MemryxException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

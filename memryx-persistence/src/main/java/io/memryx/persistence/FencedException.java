package io.memryx.persistence;

import org.jspecify.annotations.Nullable;

/** Another writer took this store over; this one must not write any more. */
public final class FencedException extends PersistenceException {
  private static final long serialVersionUID = 1L;

  /** Says how it was noticed. */
  public FencedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

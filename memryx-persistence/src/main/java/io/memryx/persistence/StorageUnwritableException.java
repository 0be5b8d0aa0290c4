package io.memryx.persistence;

import org.jspecify.annotations.Nullable;

/** Storage that refused an operation: permissions, a read-only file system, a failing device. */
public final class StorageUnwritableException extends PersistenceException {
  private static final long serialVersionUID = 1L;

  /** Says what was refused, why, and what to do. */
  public StorageUnwritableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

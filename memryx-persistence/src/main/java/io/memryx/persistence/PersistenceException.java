package io.memryx.persistence;

import io.memryx.MemryxException;
import org.jspecify.annotations.Nullable;

/** A store that could not be read or written. The message says what, where, and what to do. */
public abstract sealed class PersistenceException extends MemryxException
    permits CorruptSnapshotException,
        UnsupportedFormatException,
        StorageFullException,
        StorageUnwritableException,
        StoreLockedException,
        FencedException {
  private static final long serialVersionUID = 1L;

  PersistenceException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

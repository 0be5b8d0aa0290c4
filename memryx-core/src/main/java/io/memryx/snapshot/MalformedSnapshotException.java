package io.memryx.snapshot;

import io.memryx.MemryxException;

/** Sections that no collection could have written. */
public final class MalformedSnapshotException extends MemryxException {
  private static final long serialVersionUID = 1L;

  /** Says which section, what it holds and what was expected. */
  public MalformedSnapshotException(String message) {
    super(message, null);
  }
}

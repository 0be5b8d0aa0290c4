package io.memryx.persistence.internal.file;

import java.io.IOException;

/** Nobody knows whether an object was stored: its name must not be used again. */
final class InDoubtException extends IOException {
  private static final long serialVersionUID = 1L;

  InDoubtException(String location, IOException cause) {
    super("%s may or may not be stored: %s".formatted(location, cause.getMessage()), cause);
  }
}

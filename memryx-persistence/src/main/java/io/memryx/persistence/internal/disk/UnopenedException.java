package io.memryx.persistence.internal.disk;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A directory that could not be opened to be forced, such as for want of a file descriptor. Nothing
 * of it was forced and nothing given up: unlike a force that failed it may be tried again.
 */
public final class UnopenedException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Of a directory that was not opened for this reason. */
  public UnopenedException(Path directory, IOException cause) {
    super("%s can't be opened to be forced: %s".formatted(directory, cause.getMessage()), cause);
  }
}

package io.memryx.persistence.exchange;

import java.io.IOException;
import java.nio.file.Path;

/** A file that does not hold what it should. The message names file and offset. */
public final class MalformedFileException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Path file;
  private final long offset;

  /** Says what is wrong at which byte of which file, and what was expected there. */
  public MalformedFileException(Path file, long offset, String wrong, String expected) {
    super("%s, byte %d: %s; expected %s".formatted(file, offset, wrong, expected));
    this.file = file;
    this.offset = offset;
  }

  /** The faulty file. */
  public Path file() {
    return file;
  }

  /** Where in the file the fault is. */
  public long offset() {
    return offset;
  }
}

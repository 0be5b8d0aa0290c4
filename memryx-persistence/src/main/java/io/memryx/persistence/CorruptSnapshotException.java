package io.memryx.persistence;

import org.jspecify.annotations.Nullable;

/** Bytes that Memryx did not write so, or that are missing. */
public final class CorruptSnapshotException extends PersistenceException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final long offset;
  private final String what;

  /**
   * Damage at one place.
   *
   * @param file where
   * @param offset first byte of what is wrong, as near as can be told
   * @param what what is wrong and what was expected
   */
  public CorruptSnapshotException(
      String file, long offset, String what, @Nullable Throwable cause) {
    super("%s is damaged at offset %d: %s".formatted(file, offset, what), cause);
    this.file = file;
    this.offset = offset;
    this.what = what;
  }

  /** Where the damage is: a path, a URL. */
  public String file() {
    return file;
  }

  /** The first byte of what is wrong, as near as can be told. */
  public long offset() {
    return offset;
  }

  /** What is wrong and what was expected, without the place. */
  public String what() {
    return what;
  }
}

package io.memryx.persistence;

/** A file of ours that is sound, but that this version can't read. */
public final class UnsupportedFormatException extends PersistenceException {
  private static final long serialVersionUID = 1L;

  private final String file;

  /**
   * A file and why it can't be read.
   *
   * @param file where
   * @param what what was found, what this version reads, and the remedy
   */
  public UnsupportedFormatException(String file, String what) {
    super(file + " can't be read: " + what, null);
    this.file = file;
  }

  /** The file: a path, a URL. */
  public String file() {
    return file;
  }
}

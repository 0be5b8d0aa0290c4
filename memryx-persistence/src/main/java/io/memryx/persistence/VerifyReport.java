package io.memryx.persistence;

import java.util.List;

/**
 * What a check of a store found.
 *
 * @param status the verdict
 * @param collections every collection, in order of key
 * @param findings everything that is not as it should be, in order of file
 */
public record VerifyReport(
    Status status, List<CollectionReport> collections, List<Finding> findings) {

  /** Copies the lists. */
  public VerifyReport {
    collections = List.copyOf(collections);
    findings = List.copyOf(findings);
  }

  /** The verdict on a store. */
  public enum Status {
    /** Every generation of every collection is sound, and every log. */
    SOUND(0),
    /**
     * Something is damaged, but every collection has a sound generation and a sound log after it:
     * nothing is lost that was logged.
     */
    DAMAGED_RECOVERABLE(1),
    /**
     * A collection has no sound generation left, or its log is damaged where it is needed, or it
     * can't be read by this version. A server does not start.
     */
    DAMAGED(2),
    /** There is no store here. */
    NOT_A_STORE(3);

    private final int exitCode;

    Status(int exitCode) {
      this.exitCode = exitCode;
    }

    /** What a command that verifies exits with. */
    public int exitCode() {
      return exitCode;
    }
  }

  /**
   * One collection.
   *
   * @param key its key, or "?" where no file tells it
   * @param directory where it is
   * @param generations number of generations found, damaged ones included
   * @param newestSound number of the newest sound generation, 0 if there is none
   * @param entries entries in that generation
   * @param bytes size of that generation's file
   * @param log what comes after that generation
   */
  public record CollectionReport(
      String key,
      String directory,
      int generations,
      long newestSound,
      int entries,
      long bytes,
      LogReport log) {

    /** Whether it opens, with everything that was logged. */
    public boolean isRecoverable() {
      return newestSound > 0 && log.sound();
    }
  }

  /**
   * The log after a collection's newest sound generation.
   *
   * @param segments number of its files that are needed
   * @param changes number of sound changes in it
   * @param lastSequence number of the last sound change
   * @param sound whether all of it is
   */
  public record LogReport(int segments, long changes, long lastSequence, boolean sound) {
    /** Where there is none. */
    public static final LogReport NONE = new LogReport(0, 0, 0, true);
  }

  /**
   * Something that is not as it should be.
   *
   * @param file where
   * @param offset first byte of it, 0 where that has no meaning
   * @param what what is wrong
   * @param severity how bad it is
   */
  public record Finding(String file, long offset, String what, Severity severity) {}

  /** How bad a finding is. */
  public enum Severity {
    /** Worth knowing; nothing is lost. */
    NOTICE,
    /** Bytes are not as they were written, or are missing. */
    DAMAGE
  }
}

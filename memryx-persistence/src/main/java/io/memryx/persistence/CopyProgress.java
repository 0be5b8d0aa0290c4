package io.memryx.persistence;

/** Who is told how far a backup, a restore or a check is. Called on a thread of its own, often. */
@FunctionalInterface
public interface CopyProgress {
  /** Nobody. */
  CopyProgress SILENT = (stage, doneBytes, totalBytes) -> {};

  /**
   * So far it is.
   *
   * @param stage what is under way: a few words
   * @param doneBytes bytes done of this stage
   * @param totalBytes of so many, as estimated when the stage began; 0 if nobody knows
   */
  void at(String stage, long doneBytes, long totalBytes);
}

package io.memryx.persistence;

import java.util.List;

/**
 * What a backup or a restore copied.
 *
 * @param location the directory that it is in now
 * @param collections every collection, in order of key
 * @param files number of files
 * @param bytes size of these files
 * @param passedOver what was damaged and not needed, as messages with file and offset: the
 *     collections are complete all the same
 */
public record CopyReport(
    String location,
    List<CopiedCollection> collections,
    int files,
    long bytes,
    List<String> passedOver) {

  /** Copies the lists. */
  public CopyReport {
    collections = List.copyOf(collections);
    passedOver = List.copyOf(passedOver);
  }

  /**
   * One collection.
   *
   * @param key its key
   * @param generation number of the generation that was copied
   * @param entries entries in that generation
   * @param loggedChanges number of changes after it that were copied with it
   * @param lastSequence number of the last change that is in the copy
   */
  public record CopiedCollection(
      String key, long generation, int entries, long loggedChanges, long lastSequence) {}
}

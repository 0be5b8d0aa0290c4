package io.memryx.persistence;

import java.util.List;

/**
 * What a repair would do, or did.
 *
 * @param status how the store is
 * @param token says that exactly this is to be done; empty if there is nothing to do
 * @param steps everything that is to be done, or was
 * @param hopeless collections that no repair helps, each with its remedy
 */
public record RepairReport(Status status, String token, List<Step> steps, List<String> hopeless) {

  /** Copies the lists. */
  public RepairReport {
    steps = List.copyOf(steps);
    hopeless = List.copyOf(hopeless);
  }

  /** How a store is that is to be repaired. */
  public enum Status {
    /** There is nothing to do. */
    SOUND,
    /** There is something to do; the token says that it may be done. */
    REPAIRABLE,
    /** It was done, and a check found nothing damaged any more. */
    REPAIRED,
    /** Something is damaged that can't be repaired; it is as it was. */
    DAMAGED
  }

  /**
   * One thing to do.
   *
   * @param collection key of the collection
   * @param file what it is about
   * @param offset where the damage begins
   * @param what what is wrong, and what is done about it
   * @param droppedChanges changes that are given up, as far as they were seen
   */
  public record Step(
      String collection, String file, long offset, String what, long droppedChanges) {}
}

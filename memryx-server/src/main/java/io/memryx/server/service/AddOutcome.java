package io.memryx.server.service;

import io.memryx.server.problem.ProblemCode;
import java.util.List;

/**
 * What an add did.
 *
 * @param added entries whose id was new
 * @param replaced entries whose id was there before
 * @param rejected the first of those that were not taken, in order
 * @param rejectedCount how many were not taken
 * @param totalVectors entries of the collection now
 * @param usedPercent what all collections hold as a share of the largest heap
 */
public record AddOutcome(
    int added,
    int replaced,
    List<Rejected> rejected,
    int rejectedCount,
    int totalVectors,
    double usedPercent) {

  /** More than so many rejected entries are counted, not listed. */
  public static final int MAX_LISTED = 1_000;

  /** Copies the list. */
  public AddOutcome {
    rejected = List.copyOf(rejected);
  }

  /**
   * An entry that was not taken.
   *
   * @param place where it is in the request
   * @param id its id; empty if it has none that could be read
   * @param code the kind of fault
   * @param detail what is wrong with it
   */
  public record Rejected(Row.Place place, String id, ProblemCode code, String detail) {}
}

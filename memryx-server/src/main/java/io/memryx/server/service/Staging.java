package io.memryx.server.service;

import io.memryx.CollectionOptions;
import io.memryx.Entry;
import io.memryx.Limits;
import io.memryx.Memryx;
import io.memryx.Violation;
import io.memryx.server.problem.Printable;
import io.memryx.server.problem.Problem;
import io.memryx.server.problem.ProblemCode;
import io.memryx.server.problem.Violations;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The entries of one request, checked as they come in and held back until all are there: so that
 * they are applied together or not at all, however many they are. What they take is counted by the
 * memory guard before it is taken. Not thread-safe.
 */
final class Staging implements AutoCloseable {
  /** Entries that are checked together: faults of so many are told in one answer. */
  private static final int CHECKED_TOGETHER = 1_000;

  /** Held here, an entry takes its memory once, and in the collection's hot buffer again. */
  private static final int COPIES = 2;

  private final String collection;
  private final CollectionOptions options;
  private final OnError onError;
  private final MemoryGuard.Reservation reservation;
  private final List<Entry> staged = new ArrayList<>();
  private final List<Row.Place> places = new ArrayList<>();
  private final Map<String, Row.Place> placeOfId = new HashMap<>();
  private final List<Row.Read> unchecked = new ArrayList<>();
  private final List<AddOutcome.Rejected> rejected = new ArrayList<>();
  private int rejectedCount;

  /** Nothing yet, for a collection of this name and options. */
  Staging(
      String collection,
      CollectionOptions options,
      OnError onError,
      MemoryGuard.Reservation reservation) {
    this.collection = collection;
    this.options = options;
    this.onError = onError;
    this.reservation = reservation;
  }

  /**
   * Takes the next row.
   *
   * @throws io.memryx.server.problem.ProblemException if it, or one shortly before it, is faulty
   *     and faults are not skipped, or if there is no room for so many
   */
  void take(Row row) {
    switch (row) {
      case Row.Read read -> {
        reservation.grow(COPIES * MemoryGuard.bytesOf(read.entry()));
        unchecked.add(read);
        if (unchecked.size() == CHECKED_TOGETHER) {
          check();
        }
      }
      case Row.Unreadable unreadable -> {
        check();
        refuse(unreadable);
      }
    }
  }

  private void refuse(Row.Unreadable row) {
    switch (onError) {
      case FAIL -> throw placed(row).toException();
      case SKIP -> reject(row.place(), row.id().orElse(""), row.problem());
    }
  }

  private static Problem placed(Row.Unreadable row) {
    Problem problem = row.problem();
    Row.Place place = row.place();
    if (place.line() == 0) {
      return problem;
    }
    List<Problem.Fault> faults =
        problem.faults().stream()
            .map(
                fault ->
                    new Problem.Fault(
                        place.pointer(fault.pointer()), fault.code(), place.say(fault.detail())))
            .toList();
    return Problem.of(problem.code(), place.say(problem.detail()), problem.hint())
        .withFaults(
            faults.isEmpty()
                ? List.of(
                    new Problem.Fault(
                        place.pointer(""), problem.code(), place.say(problem.detail())))
                : faults);
  }

  private void reject(Row.Place place, String id, Problem problem) {
    rejectedCount++;
    if (rejected.size() < AddOutcome.MAX_LISTED) {
      rejected.add(
          new AddOutcome.Rejected(place, Printable.of(id), problem.code(), problem.detail()));
    }
  }

  /** Sees what of the rows taken is valid, and keeps that. */
  private void check() {
    int next = 0;
    while (next < unchecked.size()) {
      List<Row.Read> rest = unchecked.subList(next, unchecked.size());
      List<Violation> violations =
          Memryx.violations(collection, options, rest.stream().map(Row.Read::entry).toList());
      boolean all = violations.size() < Problem.MAX_FAULTS;
      int seen = all ? rest.size() : violations.getLast().index() + 1;
      keepGood(rest.subList(0, seen), violations);
      next += seen;
    }
    unchecked.clear();
  }

  private void keepGood(List<Row.Read> rows, List<Violation> violations) {
    if (onError == OnError.FAIL && !violations.isEmpty()) {
      throw problem(rows, violations).toException();
    }
    int fault = 0;
    for (int at = 0; at < rows.size(); at++) {
      Row.Read row = rows.get(at);
      if (fault < violations.size() && violations.get(fault).index() == at) {
        Violation violation = violations.get(fault++);
        reject(row.place(), row.entry().id(), Violations.toProblem(violation));
      } else {
        keep(row);
      }
    }
  }

  private static Problem problem(List<Row.Read> rows, List<Violation> violations) {
    Row.Place first = rows.get(violations.getFirst().index()).place();
    List<Problem.Fault> faults =
        violations.stream().map(one -> fault(rows.get(one.index()).place(), one)).toList();
    String detail =
        faults.size() == 1
            ? faults.getFirst().detail()
            : "%d entries are at fault; the first, at %s: %s"
                .formatted(faults.size(), first.described(), violations.getFirst().detail());
    return Violations.toProblem(violations.getFirst()).withDetail(detail).withFaults(faults);
  }

  private static Problem.Fault fault(Row.Place place, Violation violation) {
    return new Problem.Fault(
        place.pointer(Violations.partAtFault(violation.code())),
        Violations.code(violation.code()),
        place.say(violation.detail()));
  }

  private void keep(Row.Read row) {
    Row.Place earlier = placeOfId.putIfAbsent(row.entry().id(), row.place());
    if (earlier != null) {
      refuseDuplicate(row, earlier);
      return;
    }
    if (staged.size() == Limits.MAX_BATCH_ENTRIES) {
      throw Problem.of(
              ProblemCode.BAD_BATCH,
              "the request has more than %d vectors".formatted(Limits.MAX_BATCH_ENTRIES),
              "send them in several requests; nothing of this one was applied")
          .toException();
    }
    staged.add(row.entry());
    places.add(row.place());
  }

  private void refuseDuplicate(Row.Read row, Row.Place earlier) {
    Problem problem =
        Problem.of(
            ProblemCode.DUPLICATE_ID,
            "the id at %s is also that at %s"
                .formatted(row.place().described(), earlier.described()),
            "give every entry of a batch an id of its own, or send them in two requests");
    switch (onError) {
      case FAIL -> throw problem.at(row.place().pointer("/id")).toException();
      case SKIP -> reject(row.place(), row.entry().id(), problem);
    }
  }

  /**
   * The entries to apply, once all rows are taken.
   *
   * @throws io.memryx.server.problem.ProblemException if there was no row at all
   */
  List<Entry> finish() {
    check();
    if (staged.isEmpty() && rejectedCount == 0) {
      throw Problem.of(
              ProblemCode.BAD_BATCH,
              "the request has no vectors, expected at least one",
              "put at least one vector into \"vectors\", or one a line")
          .at("/vectors")
          .toException();
    }
    return staged;
  }

  /** Where a staged entry was in the request. */
  Row.Place placeOf(int position) {
    return places.get(position);
  }

  /** What became of the request, whose good entries were applied. */
  AddOutcome outcome(int added, int replaced, int totalVectors, double usedPercent) {
    return new AddOutcome(added, replaced, rejected, rejectedCount, totalVectors, usedPercent);
  }

  /** The collection that they are for. */
  String collection() {
    return collection;
  }

  /** What the collection has or will have. */
  CollectionOptions options() {
    return options;
  }

  /** Lets go of what was held back. */
  @Override
  public void close() {
    reservation.close();
  }
}

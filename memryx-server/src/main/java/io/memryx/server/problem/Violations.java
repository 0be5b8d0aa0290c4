package io.memryx.server.problem;

import io.memryx.ValidationException;
import io.memryx.Violation;
import java.util.List;
import java.util.function.Function;

/** Turns what the engine finds wrong into a {@link Problem}. */
public final class Violations {
  private Violations() {}

  /**
   * The problem that tells every violation.
   *
   * @param pointers gives the place in the request of a violation
   */
  public static Problem toProblem(
      ValidationException refused, Function<Violation, String> pointers) {
    List<Violation> violations = refused.violations();
    Violation first = violations.getFirst();
    String detail =
        violations.size() == 1
            ? first.detail()
            : "%d entries are at fault; the first, at position %d: %s"
                .formatted(violations.size(), first.index(), first.detail());
    List<Problem.Fault> faults =
        violations.stream()
            .limit(Problem.MAX_FAULTS)
            .map(one -> new Problem.Fault(pointers.apply(one), code(one.code()), one.detail()))
            .toList();
    return toProblem(first).withFaults(faults).withDetail(detail);
  }

  /** The problem of one violation. */
  public static Problem toProblem(Violation violation) {
    return Problem.of(code(violation.code()), violation.detail(), hint(violation));
  }

  /** What to do, of that which callers of the server can do: they choose no metric, for one. */
  private static String hint(Violation violation) {
    return switch (violation.code()) {
      case DIMENSION_MISMATCH -> "re-embed it with the model of the collection's other vectors";
      case ZERO_NORM -> "leave such entries out";
      case BAD_DIMENSION,
          NON_FINITE,
          VECTOR_TOO_LONG,
          BAD_ID,
          BAD_METADATA,
          BAD_FILTER,
          FILTER_TOO_COMPLEX,
          OUT_OF_RANGE,
          BAD_BATCH,
          UNKNOWN_ID,
          BAD_NAME ->
          violation.hint();
    };
  }

  /** The part of an entry that is at fault, as a pointer below the entry. */
  public static String partAtFault(Violation.Code code) {
    return switch (code) {
      case DIMENSION_MISMATCH, BAD_DIMENSION, NON_FINITE, ZERO_NORM, VECTOR_TOO_LONG -> "/values";
      case BAD_ID, UNKNOWN_ID -> "/id";
      case BAD_METADATA -> "/metadata";
      case OUT_OF_RANGE, BAD_BATCH, BAD_NAME, BAD_FILTER, FILTER_TOO_COMPLEX -> "";
    };
  }

  /** The problem's code of a kind of violation. */
  public static ProblemCode code(Violation.Code code) {
    return switch (code) {
      case DIMENSION_MISMATCH -> ProblemCode.DIMENSION_MISMATCH;
      case BAD_DIMENSION -> ProblemCode.BAD_DIMENSION;
      case NON_FINITE -> ProblemCode.NON_FINITE;
      case ZERO_NORM -> ProblemCode.ZERO_NORM;
      case VECTOR_TOO_LONG -> ProblemCode.VECTOR_TOO_LONG;
      case BAD_ID -> ProblemCode.BAD_ID;
      case BAD_METADATA -> ProblemCode.BAD_METADATA;
      case BAD_FILTER -> ProblemCode.BAD_FILTER;
      case FILTER_TOO_COMPLEX -> ProblemCode.FILTER_TOO_COMPLEX;
      case OUT_OF_RANGE -> ProblemCode.OUT_OF_RANGE;
      case BAD_BATCH -> ProblemCode.BAD_BATCH;
      case UNKNOWN_ID -> ProblemCode.VECTOR_NOT_FOUND;
      case BAD_NAME -> ProblemCode.BAD_NAME;
    };
  }
}

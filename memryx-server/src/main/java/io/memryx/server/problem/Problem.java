package io.memryx.server.problem;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * One failure of one call, as the caller is told.
 *
 * @param code the kind of failure
 * @param detail what was wrong, with the number or the name
 * @param hint what to do about it
 * @param faults the faulty places of the request, where there are several or they can be pointed to
 * @param retryAfterSeconds when it is worth trying again
 * @param members further members of the answer, by name
 */
public record Problem(
    ProblemCode code,
    String detail,
    String hint,
    List<Fault> faults,
    OptionalInt retryAfterSeconds,
    Map<String, String> members) {

  /** Faults beyond this number are counted, not listed: nobody reads ten thousand of them. */
  public static final int MAX_FAULTS = 100;

  /** Copies the lists. */
  public Problem {
    faults = List.copyOf(faults.subList(0, Math.min(faults.size(), MAX_FAULTS)));
    members = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(members));
  }

  /** A failure with its remedy. */
  public static Problem of(ProblemCode code, String detail, String hint) {
    return new Problem(code, detail, hint, List.of(), OptionalInt.empty(), Map.of());
  }

  /** With other words on what was wrong. */
  public Problem withDetail(String words) {
    return new Problem(code, words, hint, faults, retryAfterSeconds, members);
  }

  /** With the place that is at fault. */
  public Problem at(String pointer) {
    return withFaults(List.of(new Fault(pointer, code, detail)));
  }

  /** With the places that are at fault. */
  public Problem withFaults(List<Fault> faults) {
    return new Problem(code, detail, hint, faults, retryAfterSeconds, members);
  }

  /** With the time after which to try again. */
  public Problem retryAfter(int seconds) {
    return new Problem(code, detail, hint, faults, OptionalInt.of(seconds), members);
  }

  /** With a further member of the answer. */
  public Problem with(String name, String value) {
    var more = new LinkedHashMap<>(members);
    more.put(name, value);
    return new Problem(code, detail, hint, faults, retryAfterSeconds, more);
  }

  /** As an exception to throw. */
  public ProblemException toException() {
    return new ProblemException(this);
  }

  /**
   * A faulty place of a request.
   *
   * @param pointer JSON pointer into the body
   * @param code the kind of fault
   * @param detail what is wrong there
   */
  public record Fault(String pointer, ProblemCode code, String detail) {}
}

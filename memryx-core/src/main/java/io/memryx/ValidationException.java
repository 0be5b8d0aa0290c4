package io.memryx;

import java.util.List;

/** What a caller gave breaks the rules; nothing of the call was applied. */
public final class ValidationException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient List<Violation> violations;

  /** Several faults, as of a batch. */
  public ValidationException(List<Violation> violations) {
    super(message(violations));
    this.violations = List.copyOf(violations);
  }

  /** One fault of one thing. */
  public ValidationException(Violation.Code code, String detail, String hint) {
    this(List.of(new Violation(0, code, detail, hint)));
  }

  /** Every fault found, at least one, in order of position. */
  public List<Violation> violations() {
    return violations;
  }

  private static String message(List<Violation> violations) {
    Violation first = violations.getFirst();
    String others = violations.size() == 1 ? "" : " (and " + (violations.size() - 1) + " more)";
    return first.detail() + ": " + first.hint() + others;
  }
}

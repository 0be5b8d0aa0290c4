package io.memryx.persistence.model;

import java.util.List;

/** A setup and what is done to it. */
record Sequence(Setup setup, List<Operation> operations) {
  Sequence with(List<Operation> others) {
    return new Sequence(setup, others);
  }

  /** One operation a line. */
  @Override
  public String toString() {
    var text = new StringBuilder(setup.toString());
    for (int i = 0; i < operations.size(); i++) {
      text.append("%n  %d. %s".formatted(i + 1, operations.get(i)));
    }
    return text.toString();
  }
}

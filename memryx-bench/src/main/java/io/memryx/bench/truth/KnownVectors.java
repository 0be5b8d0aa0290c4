package io.memryx.bench.truth;

import io.memryx.persistence.exchange.VectorRows;
import java.util.OptionalInt;

/**
 * Judges searches for vectors that are known to be there: they must find them, or equals, first.
 */
public final class KnownVectors {
  private final VectorRows base;
  private final ExactScan scan;

  /** Judges searches for these vectors. */
  public KnownVectors(VectorRows base, ExactScan scan) {
    this.base = base;
    this.scan = scan;
  }

  /** The vector of a row. */
  public float[] vector(int row) {
    return base.row(row);
  }

  /** Whether the first row of an answer is the one searched for, or scores no worse. */
  public boolean foundFirst(int row, OptionalInt first) {
    if (first.isEmpty()) {
      return false;
    }
    if (first.getAsInt() == row) {
      return true;
    }
    float[] vector = base.row(row);
    return Recall.reaches(scan.score(vector, first.getAsInt()), scan.score(vector, vector));
  }
}

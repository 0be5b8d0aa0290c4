package io.memryx.bench.peers;

import io.memryx.persistence.exchange.VectorRows;

/**
 * The vectors that are searched, of unit length, so that every peer's inner product is one and the
 * same measure.
 *
 * @param name of the data set
 * @param rows the vectors; row numbers are ids
 */
record Corpus(String name, VectorRows rows) {
  /** How far a length may be from 1: float16 rounding moves it by less than a thousandth. */
  private static final double TOLERANCE = 0.01;

  /** Vectors looked at: a data set is normalised as a whole or not at all. */
  private static final int SAMPLE = 1_000;

  Corpus {
    for (int row = 0; row < Math.min(rows.rows(), SAMPLE); row++) {
      double length = length(rows.row(row));
      if (Math.abs(length - 1) > TOLERANCE) {
        throw new IllegalArgumentException(
            "row %d of %s has length %.3f, expected 1: peers rank by inner product in ways of their own unless vectors are of unit length; normalise the data"
                .formatted(row, rows.path(), length));
      }
    }
  }

  private static double length(float[] vector) {
    double sum = 0;
    for (float component : vector) {
      sum += (double) component * component;
    }
    return Math.sqrt(sum);
  }

  int size() {
    return rows.rows();
  }

  int dimension() {
    return rows.dimension();
  }
}

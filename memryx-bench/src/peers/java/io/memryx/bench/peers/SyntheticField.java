package io.memryx.bench.peers;

import java.util.List;

/**
 * A made-up field that passes a filter in a known share of the rows, drawn row by row: what is near
 * to a query says nothing of it.
 *
 * @param name of the field
 * @param share of rows that pass, 0 to 1
 * @param seed of the draw
 */
record SyntheticField(String name, double share, long seed) {
  /** The value of rows that pass. */
  static final String PASSING = "in";

  private static final String FAILING = "out";

  /** The fields that are measured. */
  static List<SyntheticField> all(long seed) {
    return List.of(
        new SyntheticField("p0001", 0.0001, seed),
        new SyntheticField("p001", 0.001, seed + 1),
        new SyntheticField("p01", 0.01, seed + 2),
        new SyntheticField("p10", 0.1, seed + 3),
        new SyntheticField("p50", 0.5, seed + 4));
  }

  /** Whether a row passes. */
  boolean passes(int row) {
    return (mixed(seed * 0x9E3779B97F4A7C15L + row) >>> 11) * 0x1p-53 < share;
  }

  /** The value that a row has. */
  String value(int row) {
    return passes(row) ? PASSING : FAILING;
  }

  /** Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014), mix64. */
  private static long mixed(long number) {
    long z = (number ^ (number >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}

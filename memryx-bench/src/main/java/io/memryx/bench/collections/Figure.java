package io.memryx.bench.collections;

/**
 * One measured figure.
 *
 * @param what was measured
 * @param setting of which collections
 * @param value in the unit
 * @param unit "bytes", "s", "ms" or "files"
 */
record Figure(String what, String setting, double value, String unit) {}

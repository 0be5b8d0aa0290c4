package io.memryx;

/**
 * How much searches found of what there was to be found. Immutable and thread-safe.
 *
 * @param k number of neighbors asked for
 * @param sample number of entries whose neighbors were looked for: fewer than asked for where there
 *     are no more
 * @param recall share of the true neighbors that were found, 0 to 1; 1 where there were none
 * @param p50Millis median wall time of one search, in milliseconds
 * @param p95Millis wall time in milliseconds that 95 % of the searches did not exceed
 */
public record RecallReport(int k, int sample, double recall, double p50Millis, double p95Millis) {}

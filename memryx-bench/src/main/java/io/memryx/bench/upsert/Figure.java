package io.memryx.bench.upsert;

/**
 * One measured setting.
 *
 * @param what was done: "upsert", "search", "batch"
 * @param setting how it was done
 * @param perSecond entries or queries a second, the median over the rounds
 * @param p50Micros median latency of one call; 0 where calls were not timed one by one
 * @param p99Micros what 99 of 100 calls do not exceed; likewise
 */
record Figure(String what, String setting, double perSecond, double p50Micros, double p99Micros) {}

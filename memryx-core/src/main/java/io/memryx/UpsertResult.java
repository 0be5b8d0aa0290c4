package io.memryx;

/**
 * What an upsert did.
 *
 * @param added entries whose id was new
 * @param replaced entries whose id was there before the call
 */
public record UpsertResult(int added, int replaced) {}

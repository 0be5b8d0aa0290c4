package io.memryx.server.service;

/**
 * What an add did.
 *
 * @param added entries whose id was new
 * @param replaced entries whose id was there before
 * @param totalVectors entries of the collection now
 * @param usedPercent what all collections hold as a share of the largest heap
 */
public record AddOutcome(int added, int replaced, int totalVectors, double usedPercent) {}

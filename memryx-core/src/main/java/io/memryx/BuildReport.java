package io.memryx;

import java.time.Duration;

/**
 * What a build made.
 *
 * @param vectors entries in the new generation
 * @param lists inverted lists of the new generation
 * @param clusterTime time spent finding centroids
 * @param assignTime time spent assigning vectors to lists
 * @param encodeTime time spent quantising
 * @param commitTime time spent making the generation durable
 * @param totalTime wall time of the whole build
 */
public record BuildReport(
    int vectors,
    int lists,
    Duration clusterTime,
    Duration assignTime,
    Duration encodeTime,
    Duration commitTime,
    Duration totalTime) {}

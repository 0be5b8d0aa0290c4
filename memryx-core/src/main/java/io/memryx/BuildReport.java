package io.memryx;

import java.time.Duration;
import java.util.Map;

/**
 * What a build made.
 *
 * @param vectors entries in the new generation
 * @param lists inverted lists of the new generation; 0 if it is too small to be worth any
 * @param reclaimed replaced and deleted entries whose memory was given back
 * @param method how the index came about
 * @param drift mean squared distance of the vectors added to their lists' centroids, relative to
 *     that of other vectors like those the index was trained on; 1 unless the index was extended.
 *     Much more than 1 means that newer entries are unlike those, and found less well
 * @param timeByPhase time spent in each phase that there was
 * @param totalTime wall time of the whole build
 */
public record BuildReport(
    int vectors,
    int lists,
    int reclaimed,
    Method method,
    double drift,
    Map<BuildProgress.Phase, Duration> timeByPhase,
    Duration totalTime) {

  /** Copies the map. */
  public BuildReport {
    timeByPhase = Map.copyOf(timeByPhase);
  }

  /** Time spent in a phase. */
  public Duration timeOf(BuildProgress.Phase phase) {
    return timeByPhase.getOrDefault(phase, Duration.ZERO);
  }

  /** How an index comes about. */
  public enum Method {
    /** Too few entries: vectors stay as they are and are scored exactly. */
    KEPT_AS_IS,
    /** Trained on the entries themselves. */
    TRAINED,
    /** Further entries were put into the index that was there. */
    EXTENDED
  }
}

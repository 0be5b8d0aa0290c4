package io.memryx;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How to measure the recall of a collection's searches. Immutable and thread-safe.
 *
 * @param sample number of entries to search for, 1 to {@link Limits#MAX_RECALL_SAMPLE}; of fewer
 *     entries all are taken
 * @param k number of neighbors of each, 1 to {@link Limits#MAX_K}
 * @param seed of the choice of entries: the same state and seed give the same ones
 * @param filter what the sampled entries and their neighbors pass, or null
 * @param deadline how long it may take, or null for as long as it takes
 */
public record RecallRequest(
    int sample, int k, long seed, @Nullable Filter filter, @Nullable Duration deadline) {

  /** Refuses what is out of range. */
  public RecallRequest {
    Limits.requireRange("sample", sample, 1, Limits.MAX_RECALL_SAMPLE);
    Limits.requireRange("k", k, 1, Limits.MAX_K);
    if (deadline != null) {
      Limits.requireDeadline(deadline);
    }
  }

  /** So many entries and neighbors of each, with seed 42, no filter and no deadline. */
  public static RecallRequest of(int sample, int k) {
    return new RecallRequest(sample, k, 42, null, null);
  }

  /** With another choice of entries. */
  public RecallRequest withSeed(long seed) {
    return new RecallRequest(sample, k, seed, filter, deadline);
  }

  /** Of the entries that pass a filter, among themselves. */
  public RecallRequest withFilter(Filter filter) {
    return new RecallRequest(sample, k, seed, filter, deadline);
  }

  /** With a limit of its time; above zero. */
  public RecallRequest withDeadline(Duration deadline) {
    return new RecallRequest(sample, k, seed, filter, deadline);
  }
}

package io.memryx;

import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * How to build: seed, threads, progress, cancellation, memory. Immutable.
 *
 * @param seed seed of every random choice; the same entries and seed give the same index on one
 *     machine, whatever the number of threads
 * @param parallelism number of threads that work, the calling one included
 * @param executor runs {@code parallelism - 1} tasks beside the calling thread; never asked if that
 *     is 0
 * @param progress told of progress, from the calling thread, at most a few hundred times; must be
 *     quick and must not throw
 * @param cancelled asked often, from any of the threads; true ends the build with {@link
 *     BuildCancelledException}. Asked for the last time when phase {@link
 *     BuildProgress.Phase#COMMIT} has begun and nothing is written yet: from then on a cancellation
 *     comes too late, and the build ends as if there were none. An interrupt of the building thread
 *     is a cancellation too, by the same rule; it is kept either way
 * @param training whether an index that is there may be extended
 * @param routingRecall share of what a scan of all lists finds that the default number of probes is
 *     to find, measured on a sample of the entries; above 0, at most 1
 * @param memoryBudget most memory that the build may take beside what the collection has, in bytes;
 *     a build that is estimated to need more is refused before it begins
 */
public record BuildRequest(
    long seed,
    int parallelism,
    Executor executor,
    Consumer<BuildProgress> progress,
    BooleanSupplier cancelled,
    Training training,
    double routingRecall,
    long memoryBudget) {

  /** Whether an index that is there may be extended. */
  public enum Training {
    /**
     * Entries are added to the index that is there, which costs next to nothing. It is trained anew
     * when their number has doubled or fallen by a third, or they have drifted, if all vectors are
     * still there to train on. Either way, nothing is left of replaced and deleted entries.
     */
    WHERE_NEEDED,
    /** The index is trained anew; refused if vectors are not there any more. */
    ALWAYS
  }

  /** Refuses what is out of range. */
  public BuildRequest {
    if (parallelism < 1) {
      throw new IllegalArgumentException("parallelism is " + parallelism + ", expected at least 1");
    }
    if (!(routingRecall > 0 && routingRecall <= 1)) {
      throw new IllegalArgumentException(
          "routingRecall is " + routingRecall + ", expected above 0 and at most 1");
    }
    if (memoryBudget < 0) {
      throw new IllegalArgumentException(
          "memoryBudget is " + memoryBudget + ", expected 0 or more");
    }
  }

  /**
   * Builds on the calling thread alone: no progress, no cancellation, seed 42, 0.99 of a full
   * scan's neighbors, no budget.
   */
  public static BuildRequest defaults() {
    return new BuildRequest(
        42,
        1,
        Runnable::run,
        progress -> {},
        () -> false,
        Training.WHERE_NEEDED,
        0.99,
        Long.MAX_VALUE);
  }

  /** With another seed. */
  public BuildRequest withSeed(long seed) {
    return new BuildRequest(
        seed, parallelism, executor, progress, cancelled, training, routingRecall, memoryBudget);
  }

  /**
   * With helpers: {@code parallelism - 1} tasks go to the executor, which must run them all at once
   * or later.
   */
  public BuildRequest withParallelism(int parallelism, Executor executor) {
    return new BuildRequest(
        seed, parallelism, executor, progress, cancelled, training, routingRecall, memoryBudget);
  }

  /** With a listener for progress. */
  public BuildRequest withProgress(Consumer<BuildProgress> progress) {
    return new BuildRequest(
        seed, parallelism, executor, progress, cancelled, training, routingRecall, memoryBudget);
  }

  /** With a condition that cancels the build once it is true. */
  public BuildRequest withCancellation(BooleanSupplier cancelled) {
    return new BuildRequest(
        seed, parallelism, executor, progress, cancelled, training, routingRecall, memoryBudget);
  }

  /** Trains anew where needed, or always. */
  public BuildRequest withTraining(Training training) {
    return new BuildRequest(
        seed, parallelism, executor, progress, cancelled, training, routingRecall, memoryBudget);
  }

  /** With another aim for the default number of probes: less is faster, 1 is nearly all lists. */
  public BuildRequest withRoutingRecall(double routingRecall) {
    return new BuildRequest(
        seed, parallelism, executor, progress, cancelled, training, routingRecall, memoryBudget);
  }

  /** With a bound on the memory that the build takes. */
  public BuildRequest withMemoryBudget(long bytes) {
    return new BuildRequest(
        seed, parallelism, executor, progress, cancelled, training, routingRecall, bytes);
  }
}

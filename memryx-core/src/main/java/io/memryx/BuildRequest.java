package io.memryx;

import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * How to build: seed, threads, progress, cancellation. Immutable.
 *
 * @param seed seed of every random choice; the same entries and seed give the same index on one
 *     machine, whatever the number of threads
 * @param parallelism number of threads that work, the calling one included
 * @param executor runs {@code parallelism - 1} tasks beside the calling thread; never asked if that
 *     is 0
 * @param progress told of progress, from the calling thread, at most a few hundred times; must be
 *     quick and must not throw
 * @param cancelled asked often, from any of the threads; true ends the build with {@link
 *     BuildCancelledException}
 */
public record BuildRequest(
    long seed,
    int parallelism,
    Executor executor,
    Consumer<BuildProgress> progress,
    BooleanSupplier cancelled) {

  /** Refuses a parallelism below 1. */
  public BuildRequest {
    if (parallelism < 1) {
      throw new IllegalArgumentException("parallelism is " + parallelism + ", expected at least 1");
    }
  }

  /** Builds on the calling thread alone: no progress, no cancellation, seed 42. */
  public static BuildRequest defaults() {
    return new BuildRequest(42, 1, Runnable::run, progress -> {}, () -> false);
  }

  /** With another seed. */
  public BuildRequest withSeed(long seed) {
    return new BuildRequest(seed, parallelism, executor, progress, cancelled);
  }

  /**
   * With helpers: {@code parallelism - 1} tasks go to the executor, which must run them all at once
   * or later.
   */
  public BuildRequest withParallelism(int parallelism, Executor executor) {
    return new BuildRequest(seed, parallelism, executor, progress, cancelled);
  }

  /** With a listener for progress. */
  public BuildRequest withProgress(Consumer<BuildProgress> progress) {
    return new BuildRequest(seed, parallelism, executor, progress, cancelled);
  }

  /** With a condition that cancels the build once it is true. */
  public BuildRequest withCancellation(BooleanSupplier cancelled) {
    return new BuildRequest(seed, parallelism, executor, progress, cancelled);
  }
}

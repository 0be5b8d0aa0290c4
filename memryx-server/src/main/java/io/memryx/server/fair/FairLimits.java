package io.memryx.server.fair;

/**
 * How much there is of a {@link FairPool}, and how much of it one party may have.
 *
 * @param name name of the threads
 * @param threads tasks at work at one time
 * @param threadsOfOne of one party
 * @param placesInAll tasks at work or waiting
 * @param places of one party
 */
public record FairLimits(String name, int threads, int threadsOfOne, int placesInAll, int places) {

  /** Refuses limits that would let nobody in, or one party have everything that may wait. */
  public FairLimits {
    if (threadsOfOne < 1 || threads < threadsOfOne || places < 1 || placesInAll < places) {
      throw new IllegalArgumentException(
          "%s: %d threads, %d of one, %d places, %d of one: expected at least one for each, and for all no fewer than for one"
              .formatted(name, threads, threadsOfOne, placesInAll, places));
    }
  }
}

package io.memryx.server.fair;

/**
 * How much there is of a {@link FairPool}, and how much of it one party may have.
 *
 * @param name name of the threads
 * @param threads tasks at work at one time
 * @param places tasks at work or waiting
 */
public record FairLimits(String name, Share threads, Share places) {

  /**
   * How many there are of something.
   *
   * @param inAll for everybody together
   * @param ofOne for one party
   */
  public record Share(int inAll, int ofOne) {
    /** Refuses a share that would let nobody in, or one party have more than there are. */
    public Share {
      if (ofOne < 1 || inAll < ofOne) {
        throw new IllegalArgumentException(
            "%d in all, %d of one: expected at least one for each, and for all no fewer than for one"
                .formatted(inAll, ofOne));
      }
    }
  }
}

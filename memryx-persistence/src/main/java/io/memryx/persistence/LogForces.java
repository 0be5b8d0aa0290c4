package io.memryx.persistence;

import java.util.List;

/**
 * How an open store's logs were forced to the disk since it was opened: how long that took, and how
 * many changes shared a force. Immutable.
 *
 * @param micros of each force, its time in microseconds
 * @param changes of each force, how many changes it made durable; a batch is one
 */
public record LogForces(Distribution micros, Distribution changes) {

  /** None was forced, or there is no log. */
  public static final LogForces NONE = new LogForces(Distribution.EMPTY, Distribution.EMPTY);

  /**
   * How often a figure was how large.
   *
   * @param buckets by rising bound; together they have every figure
   * @param sum of all figures
   */
  public record Distribution(List<Bucket> buckets, long sum) {
    /** Of no figure. */
    public static final Distribution EMPTY =
        new Distribution(List.of(new Bucket(Long.MAX_VALUE, 0)), 0);

    /** Copies the list; refuses one that is not in order, or ends before the largest figure. */
    public Distribution {
      buckets = List.copyOf(buckets);
      long below = Long.MIN_VALUE;
      for (Bucket bucket : buckets) {
        if (bucket.atMost() <= below) {
          throw new IllegalArgumentException("bounds must rise: " + buckets);
        }
        below = bucket.atMost();
      }
      if (below != Long.MAX_VALUE) {
        throw new IllegalArgumentException("the last bucket must take every figure: " + buckets);
      }
    }

    /** Number of figures. */
    public long count() {
      return buckets.stream().mapToLong(Bucket::count).sum();
    }
  }

  /**
   * Figures of one size.
   *
   * @param atMost the largest that belongs here; those that belong to a bucket before do not
   * @param count how many there were
   */
  public record Bucket(long atMost, long count) {}
}

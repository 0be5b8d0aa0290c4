package io.memryx;

/**
 * How far a build has come.
 *
 * @param phase what is being done
 * @param done units of work done in this phase
 * @param total units of work in this phase, at least 1
 */
public record BuildProgress(Phase phase, long done, long total) {

  /** The phases of a build, in order. */
  public enum Phase {
    /** Finding centroids on a sample. Unit: sample vectors times rounds. */
    CLUSTER,
    /** Training the quantiser on that sample. Unit: trainings. */
    TRAIN,
    /** Finding the list of every vector, or its two lists. Unit: vectors. */
    ASSIGN,
    /** Quantising every vector into its inverted list. Unit: vectors. */
    ENCODE,
    /** Finding out how many lists to probe. Unit: sample queries. */
    CALIBRATE,
    /** Making the new generation durable, where the collection is durable. Unit: snapshots. */
    COMMIT
  }

  /** Refuses impossible counts. */
  public BuildProgress {
    if (total < 1 || done < 0 || done > total) {
      throw new IllegalArgumentException("done " + done + " of " + total);
    }
  }

  /** The share of the whole build that is done, 0 to 100, phases weighed by their usual cost. */
  public double percent() {
    double share = (double) done / total;
    return switch (phase) {
      case CLUSTER -> 30 * share;
      case TRAIN -> 30 + 10 * share;
      case ASSIGN -> 40 + 15 * share;
      case ENCODE -> 55 + 30 * share;
      case CALIBRATE -> 85 + 5 * share;
      case COMMIT -> 90 + 10 * share;
    };
  }
}

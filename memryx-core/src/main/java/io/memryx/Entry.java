package io.memryx;

import java.util.Arrays;

/**
 * An id, a vector and metadata. Immutable: the vector is copied in and out.
 *
 * <p>An entry that a collection gives back may be <em>approximate</em>: of its vector only a code
 * was kept, and what is here is what the code stands for.
 */
public final class Entry {
  private final String id;
  private final float[] vector;
  private final Metadata metadata;
  private final boolean approximate;

  private Entry(String id, float[] vector, Metadata metadata, boolean approximate) {
    this.id = id;
    this.vector = vector;
    this.metadata = metadata;
    this.approximate = approximate;
  }

  /**
   * An entry without metadata. The array is copied; ids and vectors are checked when the entry is
   * upserted.
   */
  public static Entry of(String id, float[] vector) {
    return of(id, vector, Metadata.empty());
  }

  /** An entry. The array is copied; ids and vectors are checked when the entry is upserted. */
  public static Entry of(String id, float[] vector, Metadata metadata) {
    return new Entry(id, vector.clone(), metadata, false);
  }

  /**
   * The same, marked as {@linkplain #isApproximate approximate}. A collection that it is upserted
   * into takes the vector as it is and does not keep the mark.
   */
  public Entry asApproximation() {
    return approximate ? this : new Entry(id, vector, metadata, true);
  }

  /** The id, unique in its collection. */
  public String id() {
    return id;
  }

  /** A copy of the vector. */
  public float[] vector() {
    return vector.clone();
  }

  /** Number of components of the vector. */
  public int dimension() {
    return vector.length;
  }

  /** One component of the vector. */
  public float component(int index) {
    return vector[index];
  }

  /** Copies the vector into the target, from {@code offset} on. */
  public void copyVectorTo(float[] target, int offset) {
    System.arraycopy(vector, 0, target, offset, vector.length);
  }

  /** The metadata, maybe empty. */
  public Metadata metadata() {
    return metadata;
  }

  /**
   * Whether the vector is what a code stands for, not the one that was given: so in a built index
   * under {@link Compression#COMPACT} and {@link Compression#BALANCED}.
   */
  public boolean isApproximate() {
    return approximate;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Entry entry
        && id.equals(entry.id)
        && approximate == entry.approximate
        && Arrays.equals(vector, entry.vector)
        && metadata.equals(entry.metadata);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  @Override
  public String toString() {
    return "Entry["
        + id
        + ", "
        + vector.length
        + " dimensions, "
        + (approximate ? "approximate, " : "")
        + metadata
        + "]";
  }
}

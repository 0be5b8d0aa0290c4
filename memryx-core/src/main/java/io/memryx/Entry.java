package io.memryx;

import java.util.Arrays;

/** An id, a vector and metadata. Immutable: the vector is copied in and out. */
public final class Entry {
  private final String id;
  private final float[] vector;
  private final Metadata metadata;

  private Entry(String id, float[] vector, Metadata metadata) {
    this.id = id;
    this.vector = vector;
    this.metadata = metadata;
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
    return new Entry(id, vector.clone(), metadata);
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

  @Override
  public boolean equals(Object other) {
    return other instanceof Entry entry
        && id.equals(entry.id)
        && Arrays.equals(vector, entry.vector)
        && metadata.equals(entry.metadata);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  @Override
  public String toString() {
    return "Entry[" + id + ", " + vector.length + " dimensions, " + metadata + "]";
  }
}

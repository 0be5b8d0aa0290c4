package io.memryx.snapshot;

/** A vector that can be copied out. */
@FunctionalInterface
public interface VectorSource {

  /** Copies the components into an array, from an offset on. */
  void copyVectorTo(float[] target, int offset);
}

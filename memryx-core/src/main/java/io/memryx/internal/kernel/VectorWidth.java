package io.memryx.internal.kernel;

import jdk.incubator.vector.VectorShape;

/** The width of the machine's vectors, for little: most of the incubator module is not loaded. */
final class VectorWidth {
  private VectorWidth() {}

  /** Bits of a vector. */
  static int bits() {
    return VectorShape.preferredShape().vectorBitSize();
  }
}

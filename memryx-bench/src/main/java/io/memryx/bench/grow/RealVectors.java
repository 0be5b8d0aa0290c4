package io.memryx.bench.grow;

import io.memryx.persistence.exchange.VectorRows;
import java.util.List;

/**
 * The real vectors that a set is grown from, in memory: {@code rows × dimension} floats, the sets
 * one after the other, every vector brought to unit length.
 */
final class RealVectors {
  private final float[] components;
  private final int dimension;
  private final int rows;

  RealVectors(List<VectorRows> sets) {
    dimension = sets.getFirst().dimension();
    long total = 0;
    for (VectorRows set : sets) {
      if (set.dimension() != dimension) {
        throw new IllegalArgumentException(
            "%s has %d dimensions, %s has %d: sets of one model only"
                .formatted(set.path(), set.dimension(), sets.getFirst().path(), dimension));
      }
      total += set.rows();
    }
    rows = Math.toIntExact(total);
    components = new float[Math.multiplyExact(rows, dimension)];
    int offset = 0;
    for (VectorRows set : sets) {
      for (int row = 0; row < set.rows(); row++, offset += dimension) {
        set.copyRow(row, components, offset);
        Unit.scale(components, offset, dimension);
      }
    }
  }

  int rows() {
    return rows;
  }

  int dimension() {
    return dimension;
  }

  /** All components; callers only read them. */
  float[] components() {
    return components;
  }

  /** Where a row begins. */
  int offset(int row) {
    return row * dimension;
  }
}

package io.memryx.internal.ivf;

import io.memryx.Metric;
import io.memryx.snapshot.StoredVectors;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The vectors of a snapshot, left where they are stored.
 *
 * @param metric how nearness is measured
 * @param dimension components of a row
 * @param stored the rows
 */
public record StoredRows(Metric metric, int dimension, StoredVectors stored) implements Vectors {
  private static final int CACHE_LINE = 64;

  private static final ValueLayout.OfFloat STORED_FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public int size() {
    return stored.size();
  }

  @Override
  public float touch(int row) {
    MemorySegment segment = stored.rows(row, 1);
    float touched = 0;
    for (long offset = 0; offset < segment.byteSize(); offset += CACHE_LINE) {
      touched += segment.get(STORED_FLOAT, offset);
    }
    return touched;
  }

  @Override
  public void copyTo(int first, int count, float[] target, int targetOffset) {
    MemorySegment.copy(
        stored.rows(first, count), STORED_FLOAT, 0, target, targetOffset, count * dimension);
  }
}

package io.memryx.internal.ivf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.Metric;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class VectorRowsTest {
  /** 1,024 rows to a chunk: several chunks are cheap. */
  private static final int DIMENSION = 96;

  private static VectorRowsBuilder filled(Metric metric, int rows) {
    var builder = new VectorRowsBuilder(metric, DIMENSION);
    for (int row = 0; row < rows; row++) {
      int value = row + 1;
      builder.append((array, offset) -> Arrays.fill(array, offset, offset + DIMENSION, value));
    }
    return builder;
  }

  @Test
  void view_takenWhileGrowing_keepsItsRows() {
    VectorRowsBuilder builder = filled(Metric.COSINE, 10);
    VectorRows view = builder.view();
    for (int row = 0; row < 5_000; row++) {
      builder.append((array, offset) -> Arrays.fill(array, offset, offset + DIMENSION, -1f));
    }
    assertEquals(10, view.size());
    for (int row = 0; row < 10; row++) {
      assertEquals(row + 1f, view.copyOf(row)[DIMENSION - 1]);
    }
    assertEquals(-1f, builder.view().copyOf(5_009)[0]);
  }

  @Test
  void append_fewRows_takesLittleMemory() {
    assertTrue(filled(Metric.DOT, 3).view().bytes() <= 8L * 4 * DIMENSION);
  }

  @Test
  void scale_cosine_isTheInverseLength() {
    VectorRows rows = filled(Metric.COSINE, 3).view();
    assertEquals((float) (1 / (3 * Math.sqrt(DIMENSION))), rows.scale(2));
    assertEquals(1f, filled(Metric.L2, 3).view().scale(2));
  }

  @Test
  void appendAll_wholeChunks_areSharedAndTheRestCopied() {
    VectorRows source = filled(Metric.COSINE, 2_500).view();
    var builder = new VectorRowsBuilder(Metric.COSINE, DIMENSION);
    builder.appendAll(
        JoinedRows.builder(source.metric(), DIMENSION).add(source, RowSet.empty()).build());
    VectorRows result = builder.view();
    assertEquals(2_500, result.size());
    assertSame(source.chunkOf(0), result.chunkOf(0));
    assertSame(source.chunkOf(1_500), result.chunkOf(1_500));
    assertNotSame(source.chunkOf(2_400), result.chunkOf(2_400));
    for (int row : new int[] {0, 1_023, 1_024, 2_047, 2_048, 2_499}) {
      assertArrayEquals(source.copyOf(row), result.copyOf(row));
      assertEquals(source.scale(row), result.scale(row));
    }
  }

  @Test
  void appendAll_deadRow_isLeftOutAndItsChunkCopied() {
    VectorRows source = filled(Metric.DOT, 2_500).view();
    var builder = new VectorRowsBuilder(Metric.DOT, DIMENSION);
    builder.appendAll(
        JoinedRows.builder(source.metric(), DIMENSION)
            .add(source, RowSet.empty().with(1_100))
            .build());
    VectorRows result = builder.view();
    assertEquals(2_499, result.size());
    assertSame(source.chunkOf(0), result.chunkOf(0));
    assertNotSame(source.chunkOf(1_024), result.chunkOf(1_024));
    assertEquals(1_102f, result.copyOf(1_100)[0]);
    assertEquals(2_500f, result.copyOf(2_498)[0]);
  }

  @Test
  void append_afterSharing_leavesTheSharedChunkAlone() {
    VectorRows source = filled(Metric.DOT, 1_024).view();
    var builder = new VectorRowsBuilder(Metric.DOT, DIMENSION);
    builder.appendAll(
        JoinedRows.builder(source.metric(), DIMENSION).add(source, RowSet.empty()).build());
    builder.append((array, offset) -> Arrays.fill(array, offset, offset + DIMENSION, 9f));
    assertEquals(1_024f, source.copyOf(1_023)[0]);
    assertEquals(9f, builder.view().copyOf(1_024)[0]);
  }
}

package io.memryx.internal.ivf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.Metric;
import io.memryx.snapshot.StoredVectors;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class JoinedRowsTest {
  private static final int DIMENSION = 5;

  private final List<float[]> model = new ArrayList<>();
  private float next = 1;

  private List<float[]> fresh(int count) {
    List<float[]> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float value = next++;
      rows.add(new float[] {value, -value, value / 2, 0, 1});
    }
    return rows;
  }

  private static VectorRows inMemory(List<float[]> rows) {
    var builder = new VectorRowsBuilder(Metric.COSINE, DIMENSION);
    for (float[] row : rows) {
      builder.append((array, offset) -> System.arraycopy(row, 0, array, offset, DIMENSION));
    }
    return builder.view();
  }

  private static StoredRows stored(List<float[]> rows) {
    var floats = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    MemorySegment all = MemorySegment.ofArray(new byte[4 * DIMENSION * rows.size()]);
    for (int row = 0; row < rows.size(); row++) {
      for (int d = 0; d < DIMENSION; d++) {
        all.set(floats, 4L * (row * DIMENSION + d), rows.get(row)[d]);
      }
    }
    return new StoredRows(
        Metric.COSINE,
        DIMENSION,
        new StoredVectors() {
          @Override
          public int size() {
            return rows.size();
          }

          @Override
          public MemorySegment rows(int first, int count) {
            return all.asSlice(4L * first * DIMENSION, 4L * count * DIMENSION);
          }
        });
  }

  /** Parts of all kinds, with and without dead rows; the live ones go into the model. */
  private JoinedRows random(SplittableRandom random) {
    model.clear();
    JoinedRows.Builder joined = JoinedRows.builder(Metric.COSINE, DIMENSION);
    for (int parts = random.nextInt(5); parts >= 0; parts--) {
      List<float[]> rows = fresh(random.nextInt(40));
      RowSet dead = RowSet.empty();
      double share = random.nextInt(4) / 3.0;
      for (int row = 0; row < rows.size(); row++) {
        if (random.nextDouble() < share) {
          dead = dead.with(row);
        } else {
          model.add(rows.get(row));
        }
      }
      joined.add(random.nextBoolean() ? inMemory(rows) : stored(rows), dead);
    }
    return joined.build();
  }

  @Test
  void copyTo_anyRange_isThatOfAPlainList() {
    for (long seed = 0; seed < 300; seed++) {
      var random = new SplittableRandom(seed);
      JoinedRows joined = random(random);
      assertEquals(model.size(), joined.size(), "seed " + seed);
      for (int round = 0; round < 5; round++) {
        int first = random.nextInt(model.size() + 1);
        int count = random.nextInt(model.size() - first + 1);
        float[] expected = new float[count * DIMENSION + 2];
        for (int i = 0; i < count; i++) {
          System.arraycopy(model.get(first + i), 0, expected, 1 + i * DIMENSION, DIMENSION);
        }
        float[] copied = new float[expected.length];
        joined.copyTo(first, count, copied, 1);
        assertArrayEquals(expected, copied, "seed " + seed);
      }
    }
  }

  @Test
  void forEachRun_everyRow_isVisitedOnceAndInOrder() {
    for (long seed = 0; seed < 300; seed++) {
      JoinedRows joined = random(new SplittableRandom(seed));
      List<float[]> visited = new ArrayList<>();
      joined.forEachRun(
          0,
          joined.size(),
          (vectors, row, count, index) -> {
            assertEquals(visited.size(), index);
            assertTrue(count > 0);
            for (int r = row; r < row + count; r++) {
              visited.add(vectors.copyOf(r));
            }
          });
      assertEquals(model.size(), visited.size(), "seed " + seed);
      for (int i = 0; i < visited.size(); i++) {
        assertArrayEquals(model.get(i), visited.get(i), "seed " + seed);
      }
    }
  }

  @Test
  void copyScaledTo_cosine_givesUnitVectorsWhereverTheyLie() {
    List<float[]> rows = fresh(3);
    JoinedRows joined =
        JoinedRows.builder(Metric.COSINE, DIMENSION)
            .add(inMemory(rows), RowSet.empty())
            .add(stored(rows), RowSet.empty())
            .build();
    float[] units = new float[6 * DIMENSION];
    joined.copyScaledTo(0, 6, units, 0);
    for (int row = 0; row < 6; row++) {
      double squared = 0;
      for (int d = 0; d < DIMENSION; d++) {
        squared += units[row * DIMENSION + d] * (double) units[row * DIMENSION + d];
        assertEquals(units[row % 3 * DIMENSION + d], units[row * DIMENSION + d]);
      }
      assertEquals(1, squared, 1e-5);
    }
  }

  @Test
  void appendAll_ofAnyParts_isTheSameInMemory() {
    for (long seed = 0; seed < 100; seed++) {
      JoinedRows joined = random(new SplittableRandom(seed));
      var builder = new VectorRowsBuilder(Metric.COSINE, DIMENSION, joined.size());
      builder.appendAll(joined);
      VectorRows rows = builder.view();
      assertEquals(model.size(), rows.size());
      for (int row = 0; row < rows.size(); row++) {
        assertArrayEquals(model.get(row), rows.copyOf(row), "seed " + seed);
        assertEquals(
            VectorRows.scaleOf(Metric.COSINE, model.get(row), 0, DIMENSION), rows.scale(row));
      }
    }
  }
}

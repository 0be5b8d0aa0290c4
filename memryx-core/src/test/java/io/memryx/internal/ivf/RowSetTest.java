package io.memryx.internal.ivf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RowSetTest {

  @Test
  void with_randomRows_everyVersionKeepsItsRows() {
    long seed = 11;
    var random = new SplittableRandom(seed);
    var model = new BitSet();
    RowSet rows = RowSet.empty();
    List<RowSet> versions = new ArrayList<>();
    List<BitSet> models = new ArrayList<>();
    for (int step = 0; step < 200; step++) {
      int[] added = random.ints(random.nextInt(1, 5), 0, 100_000).toArray();
      rows = rows.with(added);
      for (int row : added) {
        model.set(row);
      }
      versions.add(rows);
      models.add((BitSet) model.clone());
    }
    for (int v = 0; v < versions.size(); v += 13) {
      assertSame(models.get(v), versions.get(v));
    }
  }

  private static void assertSame(BitSet model, RowSet rows) {
    assertEquals(model.cardinality(), rows.size());
    assertArrayEquals(model.stream().toArray(), rows.minus(RowSet.empty()));
    for (int row = 0; row < 100_000; row += 7) {
      assertEquals(model.get(row), rows.contains(row));
    }
  }

  @Test
  void with_sameRowTwice_countsOnce() {
    assertEquals(1, RowSet.empty().with(5, 5).with(5).size());
  }

  @Test
  void minus_earlierVersion_givesTheRowsSince() {
    RowSet earlier = RowSet.empty().with(1, 40_000);
    RowSet later = earlier.with(2, 70_000);
    assertArrayEquals(new int[] {2, 70_000}, later.minus(earlier));
    assertArrayEquals(new int[0], earlier.minus(later));
  }

  @Test
  void complement_isTheRowsBelowTheSizeThatAreNotInTheSet() {
    RowSet rows = RowSet.empty().with(0, 3, 40_000);
    assertArrayEquals(new int[] {1, 2, 4}, rows.complement(5));
    assertEquals(49_997, rows.complement(50_000).length);
    assertArrayEquals(new int[0], rows.complement(0));
    assertFalse(Arrays.stream(rows.complement(50_000)).anyMatch(rows::contains));
  }
}

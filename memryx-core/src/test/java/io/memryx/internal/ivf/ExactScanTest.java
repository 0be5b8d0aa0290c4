package io.memryx.internal.ivf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.memryx.Metric;
import io.memryx.RandomVectors;
import io.memryx.internal.kernel.VectorKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scans for many queries against scores taken one by one. */
class ExactScanTest {
  private static final int ROWS = 700;

  private static final VectorKernels KERNELS = VectorKernels.selected();

  /** What the vectors are like: offset of all components, and how much lengths differ. */
  private record Kind(float offset, float growth) {}

  private static VectorRows rows(Metric metric, int dimension, Kind kind, RandomVectors random) {
    var builder = new VectorRowsBuilder(metric, dimension);
    builder.reserve(ROWS);
    for (int row = 0; row < ROWS; row++) {
      // Some twice: ties are decided by the row.
      float[] vector = row % 9 == 8 ? builder.view().copyOf(row - 3) : random.next();
      if (row % 9 != 8) {
        vary(vector, kind, row);
      }
      builder.append((array, offset) -> System.arraycopy(vector, 0, array, offset, vector.length));
    }
    return builder.view();
  }

  private static void vary(float[] vector, Kind kind, int row) {
    for (int d = 0; d < vector.length; d++) {
      vector[d] = (vector[d] + kind.offset) * (1 + kind.growth * row);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "COSINE, 1, 0, 0",
    "COSINE, 19, 0, 1",
    "COSINE, 384, 0.3, 0",
    "COSINE, 100, 1e15, 0",
    "DOT, 1, 0, 0",
    "DOT, 19, 0, 10",
    "DOT, 384, 0.3, 0",
    "DOT, 33, 0, 1e12",
    "DOT, 8, 1e15, 0",
    "L2, 1, 0, 0",
    "L2, 19, 0, 10",
    "L2, 384, 0.3, 0",
    "L2, 33, 1000, 0",
    "L2, 8, 1e15, 1"
  })
  void run_manyQueries_findsWhatScoresOneByOneFind(
      Metric metric, int dimension, float offset, float growth) {
    var random = new RandomVectors(21, dimension, 10);
    var kind = new Kind(offset, growth);
    VectorRows rows = rows(metric, dimension, kind, random);
    RowSet dead = RowSet.empty().with(0, 5, 63, 64, ROWS - 1);
    for (int queries : new int[] {1, 11, 12, 32, 33, 45, 70}) {
      var scan = new ExactScan(KERNELS, rows, dead, Patience.endless());
      List<TopRows> tops = new ArrayList<>();
      List<ExactScorer> scorers = new ArrayList<>();
      for (int i = 0; i < queries; i++) {
        float[] query = random.next();
        vary(query, kind, i);
        if (metric != Metric.COSINE && i % 13 == 12) {
          Arrays.fill(query, 0);
        }
        scorers.add(ExactScorer.of(KERNELS, metric, query));
        tops.add(new TopRows(1 + i % 20, TopRows.LOWER_ROW_FIRST));
        scan.add(scorers.getLast(), tops.getLast());
      }
      scan.run();
      for (int i = 0; i < queries; i++) {
        assertSame(oneByOne(scorers.get(i), rows, dead, tops.get(i).capacity()), tops.get(i));
      }
    }
  }

  private static TopRows oneByOne(ExactScorer scorer, VectorRows rows, RowSet dead, int capacity) {
    var top = new TopRows(capacity, TopRows.LOWER_ROW_FIRST);
    for (int row = 0; row < rows.size(); row++) {
      if (!dead.contains(row)) {
        top.offer(scorer.score(rows, row), row);
      }
    }
    return top;
  }

  private static void assertSame(TopRows expected, TopRows actual) {
    assertEquals(expected.size(), actual.size());
    assertArrayEquals(sorted(expected), sorted(actual));
  }

  private static String[] sorted(TopRows top) {
    return IntStream.range(0, top.size())
        .mapToObj(i -> top.row(i) + ": " + top.score(i))
        .sorted()
        .toArray(String[]::new);
  }
}

package io.memryx.internal.ivf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.memryx.BuildRequest;
import io.memryx.CollectionOptions;
import io.memryx.Compression;
import io.memryx.Metric;
import io.memryx.RandomVectors;
import io.memryx.internal.build.BuildMonitor;
import io.memryx.internal.build.IndexBuilder;
import io.memryx.internal.kernel.VectorKernels;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListScannerTest {
  private static final int DIMENSION = 12;
  private static final int ROWS = 2_000;

  private final VectorKernels kernels = VectorKernels.selected();
  private final RandomVectors random = new RandomVectors(31, DIMENSION, 10);

  private ClusterIndex index() {
    return index(Compression.COMPACT);
  }

  private ClusterIndex index(Compression compression) {
    var rows = new VectorRowsBuilder(Metric.L2, DIMENSION);
    for (int i = 0; i < ROWS; i++) {
      float[] vector = random.next();
      rows.append((array, offset) -> System.arraycopy(vector, 0, array, offset, DIMENSION));
    }
    var options = new CollectionOptions(DIMENSION, Metric.L2, compression);
    BuildRequest request = BuildRequest.defaults();
    return new IndexBuilder(kernels, options, request, new BuildMonitor(request))
        .train(rows.view());
  }

  /** Makes every estimate of some rows beyond what a float holds: their addends are. */
  private static void overflow(ClusterIndex index, int[] positions, float addend) {
    for (int position : positions) {
      // Nothing is spilled, so scan positions are positions.
      index.signs().addendsOf(position)[index.signs().indexInChunk(position)] = addend;
    }
  }

  private ListScanner scanner(ClusterIndex index, RowSet dead, int rows) {
    var wanted = new ListScanner.Wanted(rows, rows);
    return new ListScanner(
        kernels,
        index,
        ListQuery.prepare(kernels, Metric.L2, index, random.next()),
        Searchable.allBut(dead),
        wanted,
        Patience.endless());
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, Float.NaN})
  void scan_scoresBeyondFloats_leavesNoLiveRowOutThatIsWanted(float addend) {
    ClusterIndex index = index();
    int[] all = IntStream.range(0, ROWS).toArray();
    overflow(index, all, addend);
    var dead = RowSet.empty().with(IntStream.range(7, ROWS).toArray());
    for (int wanted : new int[] {1, 5, 7}) {
      ListScanner scanner = scanner(index, dead, wanted);
      int[] _ = scanner.scanNearest(1);
      var top = new TopRows(wanted, TopRows.LOWER_ROW_FIRST);
      scanner.rankCandidates(top);
      assertFiniteRows(top, wanted);
      var exact = new TopRows(wanted, TopRows.LOWER_ROW_FIRST);
      scanner(index, dead, wanted).rankAll(exact);
      assertFiniteRows(exact, wanted);
    }
  }

  private static void assertFiniteRows(TopRows top, int wanted) {
    assertEquals(wanted, top.size());
    for (int i = 0; i < wanted; i++) {
      assertTrue(Float.isFinite(top.score(i)), "score " + top.score(i));
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NEGATIVE_INFINITY, Float.NaN})
  void scan_someScoresBeyondFloats_comeAfterAllOthers(float addend) {
    ClusterIndex index = index();
    int[] some = IntStream.range(0, ROWS).filter(position -> position % 3 != 0).toArray();
    overflow(index, some, addend);
    ListScanner scanner = scanner(index, RowSet.empty(), 700);
    int[] _ = scanner.scanNearest(index.lists().count());
    var top = new TopRows(700, TopRows.LOWER_ROW_FIRST);
    scanner.rankCandidates(top);
    assertEquals(700, top.size());
    int sound = (int) IntStream.range(0, 700).filter(i -> top.row(i) % 3 == 0).count();
    assertEquals(667, sound);
  }

  @Test
  void signShortfalls_scoresBeyondFloats_areFinite() {
    ClusterIndex index = index();
    overflow(index, new int[] {3, 4, 5}, Float.NEGATIVE_INFINITY);
    overflow(index, new int[] {6, 7, 8}, Float.NaN);
    ListScanner scanner = scanner(index, RowSet.empty(), ROWS);
    int[] _ = scanner.scanNearest(index.lists().count());
    var top = new TopRows(ROWS, TopRows.LOWER_ROW_FIRST);
    scanner.rankCandidates(top);
    float[] shortfalls = scanner.signShortfalls(top);
    assertEquals(ROWS, shortfalls.length);
    for (float shortfall : shortfalls) {
      assertTrue(Float.isFinite(shortfall), "shortfall " + shortfall);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 500, ROWS})
  void scan_spilledRows_areDifferentAndAsManyAsAreWanted(int rows) {
    ClusterIndex index = index(Compression.LOSSLESS);
    for (int probes : new int[] {1, 3, index.lists().count()}) {
      ListScanner scanner = scanner(index, RowSet.empty(), rows);
      int[] _ = scanner.scanNearest(probes);
      var top = new TopRows(rows, TopRows.LOWER_ROW_FIRST);
      scanner.rankCandidates(top);
      assertEquals(rows, top.size());
      assertEquals(rows, IntStream.range(0, rows).map(top::row).distinct().count());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 300})
  void scan_spilledRowsOfWhichMostAreDead_findsAsManyAsAreWanted(int rows) {
    ClusterIndex index = index(Compression.LOSSLESS);
    int[] gone = IntStream.range(0, ROWS).filter(ordinal -> ordinal % 3 != 0).toArray();
    RowSet dead = RowSet.empty().with(gone);
    for (int probes : new int[] {1, 3, index.lists().count()}) {
      ListScanner scanner = scanner(index, dead, rows);
      int[] _ = scanner.scanNearest(probes);
      var top = new TopRows(rows, TopRows.LOWER_ROW_FIRST);
      scanner.rankCandidates(top);
      assertEquals(rows, top.size());
      assertEquals(rows, IntStream.range(0, rows).map(top::row).distinct().count());
      assertTrue(
          IntStream.range(0, rows)
              .noneMatch(i -> dead.contains(index.lists().ordinal(top.row(i)))));
    }
  }
}
